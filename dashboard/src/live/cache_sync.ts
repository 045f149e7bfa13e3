/**
 * Keeps the query cache true to the feed: rows that are on screen change in place, nothing moves.
 * What the feed does not carry (a run's output, counts by status) is marked for refetching, the
 * counts at most once a second.
 */
import type { QueryClient } from "@tanstack/react-query";
import { keys, type RunPages } from "../api/queries";
import { isFinal, type FeedEvent, type Run, type RunSummary } from "../api/types";
import { deployedOf, isOpened, runOf, supervisionOf } from "./feed_events";
import { staleAfter } from "./owner_events";
import { noticeServerTime } from "./server_clock";

/** Order in a run's life; the feed may be a moment behind what a request has already answered. */
function isOlder(news: RunSummary, known: Run): boolean {
  return isFinal(known.status) && !isFinal(news.status);
}

function merge(known: Run, news: RunSummary): Run {
  return isOlder(news, known) ? known : { ...known, ...news, input: known.input, output: known.output };
}

function patchPages(pages: RunPages | undefined, news: Map<string, RunSummary>): RunPages | undefined {
  if (!pages?.pages) return pages;
  let changed = false;
  const patched = pages.pages.map((page) => {
    if (!page.items.some((run) => news.has(run.id))) return page;
    changed = true;
    return {
      ...page,
      items: page.items.map((run) => {
        const told = news.get(run.id);
        return told ? merge(run, told) : run;
      }),
    };
  });
  return changed ? { ...pages, pages: patched } : pages;
}

export function createCacheSync(cache: QueryClient, minRefetchMs = 1000) {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const last = new Map<string, number>();

  /** Each at most once per `minRefetchMs`, however much happens. */
  function refetchSoon(queryKey: readonly string[]) {
    const name = queryKey.join("/");
    if (timers.has(name)) return;
    const delay = Math.max(0, (last.get(name) ?? 0) + minRefetchMs - Date.now());
    const refetch = () => {
      timers.delete(name);
      last.set(name, Date.now());
      void cache.invalidateQueries({ queryKey });
    };
    timers.set(name, setTimeout(refetch, delay));
  }
  const refetchStatsSoon = () => refetchSoon(keys.stats);

  return {
    apply(events: FeedEvent[]): void {
      noticeServerTime(events);
      for (const key of staleAfter(events)) refetchSoon(key);
      const news = new Map<string, RunSummary>();
      let tree = false;
      let workflows = false;
      for (const event of events) {
        const run = runOf(event);
        if (run) news.set(run.id, run);
        else if (supervisionOf(event)) tree = true;
        else if (deployedOf(event)) workflows = true;
        else if (isOpened(event)) {
          // The first answers may be older than the connection; ask once more.
          tree = workflows = true;
          refetchStatsSoon();
        }
      }
      if (news.size > 0) {
        cache.setQueriesData<RunPages>({ queryKey: keys.allRuns }, (old) => patchPages(old, news));
        for (const [id, told] of news) {
          const known = cache.getQueryData<Run>(keys.run(id));
          if (!known) continue;
          cache.setQueryData(keys.run(id), merge(known, told));
          if (isFinal(told.status)) void cache.invalidateQueries({ queryKey: keys.run(id) });
        }
        refetchStatsSoon();
      }
      if (tree) void cache.invalidateQueries({ queryKey: keys.tree });
      if (workflows) void cache.invalidateQueries({ queryKey: keys.workflows });
    },
    stop(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
