/** The owner's data as React sees it: one hook per question. What changes things is in owner_actions.ts. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { InfiniteData } from "@tanstack/react-query";
import type { Client } from "./client";
import type { DecisionFilter } from "./owner_client";
import type { Decision, Gap, Outreach, RecordItem } from "./owner_types";
import { useClient } from "./queries";
import type { JsonObject, Page } from "./types";

export type Pages<T> = InfiniteData<Page<T>, string | null>;

/** The first part of each key is what the feed's events ask to be fetched again. */
export const ownerKeys = {
  packs: ["packs"] as const,
  dashboard: ["owner-dashboard"] as const,
  governance: ["governance"] as const,
  approvals: ["approvals"] as const,
  pendingApprovals: ["approvals", "pending"] as const,
  answeredApprovals: ["approvals", "answered"] as const,
  approval: (id: string) => ["approvals", "one", id] as const,
  agents: ["agents"] as const,
  agent: (name: string) => ["agents", name] as const,
  /** Not among those that the feed has fetched again: the list would move under its reader. */
  decisionList: ["decision-list"] as const,
  decisions: ["decisions"] as const,
  decision: (id: string) => ["decisions", id] as const,
  gaps: ["gaps"] as const,
  outreach: ["outreach"] as const,
  records: (collection: string) => ["records", collection] as const,
};

export function usePacks() {
  const client = useClient();
  return useQuery({ queryKey: ownerKeys.packs, queryFn: ({ signal }) => client.packs({ signal }), staleTime: 60_000 });
}

export function usePack(name: string, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.packs, name],
    queryFn: ({ signal }) => client.pack(name, { signal }),
    staleTime: 60_000,
    enabled,
  });
}

export function useOwnerDashboard() {
  const client = useClient();
  return useQuery({
    queryKey: ownerKeys.dashboard,
    queryFn: ({ signal }) => client.ownerDashboard({ signal }),
    refetchInterval: 60_000,
  });
}

export function useGovernance(enabled = true) {
  const client = useClient();
  return useQuery({
    queryKey: ownerKeys.governance,
    queryFn: ({ signal }) => client.governance({ signal }),
    enabled,
  });
}

export function usePendingApprovals() {
  const client = useClient();
  return useQuery({
    queryKey: ownerKeys.pendingApprovals,
    queryFn: ({ signal }) => client.pendingApprovals({ signal }),
    refetchInterval: 60_000,
  });
}

/** All approvals, newest first; the pending ones are to be left out by who shows them. */
export function useAnsweredApprovals() {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ownerKeys.answeredApprovals,
    queryFn: ({ signal, pageParam }) => client.approvals({ limit: 50, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function useApproval(id: string | null | undefined) {
  const client = useClient();
  return useQuery({
    queryKey: ownerKeys.approval(id ?? ""),
    queryFn: ({ signal }) => client.approval(id!, { signal }),
    enabled: Boolean(id),
  });
}

/** The interval is a net below the feed: counters of an agent may change without an event. */
export function useAgents() {
  const client = useClient();
  return useQuery({
    queryKey: ownerKeys.agents,
    queryFn: ({ signal }) => client.agents({ signal }),
    refetchInterval: 15_000,
  });
}

export function useAgent(name: string) {
  const client = useClient();
  return useQuery({
    queryKey: ownerKeys.agent(name),
    queryFn: ({ signal }) => client.agent(name, { signal }),
    refetchInterval: 15_000,
  });
}

export function useDecisions(filter: DecisionFilter, limit = 50) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: [...ownerKeys.decisionList, filter, limit],
    queryFn: ({ signal, pageParam }): Promise<Page<Decision>> =>
      client.decisions({ ...filter, limit, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** The newest few, fetched again whenever something was decided: for a glance, not for reading. */
export function useLatestDecisions(filter: DecisionFilter, limit: number) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.decisions, "latest", filter, limit],
    queryFn: async ({ signal }) => (await client.decisions({ ...filter, limit }, { signal })).items,
  });
}

export function useDecision(id: string) {
  const client = useClient();
  return useQuery({ queryKey: ownerKeys.decision(id), queryFn: ({ signal }) => client.decision(id, { signal }) });
}

export function useGap(id: string | null | undefined) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.gaps, "one", id],
    queryFn: ({ signal }) => client.gap(id!, { signal }),
    enabled: Boolean(id),
  });
}

/** Most pages that are read to the end on behalf of one view. */
const pagesMost = 10;

/** All items of a list, up to `pagesMost` pages of 200. */
export async function readAll<T>(page: (cursor: string | null) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let count = 0; count < pagesMost; ++count) {
    const answer: Page<T> = await page(cursor);
    items.push(...answer.items);
    cursor = answer.next;
    if (!cursor) break;
  }
  return items;
}

export function useGapsOf(date: string) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.gaps, "of", date],
    queryFn: async ({ signal }): Promise<Gap[]> => (await client.gaps({ date, limit: 200 }, { signal })).items,
  });
}

/** A whole collection, or the part that fits the filter. */
export function useRecords<T>(
  collection: string,
  what: { filter?: JsonObject; sort?: string } = {},
  options: { enabled?: boolean; staleTime?: number } = {},
) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.records(collection), "all", what],
    queryFn: ({ signal }): Promise<RecordItem<T>[]> =>
      readAll((cursor) => client.records<T>(collection, { ...what, limit: 200, cursor }, { signal })),
    ...options,
  });
}

export function useRecord<T>(collection: string, id: string | null | undefined) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.records(collection), "one", id],
    queryFn: ({ signal }): Promise<RecordItem<T>> => client.record<T>(collection, id!, { signal }),
    enabled: Boolean(id),
  });
}

/** Messages by a field that refers to what caused them; outreach are records too. */
function outreachBy(client: Client, field: "decision_id" | "trigger_id", values: string[], signal?: AbortSignal) {
  const filter: JsonObject = { [field]: values.length === 1 ? values[0]! : { in: values } };
  return readAll((cursor) => client.records<Omit<Outreach, "id">>("outreach", { filter, limit: 200, cursor }, { signal })).then(
    (records): Outreach[] => records.map(({ id, data }) => ({ ...data, id })),
  );
}

export function useOutreachOf(decision: string | undefined) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.outreach, "of-decision", decision],
    queryFn: ({ signal }) => outreachBy(client, "decision_id", [decision!], signal),
    enabled: Boolean(decision),
  });
}

/** A filter takes a hundred values: a day with more gaps is asked for in parts. */
const filterValuesMost = 100;

export function useOutreachForGaps(gaps: string[]) {
  const client = useClient();
  return useQuery({
    queryKey: [...ownerKeys.outreach, "for-gaps", gaps],
    queryFn: async ({ signal }): Promise<Outreach[]> => {
      const found: Outreach[] = [];
      for (let from = 0; from < gaps.length; from += filterValuesMost) {
        found.push(...(await outreachBy(client, "trigger_id", gaps.slice(from, from + filterValuesMost), signal)));
      }
      return found;
    },
    enabled: gaps.length > 0,
    placeholderData: (before) => before,
  });
}

