/**
 * What the server has been doing since this page was opened: runs started and ended per interval,
 * and the latest happenings. Lives outside React so that it goes on while other pages are shown.
 */
import type { FeedEvent } from "../api/types";
import { isOpened, runOf, shortType } from "./feed_events";

export interface PulseBucket {
  /** Milliseconds since 1970, the interval's begin. */
  start: number;
  started: number;
  completed: number;
  faulted: number;
}

export interface PulseSnapshot {
  buckets: PulseBucket[];
  /** Newest first. */
  latest: FeedEvent[];
  /** When counting began. */
  since: number;
}

export const bucketMs = 5000;
export const bucketCount = 60;
const latestLimit = 60;

export class Pulse {
  private readonly listeners = new Set<() => void>();
  private readonly counts = new Map<number, PulseBucket>();
  private latest_: FeedEvent[] = [];
  private snapshot_: PulseSnapshot;
  private readonly since_: number;

  constructor(private readonly now: () => number = Date.now) {
    this.since_ = now();
    this.snapshot_ = this.take();
  }

  get snapshot(): PulseSnapshot {
    return this.snapshot_;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  add(events: FeedEvent[]): void {
    // Arrival decides the interval: what a reconnect brings late would rewrite the past otherwise.
    const bucket = this.bucket(this.now());
    for (const event of events) {
      if (!runOf(event)) continue;
      const type = shortType(event.type);
      if (type === "workflow.started") bucket.started += 1;
      if (type === "workflow.completed") bucket.completed += 1;
      if (type === "workflow.faulted") bucket.faulted += 1;
    }
    const shown = events.filter((event) => !isOpened(event) && !/status-changed/.test(event.type));
    if (shown.length > 0) {
      this.latest_ = [...shown.slice(-latestLimit).reverse(), ...this.latest_].slice(0, latestLimit);
    }
    this.tick();
  }

  /** Moves the window on, also while nothing happens. */
  tick(): void {
    this.snapshot_ = this.take();
    for (const listener of this.listeners) listener();
  }

  private bucket(time: number): PulseBucket {
    const start = Math.floor(time / bucketMs) * bucketMs;
    let found = this.counts.get(start);
    if (!found) {
      found = { start, started: 0, completed: 0, faulted: 0 };
      this.counts.set(start, found);
      const oldest = start - bucketMs * bucketCount;
      for (const key of this.counts.keys()) if (key < oldest) this.counts.delete(key);
    }
    return found;
  }

  private take(): PulseSnapshot {
    const last = Math.floor(this.now() / bucketMs) * bucketMs;
    const buckets: PulseBucket[] = [];
    for (let i = bucketCount - 1; i >= 0; --i) {
      const start = last - i * bucketMs;
      const counted = this.counts.get(start);
      buckets.push(counted ? { ...counted } : { start, started: 0, completed: 0, faulted: 0 });
    }
    return { buckets, latest: this.latest_, since: this.since_ };
  }
}
