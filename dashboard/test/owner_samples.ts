/** What a server with the salon pack might answer. */
import type {
  AgentState, Appointment, Approval, Decision, Gap, Governance, Outreach, OwnerDashboard, RecordItem, Service, Staff,
} from "../src/api/owner_types";
import type { FeedEvent } from "../src/api/types";

export const salonPack = {
  items: [{ name: "salon", title: "A salon", version: "0.1.0", settings: { zone: "Asia/Kolkata", currency: "INR" } }],
  next: null,
};
export const noPack = { items: [], next: null };
export const list = <T>(...items: T[]) => ({ items, next: null });

export function approval(id: string, fields: Partial<Approval> = {}): Approval {
  return {
    id,
    decision_id: `dec_${id}`,
    agent_name: "gap_fill_agent",
    action_type: "gap_fill",
    decision_type: "gap_fill",
    action_summary: `Offer Priya the gap ${id}`,
    action_details: {
      customer_id: "cust_1", customer_name: "Priya Sharma", staff_name: "Rahul", time_slot: "2:00 PM - 3:00 PM", potential_revenue: 500,
    },
    reasons: ["She comes every 11 days"],
    priority: "medium",
    status: "pending",
    expires_at: new Date(Date.now() + 10 * 60_000).toISOString(),
    assigned_to: null,
    escalated_at: null,
    response: { action: null, responded_by: null, responded_at: null, notes: null },
    created_at: new Date(Date.now() - 60_000).toISOString(),
    ...fields,
  };
}

export const answeredBy = (one: Approval, status: "approved" | "rejected", by: string): Approval => ({
  ...one,
  status,
  response: {
    action: status === "approved" ? "approve" : "reject", responded_by: by, responded_at: new Date().toISOString(), notes: null,
  },
});

export function decision(id: string, fields: Partial<Decision> = {}): Decision {
  return {
    id,
    agent_name: "gap_fill_agent",
    decision_type: "gap_fill",
    autonomy_level: "supervised",
    summary: `Offer the gap ${id}`,
    reasons: ["She comes every 11 days"],
    context: {
      trigger_id: "gap_1", trigger_type: "schedule_gap", customer_id: "cust_1", staff_id: "staff_1", service_id: "svc_1", time_slot: "2026-11-21T08:30:00Z",
    },
    action_taken: "outreach_initiated",
    action_details: { gap_duration_minutes: 60 },
    revenue_impact: { potential: 500, actual: 0, currency: "INR" },
    approval: { required: true, status: "pending", approval_id: "apr_1", approved_by: null, approved_at: null },
    outcome: { status: "pending", result: null, completed_at: null, booking_created_id: null },
    created_at: "2026-11-21T06:00:00Z",
    ...fields,
  };
}

export function gap(id: string, fields: Partial<Gap> = {}): Gap {
  return {
    id, staff_id: "staff_1", staff_name: "Rahul Kumar", date: "2026-11-21", start_time: "2026-11-21T08:30:00Z", end_time: "2026-11-21T09:30:00Z",
    duration_minutes: 60, priority: "high", status: "open", potential_revenue: 500, fill_attempts: 1, filled_by: null, created_at: "2026-11-21T05:00:00Z",
    ...fields,
  };
}

export function outreach(id: string, fields: Partial<Outreach> = {}): Outreach {
  return {
    id, customer_id: "cust_1", customer_name: "Priya Sharma", outreach_type: "gap_fill", channel: "whatsapp", language: "en", status: "delivered",
    message: "Hi Priya! We have a slot at 2 PM.", trigger_id: "gap_1", trigger_type: "gap", decision_id: "dec_1", expires_at: "2026-11-21T07:30:00Z",
    response: { received: false, action: null, text: null, responded_at: null, booking_id: null },
    delivery: { sent_at: "2026-11-21T06:05:00Z", delivered_at: "2026-11-21T06:05:10Z", read_at: null, error: null },
    created_at: "2026-11-21T06:05:00Z",
    ...fields,
  };
}

export function record<T>(id: string, data: T): RecordItem<T> {
  return { id, version: 1, created_at: "2026-11-21T06:00:00Z", updated_at: "2026-11-21T06:00:00Z", data };
}

