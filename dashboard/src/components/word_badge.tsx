import type { ComponentType } from "react";
import type { AgentStatus, AppointmentStatus, ApprovalStatus, Gap, OutcomeStatus, Outreach, Priority } from "../api/owner_types";
import { inWords } from "../text/words";
import { AlertIcon, CheckIcon, ClockIcon, CrossIcon, DotsIcon, DownIcon, PauseIcon, PlayIcon, StopIcon, UpIcon } from "./icons";
import "./status_badge.css";

type Sign = [tone: "pending" | "running" | "waiting" | "suspended" | "completed" | "faulted" | "cancelled", icon: ComponentType<{ size?: number }>];

/** A colour and a shape for each word: none is told by its colour alone. */
const signs: Record<
  AgentStatus | AppointmentStatus | ApprovalStatus | Gap["status"] | OutcomeStatus | Outreach["status"] | Priority | "half_open" | "closed",
  Sign
> = {
  active: ["completed", PlayIcon],
  paused: ["suspended", PauseIcon],
  error: ["faulted", CrossIcon],
  circuit_breaker: ["faulted", AlertIcon],
  half_open: ["waiting", ClockIcon],
  closed: ["completed", CheckIcon],
  pending: ["waiting", ClockIcon],
  approved: ["completed", CheckIcon],
  rejected: ["faulted", CrossIcon],
  expired: ["cancelled", StopIcon],
  cancelled: ["cancelled", StopIcon],
  success: ["completed", CheckIcon],
  failed: ["faulted", CrossIcon],
  open: ["waiting", ClockIcon],
  filled: ["completed", CheckIcon],
  ignored: ["cancelled", StopIcon],
  sent: ["running", PlayIcon],
  delivered: ["running", CheckIcon],
  read: ["running", CheckIcon],
  responded: ["completed", CheckIcon],
  booked: ["running", ClockIcon],
  confirmed: ["running", CheckIcon],
  completed: ["completed", CheckIcon],
  no_show: ["faulted", CrossIcon],
  low: ["cancelled", DownIcon],
  medium: ["pending", DotsIcon],
  high: ["waiting", UpIcon],
  urgent: ["faulted", AlertIcon],
  critical: ["faulted", AlertIcon],
};

/** What a word of the server means at a glance; `label` where the word alone would be unclear. */
export function WordBadge({ word, label }: { word: string; label?: string }) {
  const [tone, Icon] = (signs as Record<string, Sign | undefined>)[word] ?? ["pending", DotsIcon];
  return (
    <span className={`status status-${tone}`} data-word={word}>
      <Icon size={12} />
      {label ?? inWords(word)}
    </span>
  );
}
