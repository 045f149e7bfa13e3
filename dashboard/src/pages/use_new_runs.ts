import { useEffect, useRef, useState } from "react";
import type { RunFilter } from "../api/client";
import { runOf, shortType } from "../live/feed_events";
import { useFeed, useFeedBatch } from "../live/feed_context";

/**
 * Counts runs that belong into a list and are not in it, so that the list can announce them and
 * stay still under the reader's eyes. `reset` forgets them, for when the list has been fetched.
 */
export function useNewRuns(filter: RunFilter, listed: ReadonlySet<string>) {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const known = useRef(listed);
  useEffect(() => {
    known.current = listed;
  });
  useEffect(() => setFresh(new Set()), [filter.status, filter.workflow]);
  useFeedBatch(useFeed(), (events) => {
    const found = events.flatMap((event) => {
      const run = runOf(event);
      if (!run || known.current.has(run.id)) return [];
      // Without a status only a start makes a run new; an old one beyond this page may change too.
      const fits = filter.status ? run.status === filter.status : shortType(event.type) === "workflow.started";
      const ref = `${run.workflow.namespace}/${run.workflow.name}`;
      return fits && (!filter.workflow || filter.workflow === ref) ? [run.id] : [];
    });
    if (found.length > 0) setFresh((before) => new Set([...before, ...found]));
  });
  return { count: fresh.size, reset: () => setFresh(new Set()) };
}
