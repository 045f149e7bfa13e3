/**
 * A run's history, read as steps: each time a task was entered, with when it began and ended, what
 * went in and came out, and how often it was tried again.
 */
import type { Json, RunError, RunEvent, RunStatus } from "../api/types";
import { shortType } from "../live/feed_events";
import { toMs } from "../text/time";

export type StepStatus = "running" | "completed" | "faulted" | "skipped" | "cancelled";

export interface Retry {
  time: number;
  delayMs: number | null;
  error: RunError | null;
}

export interface Step {
  /** Unique in its run: the sequence number of the event that opened it. */
  seq: number;
  /** JSON pointer of the task in the definition. */
  task: string;
  name: string;
  /** Counts from 1: how often this task has been entered, first attempts only. */
  iteration: number;
  attempt: number;
  status: StepStatus;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number | null;
  input: Json | undefined;
  output: Json | undefined;
  error: RunError | null;
  retries: Retry[];
}

/** The last segment of a task's pointer is its name. */
export function taskName(pointer: string): string {
  const last = pointer.slice(pointer.lastIndexOf("/") + 1);
  return last.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** How many tasks a task is inside of: names stand behind an index, so count the indices. */
export function taskDepth(pointer: string): number {
  return Math.max(0, pointer.split("/").filter((part) => /^\d+$/.test(part)).length - 1);
}

const endings: Record<string, StepStatus> = {
  "task.completed": "completed",
  "task.faulted": "faulted",
  "task.cancelled": "cancelled",
  "task.skipped": "skipped",
};

/** Events oldest first. Unknown types are passed over: a newer server may tell more. */
export function foldSteps(events: readonly RunEvent[]): Step[] {
  const steps: Step[] = [];
  const last = new Map<string, Step>();
  const iterations = new Map<string, number>();

  function open(event: RunEvent, task: string, time: number): Step {
    const firstAttempt = event.attempt <= 1;
    const iteration = (iterations.get(task) ?? 0) + (firstAttempt || !iterations.has(task) ? 1 : 0);
    iterations.set(task, iteration);
    const before = last.get(task);
    // A try's body is entered anew on a retry; what was open then was given up.
    if (before && before.endedAt === null) {
      before.status = "faulted";
      before.endedAt = time;
    }
    const step: Step = {
      seq: event.seq,
      task,
      name: typeof event.data?.name === "string" ? event.data.name : taskName(task),
      iteration,
      attempt: Math.max(1, event.attempt),
      status: "running",
      startedAt: time,
      endedAt: null,
      input: event.data?.input,
      output: undefined,
      error: null,
      retries: [],
    };
    steps.push(step);
    last.set(task, step);
    return step;
  }

  for (const event of events) {
    const time = toMs(event.time);
    if (!event.task || time === null) continue;
    const type = shortType(event.type);
    const ending = endings[type];
    if (type === "task.started") {
      open(event, event.task, time);
    } else if (type === "task.retried") {
      const step = last.get(event.task) ?? open(event, event.task, time);
      const delay = event.data?.delay_ms;
      step.retries.push({
        time,
        delayMs: typeof delay === "number" ? delay : null,
        error: (event.data?.error ?? null) as RunError | null,
      });
    } else if (ending) {
      const known = last.get(event.task);
      const step = known && known.endedAt === null ? known : open(event, event.task, time);
      step.status = ending;
      step.endedAt = time;
      if (event.data && "output" in event.data) step.output = event.data.output;
      step.error = (event.data?.error ?? null) as RunError | null;
    }
  }
  return steps;
}

/** What the graph shows of a task: all its steps at once. */
export interface TaskActivity {
  status: StepStatus;
  /** How often it was entered. */
  iterations: number;
  /** Tries beyond the first of each entry. */
  retries: number;
  /** The step to show when the task is chosen: the newest. */
  latest: Step;
}

export function activityByTask(steps: readonly Step[]): Map<string, TaskActivity> {
  const result = new Map<string, TaskActivity>();
  for (const step of steps) {
    const known = result.get(step.task);
    const again = step.attempt > 1 ? 1 : 0;
    result.set(step.task, {
      status: step.status,
      iterations: step.iteration,
      retries: (known?.retries ?? 0) + Math.max(again, step.retries.length),
      latest: step,
    });
  }
  return result;
}

/** Adds what the feed told to what was fetched; both number their entries alike. */
export function mergeEvents(known: readonly RunEvent[], news: readonly RunEvent[]): RunEvent[] {
  const bySeq = new Map(known.map((event) => [event.seq, event]));
  for (const event of news) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** What was still open when its run ended has ended with it. */
export function closeOpenSteps(steps: readonly Step[], runStatus: RunStatus, endedAt: number): Step[] {
  const status = runStatus === "completed" || runStatus === "faulted" ? runStatus : "cancelled";
  return steps.map((step) =>
    step.endedAt === null ? { ...step, status, endedAt: Math.max(endedAt, step.startedAt) } : step,
  );
}

/**
 * The lines of the graph the run has gone along, as "from>to": from each task to the one that began
 * after it in the same scope, and to the ends of the workflow.
 */
export function walkedLines(steps: readonly Step[], runStatus: RunStatus): Set<string> {
  const lines = new Set<string>();
  const lastInScope = new Map<string, Step>();
  for (const step of steps) {
    const scope = step.task.split("/").slice(0, -2).join("/");
    const before = lastInScope.get(scope);
    if (before) lines.add(`${before.task}>${step.task}`);
    else if (scope === "/do") lines.add(`start>${step.task}`);
    lastInScope.set(scope, step);
  }
  const last = lastInScope.get("/do");
  if (last && runStatus === "completed") lines.add(`${last.task}>end`);
  return lines;
}
