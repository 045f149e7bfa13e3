/** What an owner changes. Approvals are answered at once on screen, and put back if that failed. */
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { answered } from "../owner/approvals";
import type { ApiError, Client } from "./client";
import { ownerKeys } from "./owner_queries";
import type { AgentConfigChange, AgentState, Approval, ApprovalAnswer, Governance, Pack } from "./owner_types";
import { useClient } from "./queries";
import type { Page } from "./types";

/** Puts the newest state of an approval wherever it is shown. */
export function putApproval(cache: QueryClient, approval: Approval): void {
  cache.setQueryData<Page<Approval>>(ownerKeys.pendingApprovals, (page) =>
    page && { ...page, items: page.items.map((one) => (one.id === approval.id ? approval : one)) },
  );
  cache.setQueryData(ownerKeys.approval(approval.id), approval);
}

/** After a refusal: what has become of it. The reason of the refusal stays the caller's to show. */
async function refresh(client: Client, cache: QueryClient, id: string): Promise<void> {
  try {
    putApproval(cache, await client.approval(id));
  } catch {
    // The refusal itself is shown; the next fetch of the list will tell the rest.
  }
}

export function useAnswerApproval(approval: Approval) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Approval, ApiError, ApprovalAnswer, { before: Approval }>({
    mutationFn: (answer) => client.answerApproval(approval.id, answer),
    onMutate: async (answer) => {
      // A list that is under way was made before the answer, and would undo it on screen.
      await cache.cancelQueries({ queryKey: ownerKeys.approvals });
      putApproval(cache, answered(approval, answer, new Date().toISOString()));
      return { before: approval };
    },
    onSuccess: (now) => putApproval(cache, now),
    onError: async (error, _answer, context) => {
      putApproval(cache, context?.before ?? approval);
      if (error.status === 409) await refresh(client, cache, approval.id);
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ownerKeys.approvals });
      void cache.invalidateQueries({ queryKey: ownerKeys.dashboard });
    },
  });
}

function useAgentChange<T>(name: string, change: (client: Client, value: T) => Promise<AgentState>) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<AgentState, ApiError, T>({
    mutationFn: (value) => change(client, value),
    onSuccess: (state) => {
      if (state && typeof state.agent_name === "string") cache.setQueryData(ownerKeys.agent(name), state);
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ownerKeys.agents });
      void cache.invalidateQueries({ queryKey: ownerKeys.dashboard });
    },
  });
}

export const useAgentStatus = (name: string) =>
  useAgentChange<"active" | "paused">(name, (client, status) => client.setAgentStatus(name, status));
export const useAgentConfig = (name: string) =>
  useAgentChange<AgentConfigChange>(name, (client, config) => client.configureAgent(name, config));
export const useResetBreaker = (name: string) => useAgentChange<void>(name, (client) => client.resetBreaker(name));

export function useRunTask() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<unknown, ApiError, string>({
    mutationFn: (taskType) => client.runTask(taskType),
    onSettled: () => void cache.invalidateQueries({ queryKey: ownerKeys.agents }),
  });
}

export function useSaveGovernance() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Governance, ApiError, Governance>({
    // Whoever saves other rules must not undo a stop that somebody made meanwhile.
    mutationFn: async (governance) =>
      client.saveGovernance({ ...governance, paused: (await client.governance()).paused }),
    onSuccess: (saved) =>
      cache.setQueryData<Governance>(ownerKeys.governance, (old) => ({ ...old, ...saved })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ownerKeys.governance });
      void cache.invalidateQueries({ queryKey: ownerKeys.agents });
    },
  });
}

/**
 * Stops or continues all agents. The document is read anew first, so that a page that was open for
 * hours does not write back what others have changed since.
 */
export function usePauseEverything() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Governance, ApiError, boolean>({
    mutationFn: async (paused) => client.saveGovernance({ ...(await client.governance()), paused }),
    onSuccess: (saved) =>
      cache.setQueryData<Governance>(ownerKeys.governance, (old) => ({ ...old, ...saved })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ownerKeys.governance });
      void cache.invalidateQueries({ queryKey: ownerKeys.agents });
      void cache.invalidateQueries({ queryKey: ownerKeys.dashboard });
    },
  });
}

export function useInstallPack() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation<Pack, ApiError, string>({
    mutationFn: (name) => client.installPack(name),
    // It brings collections, agents and rules: whatever was asked before may have another answer.
    onSuccess: () => cache.invalidateQueries(),
  });
}
