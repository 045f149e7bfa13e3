/** What a server might answer. */
import type { FeedEvent, Run, RunEvent, TreeNode, Workflow, WorkflowItem } from "../src/api/types";

export const item: WorkflowItem = {
  namespace: "shop",
  name: "fulfil-order",
  version: "1.0.0",
  digest: "sha256:0123456789abcdef",
  created_at: "2026-11-21T07:00:00.000000Z",
  title: "Fulfil an order",
};

export const workflow: Workflow = {
  ...item,
  versions: ["1.0.0", "0.9.0"],
  source: "document:\n  name: fulfil-order\ndo:\n  - pay:\n      set: { paid: true }\n",
  definition: { do: [{ pay: { set: { paid: true } } }, { ship: { set: { shipped: true } } }] },
};

export function run(id: string, fields: Partial<Run> = {}): Run {
  return {
    id,
    workflow: { namespace: "shop", name: "fulfil-order", version: "1.0.0" },
    status: "completed",
    input: { order: 7 },
    output: { shipped: true },
    error: null,
    created_at: "2026-11-21T07:00:00.000000Z",
    started_at: "2026-11-21T07:00:00.100000Z",
    ended_at: "2026-11-21T07:00:01.350000Z",
    attempts: 1,
    ...fields,
  };
}

export const running = (id: string) =>
  run(id, { status: "running", output: null, ended_at: null });

export const faulted = (id: string) =>
  run(id, {
    status: "faulted",
    output: null,
    error: {
      type: "https://serverlessworkflow.io/spec/1.0.0/errors/communication",
      status: 503,
      instance: "/do/0/pay",
      title: "Communication error",
      detail: "the bank does not answer",
    },
  });

let eventId = 0;
export function lifecycle(kind: string, of: Run, sequence: string): FeedEvent {
  const { input: _input, output: _output, ...data } = of;
  eventId += 1;
  return {
    specversion: "1.0",
    id: `event-${eventId}`,
    source: "/tenants/default",
    type: `io.serverlessworkflow.workflow.${kind}.v1`,
    subject: `runs/${of.id}`,
    time: "2026-11-21T07:00:02.000000Z",
    sequence,
    data,
  };
}

export function taskEvent(seq: number, kind: string, task: string, data: RunEvent["data"] = null): RunEvent {
  return {
    seq,
    time: `2026-11-21T07:00:0${Math.min(9, Math.floor(seq / 10))}.${String(seq % 10)}00000Z`,
    type: `io.serverlessworkflow.task.${kind}.v1`,
    task,
    attempt: 1,
    data,
  };
}

export const history: RunEvent[] = [
  taskEvent(2, "started", "/do/0/pay", { name: "pay", input: { order: 7 } }),
  taskEvent(3, "completed", "/do/0/pay", { name: "pay", output: { paid: true } }),
  taskEvent(4, "started", "/do/1/ship", { name: "ship", input: { paid: true } }),
  taskEvent(5, "completed", "/do/1/ship", { name: "ship", output: { shipped: true } }),
];

export function actor(path: string, fields: Partial<TreeNode> = {}): TreeNode {
  return {
    name: path.split("/").at(-1) || "root",
    path,
    state: "running",
    strategy: null,
    restarts: 0,
    mailbox: 0,
    up_us: 5_000_000,
    last_reason: null,
    hidden: 0,
    children: [],
    ...fields,
  };
}
