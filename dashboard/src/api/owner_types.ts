/**
 * What the agents, their owner's decisions and the salon's records look like, as the server sends
 * them. Times are RFC 3339 in UTC, amounts whole units of the tenant's currency. Documents may lack
 * members that an older server or another pack did not write: what may be missing is optional.
 */
import type { Json, JsonObject } from "./types";

export const autonomyLevels = ["full_auto", "supervised", "manual_only"] as const;
export type AutonomyLevel = (typeof autonomyLevels)[number];

export const outcomeStatuses = ["pending", "success", "failed", "expired", "rejected"] as const;
export type OutcomeStatus = (typeof outcomeStatuses)[number];

export interface Decision {
  id: string;
  agent_name: string;
  decision_type: string;
  autonomy_level: AutonomyLevel;
  summary?: string | null;
  reasons?: string[] | null;
  context: {
    trigger_id?: string | null;
    trigger_type?: string | null;
    customer_id?: string | null;
    staff_id?: string | null;
    service_id?: string | null;
    time_slot?: string | null;
    summary?: string | null;
    reasons?: string[] | null;
  };
  action_taken: string;
  action_details: JsonObject;
  revenue_impact?: { potential?: number | null; actual?: number | null; currency?: string | null };
  approval?: {
    required: boolean;
    status: ApprovalStatus | "not_required";
    approval_id?: string | null;
    approved_by?: string | null;
    approved_at?: string | null;
  };
  outcome: {
    status: OutcomeStatus;
    result?: Json;
    completed_at?: string | null;
    booking_created_id?: string | null;
  };
  created_at: string;
  updated_at?: string;
  expires_at?: string | null;
}

export const approvalStatuses = ["pending", "approved", "rejected", "expired", "cancelled"] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];
export type Priority = "low" | "medium" | "high" | "urgent" | "critical";

export interface Approval {
  id: string;
  decision_id: string;
  agent_name: string;
  action_type: string;
  decision_type?: string | null;
  action_summary: string;
  action_details: JsonObject;
  reasons?: string[] | null;
  priority: Priority;
  status: ApprovalStatus;
  expires_at?: string | null;
  assigned_to?: string | null;
  escalated_at?: string | null;
  response?: {
    action?: string | null;
    responded_by?: string | null;
    responded_at?: string | null;
    notes?: string | null;
  } | null;
  created_at: string;
  updated_at?: string;
}

export type ApprovalAnswer =
  | { action: "approve" | "reject"; notes?: string; responded_by?: string }
  | { action: "delegate"; to: string; notes?: string; responded_by?: string };

export interface RateLimit {
  limit: number;
  current: number;
  remaining: number;
}

export type AgentStatus = "active" | "paused" | "error" | "circuit_breaker";

export interface AgentConfig {
  max_hourly_actions: number;
  max_daily_actions: number;
  cooldown_minutes: number;
  custom?: JsonObject;
}

export interface AgentState {
  id?: string;
  agent_name: string;
  title?: string | null;
  task_type?: string | null;
  status: AgentStatus;
  shadow?: boolean;
  interval_minutes?: number | null;
  last_execution?: string | null;
  next_scheduled?: string | null;
  circuit_breaker: {
    state: "closed" | "open" | "half_open";
    error_count: number;
    last_error?: string | null;
    last_error_time?: string | null;
    cooldown_until?: string | null;
    auto_recovery?: boolean;
  };
  config: AgentConfig;
  counters?: {
    date?: string;
    actions_taken: number;
    actions_successful: number;
    actions_failed: number;
    revenue_generated: number;
    by_type?: Record<string, { count: number; revenue: number }>;
  };
  rate_limits?: { hourly_actions?: RateLimit; daily_actions?: RateLimit };
  health?: {
    last_heartbeat?: string | null;
    consecutive_failures?: number;
    average_response_time_ms?: number | null;
    success_rate_24h?: number | null;
  };
  updated_at?: string;
}

export interface AgentConfigChange extends AgentConfig {
  interval_minutes?: number;
  shadow?: boolean;
}

export interface Gap {
  id: string;
  staff_id: string;
  staff_name?: string | null;
  date: string;
  start_time: string;
  end_time: string;
  duration_minutes?: number;
  priority: Priority;
  status: "open" | "filled" | "expired" | "ignored";
  potential_revenue?: number;
  fill_attempts?: number;
  filled_by?: string | null;
  created_at?: string;
  updated_at?: string;
}

