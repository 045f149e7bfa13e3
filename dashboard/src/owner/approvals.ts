/** What an approval says to its owner. No DOM. */
import type { Approval, ApprovalAnswer, ApprovalStatus, Priority } from "../api/owner_types";
import type { Json } from "../api/types";
import { toMs } from "../text/time";

/** As it will be once the server has accepted the answer. Delegated ones stay pending. */
export function answered(approval: Approval, answer: ApprovalAnswer, at: string): Approval {
  if (answer.action === "delegate") return { ...approval, assigned_to: answer.to };
  return {
    ...approval,
    status: answer.action === "approve" ? "approved" : "rejected",
    response: {
      action: answer.action,
      responded_by: answer.responded_by ?? null,
      responded_at: at,
      notes: answer.notes ?? null,
    },
  };
}

const urgency: Record<Priority, number> = { critical: 0, urgent: 0, high: 1, medium: 2, low: 3 };

/** The most urgent first, then what expires soonest. */
export function byUrgency(a: Approval, b: Approval): number {
  const rank = (urgency[a.priority] ?? 2) - (urgency[b.priority] ?? 2);
  if (rank !== 0) return rank;
  return (toMs(a.expires_at) ?? Infinity) - (toMs(b.expires_at) ?? Infinity) || a.id.localeCompare(b.id);
}

const says: Record<ApprovalStatus, string> = {
  pending: "Waiting for an answer",
  approved: "Approved",
  rejected: "Rejected",
  expired: "Expired: nothing was done",
  cancelled: "Cancelled: it is no longer needed",
};

export function outcomeText(approval: Approval): string {
  const by = approval.response?.responded_by;
  const text = says[approval.status] ?? approval.status;
  return by && (approval.status === "approved" || approval.status === "rejected") ? `${text} by ${by}` : text;
}

/** What the server refused to do, and why, given what has become of the approval. */
export function refusalText(approval: Approval, wanted: "approve" | "reject" | "delegate"): string {
  const tried = wanted === "approve" ? "approval" : wanted === "reject" ? "rejection" : "delegation";
  switch (approval.status) {
    case "approved":
    case "rejected":
      return `It was answered before your ${tried} arrived. ${outcomeText(approval)}.`;
    case "expired":
      return `It expired before your ${tried} arrived. Nothing was done.`;
    case "cancelled":
      return `It was cancelled before your ${tried} arrived. Nothing was done.`;
    default:
      return `The server did not accept your ${tried}: it was answered already, or its time is over.`;
  }
}

const detail = (approval: Approval, ...names: string[]): string | null => {
  for (const name of names) {
    const value = approval.action_details?.[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
};

export interface ApprovalFacts {
  customer: string | null;
  customerId: string | null;
  staff: string | null;
  service: string | null;
  slot: string | null;
  value: number | null;
  message: string | null;
}

const amount = (value: Json | undefined) => (typeof value === "number" ? value : null);

export function factsOf(approval: Approval): ApprovalFacts {
  const details = approval.action_details ?? {};
  return {
    customer: detail(approval, "customer_name", "customer_id"),
    customerId: detail(approval, "customer_id"),
    staff: detail(approval, "staff_name", "staff_id"),
    service: detail(approval, "service_name", "service_id"),
    slot: detail(approval, "time_slot", "start_time"),
    value: amount(details.potential_revenue) ?? amount(details.revenue),
    message: detail(approval, "message"),
  };
}

/** Newest answer first. */
export function byAnswer(a: Approval, b: Approval): number {
  const time = (one: Approval) => toMs(one.response?.responded_at) ?? toMs(one.updated_at) ?? toMs(one.created_at) ?? 0;
  return time(b) - time(a);
}
