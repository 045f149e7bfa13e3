/** The rules as a form edits them: by JSON pointers, so that the server's problems find their fields. */
import { editable } from "../api/governance_document";
import { autonomyLevels, type Governance } from "../api/owner_types";
import type { Json, JsonObject } from "../api/types";
import { minutesFrom } from "../text/zone";

/** By pointer, as in "/limits/hourly_actions". */
export type Problems = Record<string, string>;

const steps = (pointer: string) =>
  pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

export const escapeStep = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

export function valueAt(document: object, pointer: string): Json | undefined {
  return steps(pointer).reduce<unknown>((value, step) => (value as JsonObject | undefined)?.[step], document) as Json | undefined;
}

/** A copy in which the value at the pointer is another one; undefined takes it out. */
export function withValue<T extends object>(document: T, pointer: string, value: Json | undefined): T {
  const [step, ...rest] = steps(pointer);
  if (step === undefined) return document;
  const copy = (Array.isArray(document) ? [...document] : { ...document }) as Record<string, unknown>;
  if (rest.length > 0) {
    copy[step] = withValue((copy[step] ?? {}) as object, `/${rest.map(escapeStep).join("/")}`, value);
  } else if (value === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(step), 1);
    else delete copy[step];
  } else {
    copy[step] = value;
  }
  return copy as T;
}

export interface NumberField {
  pointer: string;
  label: string;
  description: string;
  /** Shown as per cent of what is saved. */
  share?: boolean;
  least: number;
}

export const limitFields: NumberField[] = [
  { pointer: "/limits/hourly_actions", label: "Actions an hour", description: "Of one agent", least: 0 },
  { pointer: "/limits/daily_actions", label: "Actions a day", description: "Of one agent", least: 0 },
  { pointer: "/limits/per_customer_hourly", label: "Messages an hour", description: "To one customer, by all agents", least: 0 },
  { pointer: "/limits/per_customer_daily", label: "Messages a day", description: "To one customer, by all agents", least: 0 },
];
export const breakerFields: NumberField[] = [
  { pointer: "/circuit_breaker/error_threshold", label: "Errors in a row", description: "Stop an agent", least: 1 },
  { pointer: "/circuit_breaker/cooldown_minutes", label: "Cool-down", description: "Minutes until it tries again", least: 0 },
  { pointer: "/circuit_breaker/half_open_attempts", label: "Attempts", description: "At once while it tries again", least: 1 },
];
export const approvalFields: NumberField[] = [
  { pointer: "/approvals/expire_minutes", label: "Expire after", description: "Minutes; then nothing is done", least: 1 },
  { pointer: "/approvals/escalate_minutes", label: "Escalate after", description: "Minutes without an answer", least: 0 },
];
export const earningFields: NumberField[] = [
  { pointer: "/earning/approvals", label: "Approved", description: "Of what it asked, surely at least, %", share: true, least: 0 },
  { pointer: "/earning/successes", label: "Successful", description: "Of what it did, surely at least, %", share: true, least: 0 },
  { pointer: "/earning/decisions_least", label: "Decisions", description: "At least, before it counts", least: 1 },
  { pointer: "/earning/bad_most", label: "Bad outcomes", description: "So many end it", least: 1 },
  { pointer: "/earning/bad_among", label: "Among the last", description: "Decisions", least: 1 },
];
const numberFields = [...limitFields, ...breakerFields, ...approvalFields, ...earningFields];

/** What can be told without asking the server. */
export function problemsOf(draft: Governance): Problems {
  const problems: Problems = {};
  for (const { pointer, share, least } of numberFields) {
    const value = valueAt(draft, pointer);
    if (typeof value !== "number") problems[pointer] = "A number is needed";
    else if (share && (value < 0 || value > 1)) problems[pointer] = "Between 0 and 100 %";
    else if (!share && (!Number.isInteger(value) || value < least)) problems[pointer] = `A whole number, ${least} or more`;
  }
  const ordered: [string, string, string][] = [
    ["/limits/daily_actions", "/limits/hourly_actions", "Fewer than in one hour"],
    ["/limits/per_customer_daily", "/limits/per_customer_hourly", "Fewer than in one hour"],
    ["/earning/bad_among", "/earning/bad_most", "Fewer than the bad outcomes that end it"],
  ];
  for (const [more, less, text] of ordered) {
    if (!problems[more] && !problems[less] && Number(valueAt(draft, more)) < Number(valueAt(draft, less))) problems[more] = text;
  }
  for (const key of ["from", "to"] as const) {
    const minutes = minutesFrom(draft.quiet_hours?.[key] ?? "");
    if (minutes === null || minutes >= 1440) problems[`/quiet_hours/${key}`] = "A time of day such as 21:00";
  }
  draft.rules.forEach((rule, index) => {
    if (rule.field.trim() === "") problems[`/rules/${index}/field`] = "Which value of the decision?";
    if (typeof rule.above !== "number") problems[`/rules/${index}/above`] = "A number is needed";
    if (!autonomyLevels.includes(rule.level)) problems[`/rules/${index}/level`] = "Which level?";
  });
  return problems;
}

/** What the server refused, by pointer; what no field of the form stands for comes apart. */
export function sortProblems(
  refused: readonly { pointer: string; detail: string }[],
  draft: Governance,
): { fields: Problems; others: string[] } {
  const fields: Problems = {};
  const others: string[] = [];
  for (const { pointer, detail } of refused) {
    // Some servers point into the whole request: "#/limits/..." or "/body/limits/...".
    const plain = pointer.replace(/^#/, "").replace(/^\/body(?=\/)/, "");
    const value = valueAt(draft, plain);
    if (value !== undefined && (typeof value !== "object" || value === null)) fields[plain] = detail;
    else others.push(plain ? `${plain}: ${detail}` : detail);
  }
  return { fields, others };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}

/** Whatever the order of their members. Pausing is no part of the form: it is done at once. */
export const isSame = (a: Governance, b: Governance) =>
  JSON.stringify(sorted({ ...editable(a), paused: false })) === JSON.stringify(sorted({ ...editable(b), paused: false }));
