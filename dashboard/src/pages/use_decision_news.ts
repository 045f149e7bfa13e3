import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { DecisionFilter } from "../api/owner_client";
import { ownerKeys, type Pages } from "../api/owner_queries";
import type { Decision } from "../api/owner_types";
import { useClient } from "../api/queries";
import { useFeed, useFeedBatch } from "../live/feed_context";
import { decisionOf } from "../live/owner_events";

/** Most decisions that are fetched again for one batch of events; the rest wait for their next event. */
const patchesMost = 20;

/**
 * Keeps a list of decisions true and still: listed ones change in place, new ones are counted so
 * that the list can announce them. `reset` forgets those, for when the list is fetched.
 */
export function useDecisionNews(filter: DecisionFilter, listed: ReadonlySet<string>) {
  const client = useClient();
  const cache = useQueryClient();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const known = useRef(listed);
  useEffect(() => {
    known.current = listed;
  });
  useEffect(() => setFresh(new Set()), [filter.agent_name, filter.decision_type, filter.status, filter.customer_id]);

  const patch = async (id: string) => {
    const now = await client.decision(id).catch(() => null);
    if (!now) return; // The row stays as it was; opening it tells what is wrong.
    cache.setQueriesData<Pages<Decision>>({ queryKey: ownerKeys.decisionList }, (old) =>
      old && {
        ...old,
        pages: old.pages.map((page) => ({ ...page, items: page.items.map((one) => (one.id === id ? now : one)) })),
      },
    );
  };

  useFeedBatch(useFeed(), (events) => {
    const made: string[] = [];
    const changed = new Set<string>();
    for (const event of events) {
      const told = decisionOf(event);
      const data = event.data as Partial<Decision & { decision_id: string }> | null;
      const id = told?.id ?? data?.decision_id;
      if (!id) continue;
      if (known.current.has(id)) changed.add(id);
      else if (told?.made) {
        // What the event leaves open may fit; the list itself is filtered by the server.
        const fits = (key: "agent_name" | "decision_type") => !filter[key] || !data?.[key] || data[key] === filter[key];
        const status = !filter.status || filter.status === "pending";
        if (fits("agent_name") && fits("decision_type") && status) made.push(id);
      }
    }
    for (const id of [...changed].slice(0, patchesMost)) void patch(id);
    if (made.length > 0) setFresh((before) => new Set([...before, ...made]));
  });
  return { count: fresh.size, reset: () => setFresh(new Set()) };
}
