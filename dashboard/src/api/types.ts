/**
 * The shapes the server speaks, as it sends them. Times are RFC 3339 in UTC with microseconds;
 * what is not known (yet) is null.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const runStatuses = [
  "pending",
  "running",
  "waiting",
  "suspended",
  "completed",
  "faulted",
  "cancelled",
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A run in one of these never changes again. */
export function isFinal(status: RunStatus): boolean {
  return status === "completed" || status === "faulted" || status === "cancelled";
}

export interface WorkflowRef {
  namespace: string;
  name: string;
  version: string;
}

/** RFC 9457 shape; `instance` is the JSON pointer of the task that raised it. */
export interface RunError {
  type: string;
  status: number;
  instance: string | null;
  title: string | null;
  detail: string | null;
}

/** What the feed says of a run: everything but its data. */
export interface RunSummary {
  id: string;
  workflow: WorkflowRef;
  status: RunStatus;
  error: RunError | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  attempts: number;
}

export interface Run extends RunSummary {
  input: Json;
  output: Json;
}

/** One entry of a run's history, oldest first. `task` is a JSON pointer into the definition. */
export interface RunEvent {
  seq: number;
  time: string;
  type: string;
  task: string | null;
  attempt: number;
  data: JsonObject | null;
}

export interface WorkflowItem extends WorkflowRef {
  digest: string;
  created_at: string;
  title?: string | null;
}

export interface Workflow extends WorkflowItem {
  versions: (string | { version: string })[];
  source: string;
  definition: JsonObject;
}

/** One problem of a definition that was refused. Lines and columns count from 1. */
export interface DefinitionProblem {
  pointer: string;
  detail: string;
  expected?: string;
  line: number;
  column: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** One actor of the supervision tree. `up_us`: microseconds since its last start. */
export interface TreeNode {
  name: string;
  path: string;
  state: string;
  strategy: string | null;
  restarts: number;
  mailbox: number | null;
  up_us: number | null;
  last_reason: string | null;
  /** Children that are not listed because there are too many. */
  hidden: number;
  children: TreeNode[];
}

export interface Stats {
  runs: Partial<Record<RunStatus, number>>;
  version: string;
  uptime_s: number;
  started_at: string;
}

/** A frame of the feed. `sequence` is missing on what is not durable. */
export interface FeedEvent {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  subject?: string;
  time: string;
  sequence?: string;
  data: unknown;
}
