/** What the feed's event types mean. */
import type { FeedEvent, RunEvent, RunSummary, WorkflowItem } from "../api/types";

const lifecycle = "io.serverlessworkflow.";

/** "io.serverlessworkflow.task.started.v1" -> "task.started"; other types stay as they are. */
export function shortType(type: string): string {
  if (!type.startsWith(lifecycle)) return type;
  return type.slice(lifecycle.length).replace(/\.v\d+$/, "");
}

/** The run an event tells of, if it does. */
export function runOf(event: FeedEvent): RunSummary | null {
  if (!event.type.startsWith(`${lifecycle}workflow.`)) return null;
  const data = event.data as RunSummary | null;
  return data && typeof data.id === "string" ? data : null;
}

/** The history entry an event carries, if it does (only on a connection that follows a run). */
export function taskEventOf(event: FeedEvent): RunEvent | null {
  if (!event.type.startsWith(`${lifecycle}task.`)) return null;
  const data = event.data as RunEvent | null;
  return data && typeof data.seq === "number" ? data : null;
}

export function deployedOf(event: FeedEvent): WorkflowItem | null {
  return event.type === "dev.steward.workflow.deployed.v1" ? (event.data as WorkflowItem) : null;
}

export interface Supervision {
  kind: "exited" | "restarted";
  path: string;
  reason: string | null;
  restarts: number;
}

export function supervisionOf(event: FeedEvent): Supervision | null {
  const kind = /^dev\.steward\.supervision\.(exited|restarted)\.v1$/.exec(event.type)?.[1];
  if (!kind) return null;
  const data = event.data as Omit<Supervision, "kind">;
  return { ...data, kind: kind as Supervision["kind"] };
}

export const isOpened = (event: FeedEvent) => event.type === "dev.steward.feed.opened.v1";
