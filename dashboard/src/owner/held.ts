/**
 * Keeps a list of approvals still under the thumb of who answers them: what is answered stays where
 * it was, what is new waits to be shown. Nothing is approved because another card slid under a tap.
 */
import type { Approval } from "../api/owner_types";
import { byUrgency } from "./approvals";

export interface Held {
  shown: Approval[];
  /** Pending ones that are not shown yet. */
  fresh: Approval[];
}

export const nothingHeld: Held = { shown: [], fresh: [] };

/** `pending`: the list as it is known now, with what was answered here still in it. */
export function hold(before: Held, pending: readonly Approval[], reveal = false): Held {
  const now = new Map(pending.map((one) => [one.id, one]));
  const kept = before.shown.map((one) => now.get(one.id) ?? one);
  const held = new Set(kept.map((one) => one.id));
  const fresh = pending.filter((one) => !held.has(one.id) && one.status === "pending").sort(byUrgency);
  const stillOpen = kept.some((one) => one.status === "pending" && now.has(one.id));
  if (stillOpen && !reveal) return { shown: kept, fresh };
  // Nobody is about to tap: the new ones come first, what is done moves down.
  const open = kept.filter((one) => one.status === "pending" && now.has(one.id));
  const done = kept.filter((one) => !open.includes(one));
  return { shown: [...fresh, ...open].sort(byUrgency).concat(done), fresh: [] };
}

