/** What an agent's state means to its owner. No DOM. */
import type { AgentConfigChange, AgentState } from "../api/owner_types";
import { inWords } from "../text/words";

export interface Limits {
  hourly: { used: number; limit: number };
  daily: { used: number; limit: number };
}

export function limitsOf(agent: AgentState): Limits {
  const { hourly_actions: hourly, daily_actions: daily } = agent.rate_limits ?? {};
  return {
    hourly: { used: hourly?.current ?? 0, limit: hourly?.limit ?? agent.config.max_hourly_actions },
    daily: { used: daily?.current ?? 0, limit: daily?.limit ?? agent.config.max_daily_actions },
  };
}

export interface BreakerText {
  tone: "closed" | "circuit_breaker" | "half_open";
  title: string;
  detail: string;
}

/** Electricians' words confuse owners: an "open" breaker is one that lets nothing through. */
export function breakerText(agent: AgentState): BreakerText {
  const { state, error_count: errors, auto_recovery: auto } = agent.circuit_breaker;
  const inRow = `${errors} ${errors === 1 ? "error" : "errors"} in a row`;
  if (state === "open") {
    return {
      tone: "circuit_breaker",
      title: "Stopped after errors",
      detail: auto === false ? `${inRow}. It stays stopped until you reset it.` : `${inRow}. It tries again after its cool-down.`,
    };
  }
  if (state === "half_open") {
    return { tone: "half_open", title: "Trying again", detail: "One attempt decides whether it goes on." };
  }
  return { tone: "closed", title: "Working", detail: errors > 0 ? inRow : "No errors in a row." };
}

export interface TypeCount {
  type: string;
  name: string;
  count: number;
  revenue: number;
}

export function countsOf(agent: AgentState): TypeCount[] {
  return Object.entries(agent.counters?.by_type ?? {})
    .map(([type, { count, revenue }]) => ({ type, name: inWords(type), count, revenue }))
    .sort((a, b) => b.count - a.count);
}

/** What the form edits; empty fields are empty strings until they are saved. */
export interface ConfigDraft {
  max_hourly_actions: number | string;
  max_daily_actions: number | string;
  cooldown_minutes: number | string;
  interval_minutes: number | string;
  shadow: boolean;
}

export const draftOf = (agent: AgentState): ConfigDraft => ({
  max_hourly_actions: agent.config.max_hourly_actions,
  max_daily_actions: agent.config.max_daily_actions,
  cooldown_minutes: agent.config.cooldown_minutes,
  interval_minutes: agent.interval_minutes ?? "",
  shadow: agent.shadow ?? false,
});

export type DraftProblems = Partial<Record<keyof ConfigDraft, string>>;

const whole = (value: number | string, least: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= least;

/** The change to send, or what is wrong with it. */
export function configOf(draft: ConfigDraft, agent: AgentState): { config: AgentConfigChange } | { problems: DraftProblems } {
  const problems: DraftProblems = {};
  for (const key of ["max_hourly_actions", "max_daily_actions", "cooldown_minutes"] as const) {
    if (!whole(draft[key], 0)) problems[key] = "A whole number, 0 or more";
  }
  const hasInterval = draft.interval_minutes !== "";
  if (hasInterval && !whole(draft.interval_minutes, 1)) problems.interval_minutes = "A whole number of minutes, 1 or more";
  if (
    !problems.max_hourly_actions && !problems.max_daily_actions &&
    Number(draft.max_daily_actions) < Number(draft.max_hourly_actions)
  ) {
    problems.max_daily_actions = "Fewer than in one hour";
  }
  if (Object.keys(problems).length > 0) return { problems };
  return {
    config: {
      max_hourly_actions: Number(draft.max_hourly_actions),
      max_daily_actions: Number(draft.max_daily_actions),
      cooldown_minutes: Number(draft.cooldown_minutes),
      custom: agent.config.custom ?? {},
      ...(hasInterval && { interval_minutes: Number(draft.interval_minutes) }),
      shadow: draft.shadow,
    },
  };
}

/** Problems by field: the last step of a pointer such as "/config/max_hourly_actions" names it. */
export function problemsByField(problems: readonly { pointer: string; detail: string }[]): Record<string, string> {
  return Object.fromEntries(problems.map(({ pointer, detail }) => [pointer.split("/").at(-1) ?? "", detail]));
}
