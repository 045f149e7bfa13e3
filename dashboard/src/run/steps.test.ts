import { describe, expect, it } from "vitest";
import type { JsonObject, RunEvent } from "../api/types";
import { activityByTask, closeOpenSteps, foldSteps, mergeEvents, taskDepth, taskName, walkedLines } from "./steps";

let seq = 0;
function event(type: string, task: string, data: JsonObject | null = null, attempt = 1): RunEvent {
  seq += 1;
  const time = new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
  return { seq, time, type: `io.serverlessworkflow.task.${type}.v1`, task, attempt, data };
}

describe("foldSteps", () => {
  it("makes one step of a start and its end", () => {
    const steps = foldSteps([
      event("started", "/do/0/getPet", { name: "getPet", input: { id: 7 } }),
      event("completed", "/do/0/getPet", { name: "getPet", output: { name: "Rex" } }),
    ]);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      name: "getPet",
      status: "completed",
      input: { id: 7 },
      output: { name: "Rex" },
      iteration: 1,
    });
    expect(steps[0]!.endedAt! - steps[0]!.startedAt).toBe(1000);
  });

  it("counts the iterations of a loop's body", () => {
    const body = "/do/0/each/do/0/greet";
    const steps = foldSteps([
      event("started", "/do/0/each"),
      event("started", body, { input: 1 }),
      event("completed", body, { output: 1 }),
      event("started", body, { input: 2 }),
    ]);
    expect(steps.map((step) => [step.name, step.iteration, step.status])).toEqual([
      ["each", 1, "running"],
      ["greet", 1, "completed"],
      ["greet", 2, "running"],
    ]);
    expect(activityByTask(steps).get(body)).toMatchObject({ iterations: 2, retries: 0, status: "running" });
  });

  it("keeps a retry's attempts apart from iterations", () => {
    const call = "/do/0/tryIt/try/0/call";
    const steps = foldSteps([
      event("started", call),
      event("faulted", call, { error: { type: "communication", status: 503 } }),
      event("retried", "/do/0/tryIt", { delay_ms: 200 }),
      event("started", call, null, 2),
      event("completed", call, { output: null }, 2),
    ]);
    const calls = steps.filter((step) => step.task === call);
    expect(calls.map((step) => [step.iteration, step.attempt, step.status])).toEqual([
      [1, 1, "faulted"],
      [1, 2, "completed"],
    ]);
    expect(calls[0]!.error?.status).toBe(503);
    expect(calls[1]!.output).toBeNull();
    expect(activityByTask(steps).get(call)).toMatchObject({ iterations: 1, retries: 1 });
    expect(activityByTask(steps).get("/do/0/tryIt")!.latest.retries).toHaveLength(1);
  });

  it("shows a task that was skipped without ever starting", () => {
    const [step] = foldSteps([event("skipped", "/do/1/b")]);
    expect(step).toMatchObject({ name: "b", status: "skipped" });
    expect(step!.endedAt).toBe(step!.startedAt);
  });

  it("passes over the workflow's own events and types it does not know", () => {
    expect(
      foldSteps([
        { ...event("started", ""), type: "io.serverlessworkflow.workflow.started.v1", task: null },
        event("daydreamed", "/do/0/a"),
      ]),
    ).toEqual([]);
  });
});

it("merges feed and history by number, each once and in order", () => {
  const a = event("started", "/do/0/a");
  const b = event("completed", "/do/0/a");
  const c = event("started", "/do/1/b");
  expect(mergeEvents([a, b], [c, b])).toEqual([a, b, c]);
});

it("reads names and depths from pointers", () => {
  expect(taskName("/do/0/a~1b~0c")).toBe("a/b~c");
  expect(taskDepth("/do/0/outer")).toBe(0);
  expect(taskDepth("/do/0/outer/try/1/inner")).toBe(1);
  expect(taskDepth("/do/0/alarm/fork/branches/1/nurse")).toBe(1);
});

describe("walkedLines", () => {
  const a = () => [event("started", "/do/0/a"), event("completed", "/do/0/a")];
  it("goes from start to end along what ran, inside scopes of their own", () => {
    const steps = foldSteps([
      ...a(),
      event("started", "/do/2/c"),
      event("started", "/do/2/c/do/0/x"),
      event("completed", "/do/2/c/do/0/x"),
      event("started", "/do/2/c/do/1/y"),
    ]);
    expect([...walkedLines(steps, "completed")]).toEqual([
      "start>/do/0/a",
      "/do/0/a>/do/2/c",
      "/do/2/c/do/0/x>/do/2/c/do/1/y",
      "/do/2/c>end",
    ]);
  });
  it("does not reach the end of a run that faulted", () => {
    expect([...walkedLines(foldSteps(a()), "faulted")]).toEqual(["start>/do/0/a"]);
  });
});

it("ends what was open when its run ended", () => {
  const steps = foldSteps([event("started", "/do/0/a")]);
  const end = steps[0]!.startedAt + 500;
  expect(closeOpenSteps(steps, "cancelled", end)[0]).toMatchObject({ status: "cancelled", endedAt: end });
});
