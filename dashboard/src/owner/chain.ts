/**
 * One decision from the event that caused it to the money it made, in the order in which it came
 * about. Each link says whether it has happened, is awaited, failed, or did not come about.
 */
import type { Appointment, Approval, Decision, Gap, Outreach, RecordItem } from "../api/owner_types";
import type { Json } from "../api/types";
import { inWords } from "../text/words";
import { outcomeText } from "./approvals";

export type LinkState = "done" | "waiting" | "failed" | "none";

export interface ChainLink {
  kind: "trigger" | "decision" | "approval" | "outreach" | "answer" | "booking" | "revenue";
  state: LinkState;
  title: string;
  time: string | null;
  /** Short facts, each a line. */
  facts: string[];
  /** Somebody's own words. */
  quote?: string | null;
  href?: string | null;
}

export interface ChainParts {
  decision: Decision;
  gap?: Gap | null | undefined;
  /** What caused it, if that was an appointment. */
  cause?: RecordItem<Appointment> | null | undefined;
  approval?: Approval | null | undefined;
  outreach?: Outreach[] | undefined;
  booking?: RecordItem<Appointment> | null | undefined;
  names?: { customer?: string | null | undefined; staff?: string | null | undefined };
  money: (amount: number | null | undefined) => string;
  /** An instant as its day and time in the salon. */
  moment: (time: string) => string;
  /** The day in the salon's calendar to which an instant belongs. */
  day: (time: string) => string;
}

const dayPath = (date: string) => `/salon?date=${date}`;
export const isGap = (type: string | null | undefined) => type === "gap" || type === "schedule_gap";
export const isAppointment = (type: string | null | undefined) => type === "appointment" || type === "booking";

export const reasonsOf = (decision: Decision): string[] => decision.reasons ?? decision.context.reasons ?? [];
export const summaryOf = (decision: Decision): string =>
  decision.summary || decision.context.summary || inWords(decision.action_taken || decision.decision_type);

function triggerLink({ decision, gap, cause, moment, day }: ChainParts): ChainLink | null {
  const { trigger_id: id, trigger_type: type } = decision.context;
  if (!id && !type) return null;
  const link = { kind: "trigger" as const, state: "done" as const };
  if (gap) {
    const minutes = gap.duration_minutes ?? (Date.parse(gap.end_time) - Date.parse(gap.start_time)) / 60_000;
    return {
      ...link,
      title: `A gap of ${Math.round(minutes)} min${gap.staff_name ? ` with ${gap.staff_name}` : ""}`,
      time: gap.created_at ?? null,
      facts: [moment(gap.start_time), `${inWords(gap.priority)} priority, now ${gap.status}`],
      href: dayPath(gap.date || day(gap.start_time)),
    };
  }
  if (cause) {
    return {
      ...link,
      title: "An appointment",
      time: cause.data.booked_at ?? cause.created_at,
      facts: [moment(cause.data.start_time), inWords(cause.data.status)],
      href: dayPath(day(cause.data.start_time)),
    };
  }
  return { ...link, title: type ? inWords(type) : "An event", time: null, facts: id ? [id] : [] };
}

function approvalLink({ decision, approval }: ChainParts): ChainLink {
  const status = approval?.status ?? decision.approval?.status ?? "not_required";
  if (status === "not_required") {
    return { kind: "approval", state: "done", title: "No approval needed", time: null, facts: ["It may act alone"] };
  }
  const by = approval?.response?.responded_by ?? decision.approval?.approved_by;
  const states: Record<string, LinkState> = { pending: "waiting", approved: "done" };
  const title = approval ? outcomeText(approval) : `${inWords(status)}${by ? ` by ${by}` : ""}`;
  return {
    kind: "approval",
    state: states[status] ?? "failed",
    title,
    time: approval?.response?.responded_at ?? decision.approval?.approved_at ?? null,
    facts: approval?.assigned_to ? [`Delegated to ${approval.assigned_to}`] : [],
    quote: approval?.response?.notes ?? null,
    href: status === "pending" ? "/approvals" : null,
  };
}

/** When it got furthest. */
function deliveryFacts(outreach: Outreach): string[] {
  const { delivery } = outreach;
  const facts = [`By ${inWords(outreach.channel)}${outreach.language ? `, in ${outreach.language}` : ""}`];
  if (delivery?.error) facts.push(`Not delivered: ${delivery.error}`);
  else if (delivery?.read_at) facts.push("Delivered and read");
  else if (delivery?.delivered_at) facts.push("Delivered");
  else if (outreach.status === "pending") facts.push("Not sent yet");
  else facts.push("Sent, not yet delivered");
  return facts;
}

