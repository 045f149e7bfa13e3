import type { ComponentType } from "react";
import type { RunStatus } from "../api/types";
import type { StepStatus } from "../run/steps";
import { CheckIcon, ClockIcon, CrossIcon, DotsIcon, PauseIcon, PlayIcon, SkipIcon, StopIcon } from "./icons";
import "./status_badge.css";

export type AnyStatus = RunStatus | StepStatus;

/** A shape for each status, so that none is told by its colour alone. */
export const statusIcons: Record<AnyStatus, ComponentType<{ size?: number }>> = {
  pending: DotsIcon,
  running: PlayIcon,
  waiting: ClockIcon,
  suspended: PauseIcon,
  completed: CheckIcon,
  faulted: CrossIcon,
  cancelled: StopIcon,
  skipped: SkipIcon,
};

export function StatusBadge({ status }: { status: AnyStatus }) {
  const Icon = statusIcons[status] ?? DotsIcon;
  return (
    <span className={`status status-${status}`} data-status={status}>
      <Icon size={12} />
      {status}
    </span>
  );
}
