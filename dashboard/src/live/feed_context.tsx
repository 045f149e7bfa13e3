/** The feed for components: one connection for the whole application, one more per watched run. */
import { createContext, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { FeedEvent } from "../api/types";
import { Feed, type FeedSocket, type FeedState } from "./feed";

export const FeedContext = createContext<Feed | null>(null);
/** Tests replace how sockets are opened; undefined means the browser's WebSocket. */
export const FeedOpenContext = createContext<((url: string) => FeedSocket) | undefined>(undefined);

export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (!feed) throw new Error("useFeed outside of FeedContext");
  return feed;
}

export function useFeedState(feed: Feed): FeedState {
  return useSyncExternalStore(
    (listener) => feed.onState(listener),
    () => feed.state,
  );
}

/** Calls the newest `listener` with every batch of `feed`. */
export function useFeedBatch(feed: Feed | null, listener: (events: FeedEvent[]) => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => feed?.onBatch((events) => latest.current(events)), [feed]);
}

/** A connection that follows one run for as long as the component is mounted and `active`. */
export function useRunFeed(run: string, active: boolean): Feed | null {
  const open = useContext(FeedOpenContext);
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    if (!active) return;
    const created = new Feed({ run, batchMs: 100, ...(open ? { open } : {}) });
    created.start();
    setFeed(created);
    return () => {
      created.stop();
      setFeed(null);
    };
  }, [run, active, open]);
  return feed;
}