export function appointment(fields: Partial<Appointment> = {}): Appointment {
  return {
    customer_id: "cust_1", staff_id: "staff_1", service_id: "svc_1", start_time: "2026-11-21T04:30:00Z", end_time: "2026-11-21T05:30:00Z",
    status: "booked", price: 600, booked_at: "2026-11-20T06:00:00Z", source: "client",
    ...fields,
  };
}

const everyDay = (from: string, to: string) =>
  Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, [[from, to]] as [string, string][]]));

export function person(name: string, fields: Partial<Staff> = {}): Staff {
  return { name, active: true, skills: [], working_hours: everyDay("09:00", "18:00"), breaks: everyDay("13:00", "13:30"), time_off: [], ...fields };
}
export const haircut: Service = { name: "Haircut", duration_minutes: 60, price: 600, active: true };

export function agent(name: string, fields: Partial<AgentState> = {}): AgentState {
  return {
    agent_name: name, title: "Fills gaps", task_type: "gap_fill", status: "active", shadow: false, interval_minutes: 5,
    last_execution: "2026-11-21T06:00:00Z", next_scheduled: new Date(Date.now() + 200_000).toISOString(),
    circuit_breaker: { state: "closed", error_count: 0, last_error: null, last_error_time: null, cooldown_until: null, auto_recovery: true },
    config: { max_hourly_actions: 20, max_daily_actions: 100, cooldown_minutes: 5, custom: { tone: "warm" } },
    counters: { date: "2026-11-21", actions_taken: 15, actions_successful: 14, actions_failed: 1, revenue_generated: 3500, by_type: { gap_fill: { count: 10, revenue: 2500 }, no_show_prevention: { count: 5, revenue: 1000 } } },
    rate_limits: { hourly_actions: { limit: 20, current: 15, remaining: 5 }, daily_actions: { limit: 100, current: 45, remaining: 55 } },
    health: { last_heartbeat: new Date().toISOString(), consecutive_failures: 0, average_response_time_ms: 150, success_rate_24h: 0.95 },
    ...fields,
  };
}

export const stopped = (name: string) =>
  agent(name, {
    status: "circuit_breaker",
    circuit_breaker: {
      state: "open", error_count: 5, last_error: "whatsapp answered 503", last_error_time: new Date(Date.now() - 60_000).toISOString(),
      cooldown_until: new Date(Date.now() + 240_000).toISOString(), auto_recovery: true,
    },
  });

export const governance: Governance = {
  levels: { gap_fill: "supervised", discount_offer: "supervised" },
  otherwise: "supervised",
  rules: [{ decision_type: "discount_offer", field: "discount_percent", above: 20, level: "manual_only" }],
  limits: { hourly_actions: 20, daily_actions: 100, per_customer_hourly: 1, per_customer_daily: 3 },
  circuit_breaker: { error_threshold: 5, cooldown_minutes: 5, half_open_attempts: 1, auto_recovery: true },
  quiet_hours: { from: "21:00", to: "09:00" },
  approvals: { expire_minutes: 15, escalate_minutes: 10 },
  earning: { consent: false, approvals: 0.9, successes: 0.8, decisions_least: 20, bad_most: 5, bad_among: 20 },
  paused: false,
  shadow: false,
  earned: { gap_fill: { earned: false, explanation: "17 of 19 approved, 90 % are needed" } },
};

export const ownerDashboard: OwnerDashboard = {
  date: "2026-11-21",
  revenue: { today: 1800, last_7_days: 9000, last_30_days: 40_000, currency: "INR" },
  decisions: { today: 12, pending: 3, success_rate: 0.75 },
  approvals: { pending: 2 },
  gaps: { open: 4, filled_today: 3, fill_rate: 0.43 },
  outreach: { sent_today: 9, response_rate: 0.5 },
  agents: { active: 4, paused: 0, error: 0, circuit_breaker: 1 },
  alerts: [{ name: "circuit_breaker_open", severity: "critical", since: "2026-11-21T06:00:00Z", detail: "discount_agent failed 5 times" }],
};

let eventId = 0;
/** As in ownerEvent("approval.expired", "approvals/apr_1"). */
export function ownerEvent(type: string, subject: string, data: object = {}, sequence?: string): FeedEvent {
  eventId += 1;
  return {
    specversion: "1.0", id: `owner-${eventId}`, source: "/tenants/default", type: `dev.steward.${type}.v1`, subject,
    time: new Date().toISOString(), sequence: sequence ?? String(eventId), data,
  };
}
