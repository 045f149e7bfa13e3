import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeSockets } from "../../test/fake_socket";
import type { FeedEvent } from "../api/types";
import { Feed } from "./feed";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(run?: string) {
  const feeds = fakeSockets();
  const batches: FeedEvent[][] = [];
  const feed = new Feed({ open: feeds.open, batchMs: 100, random: () => 1, ...(run ? { run } : {}) });
  feed.onBatch((events) => batches.push(events));
  feed.start();
  return { feed, batches, sockets: feeds.sockets, last: () => feeds.sockets.at(-1)! };
}
const event = (sequence: number) => ({ id: `e${sequence}`, type: "t", sequence: String(sequence) });

describe("Feed", () => {
  it("is open once the server says so", () => {
    const { feed, last } = setUp();
    expect(feed.state.phase).toBe("connecting");
    last().opened();
    expect(feed.state.phase).toBe("open");
  });

  it("gives events in batches, not one by one", () => {
    const { batches, last } = setUp();
    last().opened();
    for (let i = 1; i <= 500; ++i) last().send(event(i));
    expect(batches).toHaveLength(0);
    vi.advanceTimersByTime(100);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toHaveLength(501);
  });

  it("comes back after a loss, later each time, naming the last event it saw", () => {
    const { feed, sockets, last } = setUp();
    last().opened("6");
    last().send(event(7));
    last().lose();
    expect(feed.state.phase).toBe("waiting");
    vi.advanceTimersByTime(499);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(last().url).toBe("/api/v1/feed?after=7");
    last().lose();
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(3);
    last().lose();
    vi.advanceTimersByTime(999);
    expect(sockets).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(4);
  });

  it("misses nothing if the connection is lost before the first event", () => {
    const { last } = setUp();
    last().opened("41");
    last().lose();
    vi.advanceTimersByTime(1000);
    expect(last().url).toBe("/api/v1/feed?after=41");
  });

  it("passes each durable event on once", () => {
    const { batches, last } = setUp();
    last().opened("0");
    for (const n of [1, 2, 2, 1, 3]) last().send(event(n));
    last().send({ id: "p", type: "io.serverlessworkflow.task.started.v1" });
    last().send({ id: "p", type: "io.serverlessworkflow.task.started.v1" });
    vi.advanceTimersByTime(100);
    expect(batches[0]!.map((one) => one.sequence ?? one.type)).toEqual([
      "dev.steward.feed.opened.v1", "1", "2", "3",
      "io.serverlessworkflow.task.started.v1", "io.serverlessworkflow.task.started.v1",
    ]);
  });

  it("begins again when the server's numbers do", () => {
    const { batches, last } = setUp();
    last().opened("900");
    last().lose();
    vi.advanceTimersByTime(1000);
    last().opened("3");
    last().send(event(4));
    vi.advanceTimersByTime(100);
    expect(batches.at(-1)!.map((one) => one.sequence)).toEqual([undefined, "4"]);
  });

  it("comes back at once when it was too slow a reader", () => {
    const { sockets, last } = setUp();
    last().opened();
    last().lose(1013);
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(2);
  });

  it("tries at once when asked to", () => {
    const { feed, sockets, last } = setUp();
    last().lose();
    feed.retryNow();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
  });

  it("asks for one run's progress", () => {
    expect(setUp("run_1").last().url).toBe("/api/v1/feed?run=run_1");
  });

  it("survives a frame that is no JSON", () => {
    const { feed, last } = setUp();
    last().opened();
    last().onmessage!({ data: "{" });
    expect(feed.state.phase).toBe("open");
  });

  it("is silent after it was stopped", () => {
    const { feed, batches, sockets, last } = setUp();
    last().opened();
    feed.stop();
    vi.advanceTimersByTime(60_000);
    expect(batches).toHaveLength(0);
    expect(sockets).toHaveLength(1);
    expect(sockets[0]!.closed).toBe(true);
    expect(feed.state.phase).toBe("closed");
  });
});