function outreachLinks(outreach: Outreach, customer: string): ChainLink[] {
  const failed = outreach.status === "failed";
  const sent: ChainLink = {
    kind: "outreach",
    state: failed ? "failed" : outreach.status === "pending" ? "waiting" : "done",
    title: failed ? `The message to ${customer} failed` : `Message to ${customer}`,
    time: outreach.delivery?.sent_at ?? outreach.created_at,
    facts: deliveryFacts(outreach),
    quote: outreach.message,
  };
  if (failed) return [sent];
  const response = outreach.response;
  if (response?.received || outreach.status === "responded") {
    const action = response?.action ? `: ${inWords(response.action).toLowerCase()}` : "";
    const answer: ChainLink = {
      kind: "answer", state: "done", title: `${customer} answered${action}`, time: response?.responded_at ?? null, facts: [], quote: response?.text ?? null,
    };
    return [sent, answer];
  }
  if (outreach.status === "expired") {
    return [sent, { kind: "answer", state: "failed", title: "No answer in time", time: outreach.expires_at ?? null, facts: [] }];
  }
  return [sent, { kind: "answer", state: "waiting", title: `Waiting for ${customer}'s answer`, time: null, facts: [] }];
}

const resultText = (result: Json | undefined): string[] =>
  typeof result === "string" ? [inWords(result)] : result === null || result === undefined ? [] : [JSON.stringify(result)];

function bookingLink({ decision, booking, moment, day, names }: ChainParts): ChainLink | null {
  const id = decision.outcome.booking_created_id;
  if (!id) return null;
  if (!booking) return { kind: "booking", state: "done", title: "Booked", time: decision.outcome.completed_at ?? null, facts: [id] };
  const lost = booking.data.status === "cancelled" || booking.data.status === "no_show";
  return {
    kind: "booking",
    state: lost ? "failed" : "done",
    title: lost ? `Booked, then ${inWords(booking.data.status).toLowerCase()}` : `Booked${names?.staff ? ` with ${names.staff}` : ""}`,
    time: booking.data.booked_at ?? booking.created_at,
    facts: [moment(booking.data.start_time), inWords(booking.data.status)],
    href: dayPath(day(booking.data.start_time)),
  };
}

function endLink({ decision, money }: ChainParts): ChainLink {
  const { outcome, revenue_impact: revenue } = decision;
  const potential = revenue?.potential;
  const hoped = potential ? [`Up to ${money(potential)} were possible`] : [];
  const link = { kind: "revenue" as const, time: outcome.completed_at ?? null };
  if (outcome.status === "success") {
    return { ...link, state: "done", title: revenue?.actual ? `${money(revenue.actual)} earned` : "It succeeded", facts: resultText(outcome.result) };
  }
  if (outcome.status === "pending") {
    return { ...link, state: "waiting", title: potential ? `Up to ${money(potential)} possible` : "Not decided yet", facts: [] };
  }
  const ends: Record<string, string> = {
    failed: "It came to nothing", expired: "It expired", rejected: "It ended with the rejection",
  };
  return { ...link, state: "failed", title: ends[outcome.status] ?? inWords(outcome.status), facts: [...resultText(outcome.result), ...hoped] };
}

export function chainOf(parts: ChainParts): ChainLink[] {
  const { decision } = parts;
  const links: ChainLink[] = [];
  const trigger = triggerLink(parts);
  if (trigger) links.push(trigger);
  links.push({
    kind: "decision",
    state: "done",
    title: summaryOf(decision),
    time: decision.created_at,
    facts: reasonsOf(decision),
  });
  const approval = approvalLink(parts);
  links.push(approval);
  const messages = [...(parts.outreach ?? [])].sort((a, b) => a.created_at.localeCompare(b.created_at));
  const customer = parts.names?.customer ?? "the customer";
  for (const message of messages) links.push(...outreachLinks(message, message.customer_name ?? customer));
  const open = decision.outcome.status === "pending";
  if (messages.length === 0 && approval.state !== "failed" && decision.action_taken === "outreach_initiated") {
    const title = open ? (approval.state === "waiting" ? "A message, once approved" : "The message is on its way") : "No message was sent";
    links.push({ kind: "outreach", state: open ? "waiting" : "none", title, time: null, facts: [] });
  }
  const booking = bookingLink(parts);
  if (booking) links.push(booking);
  links.push(endLink(parts));
  return links;
}
