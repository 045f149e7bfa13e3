import type { ComponentType } from "react";
import {
  AgentsIcon, ApprovalsIcon, CalendarIcon, DecisionsIcon, GovernanceIcon, OverviewIcon, RunsIcon, TreeIcon, WorkflowsIcon,
} from "../components/icons";

export interface Place {
  path: string;
  label: string;
  icon: ComponentType;
  /** Within a thumb's reach on a small screen; the others are in its menu. */
  primary: boolean;
}

/** Where one can go: first what an owner looks at every day, then what operates the server. */
export function placesOf(salon: boolean): Place[] {
  return [
    { path: "/", label: "Overview", icon: OverviewIcon, primary: true },
    { path: "/approvals", label: "Approvals", icon: ApprovalsIcon, primary: true },
    ...(salon ? [{ path: "/salon", label: "The day", icon: CalendarIcon, primary: true }] : []),
    { path: "/decisions", label: "Decisions", icon: DecisionsIcon, primary: true },
    { path: "/agents", label: "Agents", icon: AgentsIcon, primary: !salon },
    { path: "/governance", label: "Governance", icon: GovernanceIcon, primary: false },
    { path: "/workflows", label: "Workflows", icon: WorkflowsIcon, primary: false },
    { path: "/runs", label: "Runs", icon: RunsIcon, primary: false },
    { path: "/tree", label: "Tree", icon: TreeIcon, primary: false },
  ];
}
