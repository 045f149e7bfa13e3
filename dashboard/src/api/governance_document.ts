import type { Governance } from "./owner_types";

/** What holds where an owner has said nothing, as the server has it. */
const defaults: Governance = {
  levels: {},
  otherwise: "supervised",
  rules: [],
  limits: { hourly_actions: 20, daily_actions: 100, per_customer_hourly: 1, per_customer_daily: 3 },
  circuit_breaker: { error_threshold: 5, cooldown_minutes: 5, half_open_attempts: 1, auto_recovery: true },
  quiet_hours: { from: "21:00", to: "09:00" },
  approvals: { expire_minutes: 15, escalate_minutes: 10 },
  earning: { consent: false, approvals: 0.9, successes: 0.8, decisions_least: 20, bad_most: 5, bad_among: 20 },
  paused: false,
  shadow: false,
};

/** With every member, also where the server left some out. */
export function complete(told: Partial<Governance>): Governance {
  const { earned, settings } = told;
  return {
    levels: told.levels ?? defaults.levels,
    otherwise: told.otherwise ?? defaults.otherwise,
    rules: told.rules ?? defaults.rules,
    limits: { ...defaults.limits, ...told.limits },
    circuit_breaker: { ...defaults.circuit_breaker, ...told.circuit_breaker },
    quiet_hours: { ...defaults.quiet_hours, ...told.quiet_hours },
    approvals: { ...defaults.approvals, ...told.approvals },
    earning: { ...defaults.earning, ...told.earning },
    paused: told.paused ?? defaults.paused,
    shadow: told.shadow ?? defaults.shadow,
    ...(settings && { settings }),
    ...(earned && { earned }),
  };
}

/** What is saved: all but what only the answer has. */
export function editable(governance: Governance): Governance {
  const { earned: _earned, ...saved } = complete(governance);
  return saved;
}
