import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { lifecycle, run, running } from "../../test/samples";
import { keys, type RunPages } from "../api/queries";
import type { Run } from "../api/types";
import { createCacheSync } from "./cache_sync";

function setUp() {
  const cache = new QueryClient();
  const listKey = [...keys.runs({}), 50];
  cache.setQueryData<RunPages>(listKey, {
    pages: [{ items: [running("b"), running("a")], next: null }],
    pageParams: [null],
  });
  cache.setQueryData(keys.run("a"), running("a"));
  const list = () => cache.getQueryData<RunPages>(listKey)!.pages[0]!.items;
  return { cache, sync: createCacheSync(cache), list };
}

it("changes a listed run in place and keeps its data", () => {
  const { sync, list } = setUp();
  sync.apply([lifecycle("completed", run("a"), "1")]);
  expect(list().map((one) => [one.id, one.status])).toEqual([["b", "running"], ["a", "completed"]]);
  expect(list()[1]!.input).toEqual({ order: 7 });
});

it("adds nothing to a list: that would move it", () => {
  const { sync, list } = setUp();
  const before = list();
  sync.apply([lifecycle("started", running("c"), "1")]);
  expect(list()).toBe(before);
});

it("fetches a run again when it ended, for its output", () => {
  const { cache, sync } = setUp();
  sync.apply([lifecycle("completed", run("a"), "1")]);
  expect(cache.getQueryData<Run>(keys.run("a"))!.status).toBe("completed");
  expect(cache.getQueryState(keys.run("a"))!.isInvalidated).toBe(true);
});

it("does not bring an ended run back to life", () => {
  const { cache, sync } = setUp();
  cache.setQueryData(keys.run("a"), run("a"));
  sync.apply([lifecycle("status-changed", running("a"), "1")]);
  expect(cache.getQueryData<Run>(keys.run("a"))!.status).toBe("completed");
});

it("asks for the counts at most once a second, however much happens", () => {
  vi.useFakeTimers();
  const { cache, sync } = setUp();
  const asked = vi.spyOn(cache, "invalidateQueries");
  for (let i = 0; i < 100; ++i) {
    sync.apply([lifecycle("started", running(`r${i}`), String(i))]);
    vi.advanceTimersByTime(20);
  }
  const counts = asked.mock.calls.filter(([query]) => query?.queryKey === keys.stats);
  expect(counts.length).toBeGreaterThanOrEqual(2);
  expect(counts.length).toBeLessThanOrEqual(3);
  sync.stop();
  vi.useRealTimers();
});

it("asks for the tree when an actor was restarted, for workflows when one was deployed", () => {
  const { cache, sync } = setUp();
  cache.setQueryData(keys.tree, {});
  cache.setQueryData(keys.workflows, {});
  const told = lifecycle("x", run("a"), "1");
  sync.apply([{ ...told, type: "dev.steward.supervision.restarted.v1", data: { path: "store", reason: "", restarts: 1 } }]);
  expect(cache.getQueryState(keys.tree)!.isInvalidated).toBe(true);
  expect(cache.getQueryState(keys.workflows)!.isInvalidated).toBe(false);
  sync.apply([{ ...told, type: "dev.steward.workflow.deployed.v1", data: {} }]);
  expect(cache.getQueryState(keys.workflows)!.isInvalidated).toBe(true);
});
