import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { keys, useRun, useRunEvents } from "../api/queries";
import { isFinal, type RunEvent } from "../api/types";
import { useFeedBatch, useRunFeed } from "../live/feed_context";
import { isOpened, runOf, taskEventOf } from "../live/feed_events";
import { createCacheSync } from "../live/cache_sync";
import { closeOpenSteps, foldSteps, mergeEvents } from "../run/steps";
import { toMs } from "../text/time";

/** A run and its steps, followed live until it ends. */
export function useRunHistory(id: string) {
  const cache = useQueryClient();
  const run = useRun(id);
  const live = run.data !== undefined && !isFinal(run.data.status);
  const events = useRunEvents(id, live);
  const [told, setTold] = useState<RunEvent[]>([]);
  const sync = useMemo(() => createCacheSync(cache), [cache]);
  useEffect(() => () => sync.stop(), [sync]);

  useFeedBatch(useRunFeed(id, live), (batch) => {
    const news = batch.flatMap((event) => taskEventOf(event) ?? []);
    if (news.length > 0) setTold((before) => mergeEvents(before, news));
    if (batch.some(isOpened)) {
      // Progress has no sequence: what was told while nobody listened is in the history only.
      void cache.invalidateQueries({ queryKey: keys.run(id) });
      void cache.invalidateQueries({ queryKey: keys.runEvents(id) });
    }
    sync.apply(batch.filter((event) => runOf(event) !== null));
  });

  // The last entries may not have been told before the connection ended with the run.
  const ended = run.data?.ended_at ?? null;
  useEffect(() => {
    if (ended !== null) void cache.invalidateQueries({ queryKey: keys.runEvents(id) });
  }, [ended, cache, id]);

  const status = run.data?.status;
  const steps = useMemo(() => {
    const folded = foldSteps(mergeEvents(events.data ?? [], told));
    const end = toMs(ended);
    return status && isFinal(status) && end !== null ? closeOpenSteps(folded, status, end) : folded;
  }, [events.data, told, status, ended]);
  return { run, events, steps };
}
