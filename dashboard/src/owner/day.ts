/** The salon's day as columns of people, in minutes since the day began in the salon's zone. No DOM. */
import type { Appointment, Gap, Hours, Outreach, RecordItem, Service, Staff } from "../api/owner_types";
import { toMs } from "../text/time";
import { minutesFrom, minutesOf, weekdayOf } from "../text/zone";

export interface Span {
  from: number;
  to: number;
}

interface Placed extends Span {
  id: string;
  /** Side by side with what is at the same time: which of how many. */
  lane: number;
  lanes: number;
}
export interface PlacedAppointment extends Placed {
  kind: "appointment";
  appointment: Appointment;
  service: string;
  byAgent: boolean;
}
export interface Offers {
  open: number;
  answered: number;
  over: number;
}
export interface PlacedGap extends Placed {
  kind: "gap";
  gap: Gap;
  offers: Offers;
  outreach: Outreach[];
}
export type DayItem = PlacedAppointment | PlacedGap;

export interface DayColumn {
  staffId: string;
  name: string;
  working: Span[];
  workingMinutes: number;
  bookedMinutes: number;
  /** Null where nobody works. */
  utilisation: number | null;
  items: DayItem[];
}

export interface Day {
  from: number;
  to: number;
  columns: DayColumn[];
  utilisation: number | null;
  revenue: number;
  byAgentRevenue: number;
  appointments: number;
  byAgent: number;
  gaps: { open: number; filled: number; lost: number; potential: number };
  offers: Offers;
}

export interface DayInput {
  date: string;
  zone?: string | undefined;
  staff: RecordItem<Staff>[];
  services: RecordItem<Service>[];
  appointments: RecordItem<Appointment>[];
  gaps: Gap[];
  outreach: Outreach[];
}

/** Appointments that agents brought; others come from customers or from people of the salon. */
const agentSources = new Set([
  "gap_fill", "waitlist", "waitlist_promotion", "rebooking", "retention", "upsell", "discount_offer", "no_show_prevention", "dynamic_pricing",
]);
export const isByAgent = ({ source, decision_id: decision, outreach_id: outreach }: Appointment): boolean =>
  Boolean(decision || outreach) || agentSources.has(source ?? "");

/** It takes its time and brings its price. */
export const counts = ({ status }: Appointment): boolean => status !== "cancelled" && status !== "no_show";

function spansOf(hours: Hours | undefined): Span[] {
  return (hours ?? []).flatMap(([begin, end]) => {
    const [from, to] = [minutesFrom(begin), minutesFrom(end)];
    return from === null || to === null || to <= from ? [] : [{ from, to }];
  });
}

export function without(spans: Span[], hole: Span): Span[] {
  return spans.flatMap(({ from, to }) => [
    ...(hole.from > from ? [{ from, to: Math.min(to, hole.from) }] : []),
    ...(hole.to < to ? [{ from: Math.max(from, hole.to), to }] : []),
  ].filter((span) => span.to > span.from));
}

export function workingSpans(staff: Staff, date: string, zone?: string): Span[] {
  const weekday = weekdayOf(date);
  const holes = spansOf(staff.breaks?.[weekday]);
  for (const { start, end } of staff.time_off ?? []) {
    const [from, to] = [toMs(start), toMs(end)];
    if (from !== null && to !== null) holes.push({ from: minutesOf(from, date, zone), to: minutesOf(to, date, zone) });
  }
  return holes.reduce(without, spansOf(staff.working_hours?.[weekday]));
}

const overlap = (a: Span, b: Span) => a.from < b.to && b.from < a.to;

/** Gives what overlaps a lane of its own; groups that touch each other share their number of lanes. */
export function inLanes<T extends Span>(items: T[]): (T & { lane: number; lanes: number })[] {
  const sorted = [...items].sort((a, b) => a.from - b.from || b.to - a.to);
  const placed: (T & { lane: number; lanes: number })[] = [];
  let group: typeof placed = [];
  let ends: number[] = [];
  const close = () => {
    for (const one of group) one.lanes = ends.length;
    group = [];
    ends = [];
  };
  for (const item of sorted) {
    if (ends.every((end) => end <= item.from)) close();
    const free = ends.findIndex((end) => end <= item.from);
    const lane = free >= 0 ? free : ends.length;
    ends[lane] = item.to;
    const one = { ...item, lane, lanes: 1 };
    group.push(one);
    placed.push(one);
  }
  close();
  return placed;
}

export function offersOf(outreach: Outreach[]): Offers {
  const offers = { open: 0, answered: 0, over: 0 };
  for (const { status } of outreach) {
    if (status === "responded") offers.answered += 1;
    else if (status === "failed" || status === "expired") offers.over += 1;
    else offers.open += 1;
  }
  return offers;
}

const minutesIn = (spans: Span[]) => spans.reduce((sum, { from, to }) => sum + to - from, 0);

function union(spans: Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else joined.push({ ...span });
  }
  return joined;
}

