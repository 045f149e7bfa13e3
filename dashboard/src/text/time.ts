/** Times and durations as people read them. Server times have microseconds; milliseconds suffice. */

export function toMs(time: string | null | undefined): number | null {
  if (!time) return null;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? null : ms;
}

/** 0.4 ms as "<1 ms", then "12 ms", "1.24 s", "2 m 03 s", "5 h 07 m", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 10) / 100).toFixed(2)} s`;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(seconds % 60).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** For what goes on: whole seconds, because fractions that stand still look like a fault. */
export const formatUptime = (ms: number) =>
  ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : formatDuration(ms);

/** Coarse on purpose: it is read at a glance and refreshed once a second. */
export function formatAgo(then: number, now: number): string {
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

export const formatClock = (ms: number) => clock.format(ms);
export const formatMoment = (ms: number) => `${day.format(ms)}, ${clock.format(ms)}`;

/** The clock with milliseconds, for steps that follow each other closely. */
export function formatClockExact(ms: number): string {
  return `${clock.format(ms)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}`;
}
