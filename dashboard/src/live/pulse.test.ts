import { expect, it } from "vitest";
import { lifecycle, run, running } from "../../test/samples";
import { bucketCount, bucketMs, Pulse } from "./pulse";

it("counts what started and ended in the interval in which it arrived", () => {
  let now = 1_000_000;
  const pulse = new Pulse(() => now);
  pulse.add([lifecycle("started", running("a"), "1"), lifecycle("started", running("b"), "2")]);
  now += bucketMs;
  pulse.add([lifecycle("completed", run("a"), "3"), lifecycle("faulted", run("b"), "4")]);
  const [before, last] = pulse.snapshot.buckets.slice(-2);
  expect(before).toMatchObject({ started: 2, completed: 0 });
  expect(last).toMatchObject({ started: 0, completed: 1, faulted: 1 });
});

it("forgets what lies before its window", () => {
  let now = 1_000_000;
  const pulse = new Pulse(() => now);
  pulse.add([lifecycle("started", running("a"), "1")]);
  now += bucketMs * (bucketCount + 1);
  pulse.tick();
  expect(pulse.snapshot.buckets).toHaveLength(bucketCount);
  expect(pulse.snapshot.buckets.every((bucket) => bucket.started === 0)).toBe(true);
});

it("keeps the latest events, newest first, without mere changes of status", () => {
  const pulse = new Pulse();
  pulse.add([lifecycle("started", running("a"), "1"), lifecycle("status-changed", running("a"), "2")]);
  pulse.add(Array.from({ length: 200 }, (_, i) => lifecycle("completed", run(`r${i}`), String(i + 3))));
  const { latest } = pulse.snapshot;
  expect(latest).toHaveLength(60);
  expect(latest[0]!.sequence).toBe("202");
  expect(latest.some((event) => /status-changed/.test(event.type))).toBe(false);
});
