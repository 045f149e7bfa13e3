import { useSyncExternalStore } from "react";
import { useServerOffset } from "../live/server_clock";

// One clock for the whole page: labels that count together change together.
const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    current = Date.now();
    timer = setInterval(() => {
      current = Date.now();
      for (const one of listeners) one();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970, renewed once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}

/** The same for the server: what its times are to be compared with. */
export function useServerNow(): number {
  return useNow() + useServerOffset();
}
