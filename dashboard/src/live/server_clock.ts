/**
 * What time it is for the server. Usually the browser's clock is good enough; a phone whose clock
 * is wrong, or a demonstration whose days pass in minutes, would count down to the wrong moment.
 * The feed's events carry the server's time.
 */
import { useSyncExternalStore } from "react";
import type { FeedEvent } from "../api/types";
import { toMs } from "../text/time";
import { isOpened } from "./feed_events";

/** Differences below this are the network's and the batches' doing. */
const toleranceMs = 30_000;

const listeners = new Set<() => void>();
let offsetMs = 0;

function adopt(offset: number): void {
  if (offset === offsetMs) return;
  offsetMs = offset;
  for (const listener of listeners) listener();
}

/**
 * A new connection's first frame says what time it is now. Other events may be old (they come again
 * after a lost connection), so they move the clock forward only.
 */
export function noticeServerTime(events: readonly FeedEvent[], now = Date.now()): void {
  for (const event of events) {
    const told = toMs(event.time);
    if (told === null) continue;
    const ahead = told - now;
    if (isOpened(event)) adopt(Math.abs(ahead) > toleranceMs ? ahead : 0);
    else if (ahead > offsetMs + toleranceMs) adopt(ahead);
  }
}

export function resetServerClock(): void {
  adopt(0);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** To be added to the browser's clock. */
export function useServerOffset(): number {
  return useSyncExternalStore(subscribe, () => offsetMs);
}
