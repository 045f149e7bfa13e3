/**
 * A connection to the server's feed that mends itself.
 *
 * It remembers the last sequence number it saw and names it when it connects again, so that durable
 * events are neither missed nor seen twice. Events reach subscribers in batches, at most one per
 * `batchMs`: a server that finishes thousands of runs a second must not render thousands of times.
 */
import type { FeedEvent } from "../api/types";

export type FeedState =
  | { phase: "connecting"; attempt: number }
  | { phase: "open"; since: number }
  /** `until`: when the next attempt starts, in milliseconds since 1970. */
  | { phase: "waiting"; attempt: number; until: number }
  | { phase: "closed" };

/** The part of WebSocket that is used, so that tests can bring their own. */
export interface FeedSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
  close(code?: number): void;
}

export interface FeedOptions {
  /** Follow one run: its tasks' progress comes too, and nothing of other runs. */
  run?: string;
  open?: (url: string) => FeedSocket;
  batchMs?: number;
  /** 0..1; jitter of the backoff. */
  random?: () => number;
}

type BatchListener = (events: FeedEvent[]) => void;

const openedType = "dev.steward.feed.opened.v1";
const backoffMinMs = 500;
const backoffMaxMs = 15_000;
/** Closed by the server because this reader was too slow: nothing is wrong, come back at once. */
const tryAgainLater = 1013;
/** A batch beyond this keeps the newest: the pages refetch what matters. */
const batchLimit = 5000;

function webSocket(path: string): FeedSocket {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url) as unknown as FeedSocket;
}

export class Feed {
  private readonly options: Required<Omit<FeedOptions, "run">> & { run: string | undefined };
  private readonly batchListeners = new Set<BatchListener>();
  private readonly stateListeners = new Set<() => void>();
  private state_: FeedState = { phase: "closed" };
  private socket_: FeedSocket | null = null;
  private retryTimer_: ReturnType<typeof setTimeout> | undefined;
  private flushTimer_: ReturnType<typeof setTimeout> | undefined;
  private pending_: FeedEvent[] = [];
  private lastSequence_: bigint | null = null;
  private attempt_ = 0;

  constructor(options: FeedOptions = {}) {
    this.options = {
      run: options.run,
      open: options.open ?? webSocket,
      batchMs: options.batchMs ?? 200,
      random: options.random ?? Math.random,
    };
  }

  get state(): FeedState {
    return this.state_;
  }

  /** Starts, or does nothing if started. */
  start(): void {
    if (this.state_.phase === "closed") this.connect();
  }

  stop(): void {
    clearTimeout(this.retryTimer_);
    clearTimeout(this.flushTimer_);
    this.flushTimer_ = undefined;
    this.pending_ = [];
    this.drop();
    this.enter({ phase: "closed" });
  }

  /** Does not wait for the backoff: a person asked, or the browser says it is online again. */
  retryNow(): void {
    if (this.state_.phase !== "waiting") return;
    clearTimeout(this.retryTimer_);
    this.connect();
  }

  /** The `opened` frame is passed on too: after it, what has no sequence must be fetched again. */
  onBatch(listener: BatchListener): () => void {
    this.batchListeners.add(listener);
    return () => void this.batchListeners.delete(listener);
  }

  onState(listener: () => void): () => void {
    this.stateListeners.add(listener);
    return () => void this.stateListeners.delete(listener);
  }

  private enter(state: FeedState): void {
    this.state_ = state;
    for (const listener of this.stateListeners) listener();
  }

  private drop(): void {
    const socket = this.socket_;
    this.socket_ = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  private url(): string {
    const params = new URLSearchParams();
    if (this.options.run) params.set("run", this.options.run);
    if (this.lastSequence_ !== null) params.set("after", String(this.lastSequence_));
    const text = params.toString();
    return `/api/v1/feed${text && "?"}${text}`;
  }

  private connect(): void {
    this.drop();
    this.attempt_ += 1;
    this.enter({ phase: "connecting", attempt: this.attempt_ });
    const socket = this.options.open(this.url());
    this.socket_ = socket;
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.lost(event.code);
  }

  private lost(code: number): void {
    const wasOpen = this.state_.phase === "open";
    this.socket_ = null;
    const step = Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.max(0, this.attempt_ - 1));
    const delay = wasOpen && code === tryAgainLater ? 0 : step / 2 + (step / 2) * this.options.random();
    this.enter({ phase: "waiting", attempt: this.attempt_, until: Date.now() + delay });
    this.retryTimer_ = setTimeout(() => this.connect(), delay);
  }

  private receive(text: unknown): void {
    if (typeof text !== "string") return;
    let event: FeedEvent;
    try {
      event = JSON.parse(text) as FeedEvent;
    } catch {
      return; // Not ours to judge: a frame that cannot be read is worth less than the connection.
    }
    if (event.type === openedType) {
      this.attempt_ = 0;
      this.adopt(event.data as { newest?: string | number } | null);
      this.enter({ phase: "open", since: Date.now() });
    }
    if (event.sequence !== undefined) {
      const sequence = BigInt(event.sequence);
      if (this.lastSequence_ !== null && sequence <= this.lastSequence_) return;
      this.lastSequence_ = sequence;
    }
    this.pending_.push(event);
    if (this.pending_.length > batchLimit) this.pending_.splice(0, this.pending_.length - batchLimit);
    this.flushTimer_ ??= setTimeout(() => this.flush(), this.options.batchMs);
  }

  /**
   * On the first connection the place in the feed is the newest event, so that a connection lost
   * before any event came misses nothing. A server whose numbers start over (a new store) has a
   * newest below what was seen: begin again from there.
   */
  private adopt(data: { newest?: string | number } | null): void {
    if (data?.newest === undefined || data.newest === null) return;
    const newest = BigInt(data.newest);
    if (this.lastSequence_ === null || newest < this.lastSequence_) this.lastSequence_ = newest;
  }

  private flush(): void {
    this.flushTimer_ = undefined;
    const events = this.pending_;
    this.pending_ = [];
    for (const listener of this.batchListeners) listener(events);
  }
}
