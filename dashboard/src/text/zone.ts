/** Days and times of day in the salon's zone, which need not be the browser's. */

interface Parts {
  date: string;
  minutes: number;
}
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const key = zone ?? "";
  let found = formats.get(key);
  if (!found) {
    const options: Intl.DateTimeFormatOptions = {
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    };
    try {
      found = new Intl.DateTimeFormat("en-CA", { ...options, ...(zone && { timeZone: zone }) });
    } catch {
      found = new Intl.DateTimeFormat("en-CA", options); // A zone that this browser does not know.
    }
    formats.set(key, found);
  }
  return found;
}

function partsOf(ms: number, zone: string | undefined): Parts {
  const part: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(ms)) part[type] = value;
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    minutes: Number(part.hour) * 60 + Number(part.minute),
  };
}

/** "2026-11-21", there. */
export const dateIn = (ms: number, zone?: string) => partsOf(ms, zone).date;

const pad = (value: number) => String(value).padStart(2, "0");
/** 545 -> "09:05". */
export const formatMinutes = (minutes: number) => `${pad(Math.floor(minutes / 60) % 24)}:${pad(Math.floor(minutes) % 60)}`;
export const timeIn = (ms: number, zone?: string) => formatMinutes(partsOf(ms, zone).minutes);

/** Minutes since that day began there; before and after the day they go on counting. */
export function minutesOf(ms: number, date: string, zone?: string): number {
  const { date: day, minutes } = partsOf(ms, zone);
  return minutes + Math.round((Date.parse(day) - Date.parse(date)) / 86_400_000) * 1440;
}

/** When a day begins there. Right also on days on which the clocks change. */
export function startOfDay(date: string, zone?: string): number {
  const guess = Date.parse(`${date}T00:00:00Z`);
  let start = guess;
  // Twice: the first step may cross a change of the clocks.
  for (let step = 0; step < 2; ++step) start -= minutesOf(start, date, zone) * 60_000;
  return start;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const dayNames = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
export const formatDay = (date: string) => dayNames.format(Date.parse(`${date}T00:00:00Z`));

/** "mon" .. "sun", as in working hours. */
export const weekdayOf = (date: string) =>
  ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][new Date(`${date}T00:00:00Z`).getUTCDay()]!;

/** "09:30" -> 570; null for what is no time of day. */
export function minutesFrom(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

/** A slot as somebody wrote it stays as it is; an instant becomes day and time there. */
export function formatSlot(slot: string, zone?: string): string {
  const ms = /^\d{4}-\d{2}-\d{2}T/.test(slot) ? Date.parse(slot) : NaN;
  if (Number.isNaN(ms)) return slot;
  const date = dateIn(ms, zone);
  return `${formatDay(date)}, ${timeIn(ms, zone)}`;
}