export interface Outreach {
  id: string;
  customer_id: string;
  customer_name?: string | null;
  outreach_type: string;
  channel: string;
  language?: string | null;
  status: "pending" | "sent" | "delivered" | "read" | "responded" | "failed" | "expired";
  message: string;
  trigger_id?: string | null;
  trigger_type?: string | null;
  decision_id?: string | null;
  expires_at?: string | null;
  attempts?: number;
  response?: {
    received?: boolean;
    action?: string | null;
    text?: string | null;
    responded_at?: string | null;
    booking_id?: string | null;
  } | null;
  delivery?: {
    sent_at?: string | null;
    delivered_at?: string | null;
    read_at?: string | null;
    error?: string | null;
  } | null;
  created_at: string;
  updated_at?: string;
}

export interface AuditEntry {
  event_type: string;
  severity: "debug" | "info" | "warning" | "error" | "critical";
  actor: string;
  action: string;
  resource_type?: string;
  resource_id?: string;
  details?: JsonObject | null;
  created_at: string;
}

export interface ValueRule {
  decision_type: string;
  field: string;
  above: number;
  level: AutonomyLevel;
}

export interface Governance {
  levels: Record<string, AutonomyLevel>;
  otherwise: AutonomyLevel;
  rules: ValueRule[];
  limits: { hourly_actions: number; daily_actions: number; per_customer_hourly: number; per_customer_daily: number };
  circuit_breaker: {
    error_threshold: number;
    cooldown_minutes: number;
    half_open_attempts: number;
    auto_recovery: boolean;
  };
  quiet_hours: { from: string; to: string };
  approvals: { expire_minutes: number; escalate_minutes: number };
  earning: {
    consent: boolean;
    approvals: number;
    successes: number;
    decisions_least: number;
    bad_most: number;
    bad_among: number;
  };
  paused: boolean;
  shadow: boolean;
  /** What the packs' skills go by, as the owner has changed it. Not edited here; saved as it came. */
  settings?: PackSettings & JsonObject;
  /** Of the answer only; not part of what is saved. */
  earned?: Record<string, { earned: boolean; explanation: string }>;
}

export interface DashboardAlert {
  name: string;
  severity: string;
  since: string;
  detail: string;
}

export interface OwnerDashboard {
  date: string;
  revenue: { today: number; last_7_days: number; last_30_days: number; currency: string };
  decisions: { today: number; pending: number; success_rate: number | null };
  approvals: { pending: number };
  gaps: { open: number; filled_today: number; fill_rate: number | null };
  outreach: { sent_today: number; response_rate: number | null };
  agents: { active: number; paused: number; error: number; circuit_breaker: number };
  alerts: DashboardAlert[];
}

export interface PackSettings {
  zone?: string;
  currency?: string;
  language?: string;
}

export interface Pack {
  name?: string;
  pack?: string;
  title?: string | null;
  version?: string;
  installed?: boolean;
  settings?: PackSettings | null;
}

/** A record of a collection; `data` is what its owner wrote. */
export interface RecordItem<T> {
  id: string;
  version: number;
  created_at: string;
  updated_at: string;
  data: T;
}

/** "09:00" to "18:00", in the salon's zone. */
export type Hours = [string, string][];

export interface Staff {
  name: string;
  active?: boolean;
  skills?: string[];
  working_hours?: Record<string, Hours>;
  breaks?: Record<string, Hours>;
  time_off?: { start: string; end: string }[];
}

export interface Service {
  name: string;
  duration_minutes?: number;
  price?: number;
  active?: boolean;
}

export interface Customer {
  name: string;
  phone?: string;
  email?: string;
  language?: string;
}

export type AppointmentStatus = "booked" | "confirmed" | "completed" | "cancelled" | "no_show";

export interface Appointment {
  customer_id: string;
  staff_id: string;
  service_id: string;
  start_time: string;
  end_time: string;
  status: AppointmentStatus;
  price?: number;
  booked_at?: string;
  source?: string;
  outreach_id?: string | null;
  decision_id?: string | null;
  no_show_risk?: number | null;
}
