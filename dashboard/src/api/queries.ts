/** The server's data as React sees it: one hook per question, one key per answer. */
import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
} from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { createClient, type ApiError, type Client, type RunAction, type RunFilter } from "./client";
import { isFinal, type Json, type Page, type Run, type RunEvent } from "./types";

export const ClientContext = createContext<Client>(createClient());
export const useClient = () => useContext(ClientContext);

export type RunPages = InfiniteData<Page<Run>, string | null>;

export const keys = {
  stats: ["stats"] as const,
  tree: ["tree"] as const,
  workflows: ["workflows"] as const,
  workflow: (namespace: string, name: string, version?: string | null) =>
    ["workflow", namespace, name, version ?? null] as const,
  allRuns: ["runs"] as const,
  runs: (filter: RunFilter) => ["runs", filter.status ?? null, filter.workflow ?? null] as const,
  run: (id: string) => ["run", id] as const,
  runEvents: (id: string) => ["run-events", id] as const,
};

export function useStats() {
  const client = useClient();
  return useQuery({
    queryKey: keys.stats,
    queryFn: ({ signal }) => client.stats({ signal }),
    refetchInterval: 5000,
  });
}

export function useTree() {
  const client = useClient();
  return useQuery({
    queryKey: keys.tree,
    queryFn: ({ signal }) => client.tree({ signal }),
    refetchInterval: 2000,
  });
}

export function useWorkflows() {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: keys.workflows,
    queryFn: ({ signal, pageParam }) => client.workflows({ signal, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function useWorkflow(namespace: string, name: string, version?: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.workflow(namespace, name, version),
    queryFn: ({ signal }) => client.workflow(namespace, name, { signal, version: version ?? null }),
    enabled: namespace !== "" && name !== "",
  });
}

export function useRuns(filter: RunFilter, limit = 50) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: [...keys.runs(filter), limit],
    queryFn: ({ signal, pageParam }) =>
      client.runs({ ...filter, limit, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function useRun(id: string) {
  const client = useClient();
  return useQuery({ queryKey: keys.run(id), queryFn: ({ signal }) => client.run(id, { signal }) });
}

/** The history of a run; `live` refetches slowly as a safety net under the feed. */
export function useRunEvents(id: string, live: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: keys.runEvents(id),
    queryFn: async ({ signal }): Promise<RunEvent[]> =>
      (await client.runEvents(id, { signal })).items,
    refetchInterval: live ? 10_000 : false,
  });
}

export function useDeploy() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Awaited<ReturnType<Client["deploy"]>>, ApiError, string>({
    mutationFn: (text) => client.deploy(text),
    onSuccess: (item) => {
      void cache.invalidateQueries({ queryKey: keys.workflows });
      void cache.invalidateQueries({ queryKey: ["workflow", item.namespace, item.name] });
    },
  });
}

export function useStartRun(namespace: string, name: string) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Run, ApiError, Json>({
    mutationFn: (input) => client.startRun(namespace, name, input),
    onSuccess: (run) => {
      cache.setQueryData(keys.run(run.id), run);
      void cache.invalidateQueries({ queryKey: keys.allRuns });
    },
  });
}

export function useRunAction(id: string) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Run, ApiError, RunAction>({
    mutationFn: (action) => client.act(id, action),
    onSuccess: (run) => {
      // The feed may have told a later state while the answer was on its way.
      cache.setQueryData<Run>(keys.run(id), (old) => (old && isFinal(old.status) ? old : run));
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: keys.run(id) });
      void cache.invalidateQueries({ queryKey: keys.runEvents(id) });
    },
  });
}

export function useKill() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<void, ApiError, string>({
    mutationFn: (path) => client.kill(path),
    onSettled: () => void cache.invalidateQueries({ queryKey: keys.tree }),
  });
}