function columnOf(input: DayInput, staffId: string, staff: Staff | undefined, services: Map<string, Service>): DayColumn {
  const { date, zone } = input;
  const span = (start: string, end: string): Span => {
    const from = minutesOf(toMs(start) ?? 0, date, zone);
    return { from, to: Math.max(from + 5, minutesOf(toMs(end) ?? 0, date, zone)) };
  };
  const appointments = input.appointments
    .filter(({ data }) => data.staff_id === staffId)
    .map(({ id, data }) => ({
      kind: "appointment" as const, id, appointment: data, byAgent: isByAgent(data),
      service: services.get(data.service_id)?.name ?? data.service_id, ...span(data.start_time, data.end_time),
    }));
  const kept = appointments.filter(({ appointment }) => counts(appointment));
  const gaps = input.gaps
    .filter((gap) => gap.staff_id === staffId)
    .map((gap) => {
      const outreach = input.outreach.filter((one) => one.trigger_id === gap.id);
      return { kind: "gap" as const, id: gap.id, gap, outreach, offers: offersOf(outreach), ...span(gap.start_time, gap.end_time) };
    })
    // Where somebody sits now there is no gap any more: the appointment shows that an agent brought it.
    .filter((one) => one.gap.status === "open" || !kept.some((appointment) => overlap(appointment, one)));
  const working = staff ? workingSpans(staff, date, zone) : [];
  const workingMinutes = minutesIn(working);
  const bookedMinutes = minutesIn(union(kept));
  // Called off, and its time taken by another: only what holds is drawn.
  const drawn = appointments.filter((one) => counts(one.appointment) || !kept.some((other) => overlap(one, other)));
  return {
    staffId,
    name: staff?.name ?? staffId,
    working,
    workingMinutes,
    bookedMinutes,
    utilisation: workingMinutes > 0 ? Math.min(1, bookedMinutes / workingMinutes) : null,
    items: inLanes<Omit<PlacedAppointment, "lane" | "lanes"> | Omit<PlacedGap, "lane" | "lanes">>([...drawn, ...gaps]) as DayItem[],
  };
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

const dayMinutes = 1440;

/** Only what begins on that day, whatever a server sends: one stray date would stretch the page without end. */
function ofThatDay({ date, zone, ...input }: DayInput): DayInput {
  const begins = (start: string) => {
    const ms = toMs(start);
    const minutes = ms === null ? -1 : minutesOf(ms, date, zone);
    return minutes >= 0 && minutes < dayMinutes;
  };
  return {
    ...input, date, zone,
    appointments: input.appointments.filter(({ data }) => begins(data.start_time)),
    gaps: input.gaps.filter((gap) => begins(gap.start_time)),
  };
}

export function dayOf(asked: DayInput): Day {
  const input = ofThatDay(asked);
  const services = new Map(input.services.map(({ id, data }) => [id, data]));
  const known = new Map(input.staff.map(({ id, data }) => [id, data]));
  const busy = new Set([...input.appointments.map(({ data }) => data.staff_id), ...input.gaps.map((gap) => gap.staff_id)]);
  const ids = [
    ...input.staff.filter(({ id, data }) => data.active !== false || busy.has(id)).map(({ id }) => id),
    ...[...busy].filter((id) => !known.has(id)),
  ];
  const columns = ids
    .map((id) => columnOf(input, id, known.get(id), services))
    .filter((column) => column.working.length > 0 || column.items.length > 0)
    .sort((a, b) => a.name.localeCompare(b.name));
  const edges = columns.flatMap((column) => [...column.working, ...column.items]);
  const from = edges.length > 0 ? Math.min(...edges.map((one) => one.from)) : 540;
  const to = edges.length > 0 ? Math.max(...edges.map((one) => one.to)) : 1080;
  const kept = input.appointments.map(({ data }) => data).filter(counts);
  const byAgent = kept.filter(isByAgent);
  const working = sum(columns.map((column) => column.workingMinutes));
  const inStatus = (...statuses: Gap["status"][]) => input.gaps.filter((gap) => statuses.includes(gap.status));
  return {
    from: Math.max(0, Math.floor(from / 60) * 60),
    to: Math.min(Math.ceil(to / 60) * 60, 2 * dayMinutes),
    columns,
    utilisation: working > 0 ? Math.min(1, sum(columns.map((column) => column.bookedMinutes)) / working) : null,
    revenue: sum(kept.map((one) => one.price ?? 0)),
    byAgentRevenue: sum(byAgent.map((one) => one.price ?? 0)),
    appointments: kept.length,
    byAgent: byAgent.length,
    gaps: {
      open: inStatus("open").length,
      filled: inStatus("filled").length,
      lost: inStatus("expired", "ignored").length,
      potential: sum(inStatus("open").map((gap) => gap.potential_revenue ?? 0)),
    },
    offers: offersOf(input.outreach.filter((one) => input.gaps.some((gap) => gap.id === one.trigger_id))),
  };
}
