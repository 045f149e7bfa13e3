import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import { Pulse, type PulseSnapshot } from "./pulse";

export const PulseContext = createContext<Pulse | null>(null);

/** The pulse now; moves on every second while it is on screen. */
export function usePulse(): PulseSnapshot {
  const pulse = useContext(PulseContext);
  if (!pulse) throw new Error("usePulse outside of PulseContext");
  useEffect(() => {
    const timer = setInterval(() => pulse.tick(), 1000);
    return () => clearInterval(timer);
  }, [pulse]);
  return useSyncExternalStore(
    (listener) => pulse.onChange(listener),
    () => pulse.snapshot,
  );
}
