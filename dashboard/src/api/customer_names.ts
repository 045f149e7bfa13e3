import { useQuery } from "@tanstack/react-query";
import type { Client } from "./client";
import { ownerKeys } from "./owner_queries";
import type { Customer } from "./owner_types";
import { useClient } from "./queries";

/** Up to so many are asked for one by one; more come faster as a list. */
const singlesMost = 12;
const pagesMost = 5;

/** Records can't be found by several ids at once: a few are read singly, many from the list of all. */
export async function readNames(client: Client, ids: string[], signal?: AbortSignal): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  let missing = ids;
  if (ids.length > singlesMost) {
    let cursor: string | null = null;
    for (let page = 0; page < pagesMost && missing.length > 0; ++page) {
      const { items, next }: Awaited<ReturnType<typeof client.records<Customer>>> = await client.records<Customer>(
        "customers", { limit: 200, cursor }, { signal },
      );
      for (const { id, data } of items) names[id] = data.name;
      missing = missing.filter((id) => names[id] === undefined);
      cursor = next;
      if (!cursor) return names;
    }
  }
  const read = async (id: string) => {
    const found = await client.record<Customer>("customers", id, { signal }).catch(() => null);
    if (found) names[id] = found.data.name;
  };
  await Promise.all(missing.map(read));
  return names;
}

/** Names by id; those of customers that are gone are missing. */
export function useCustomerNames(ids: string[]): Record<string, string> {
  const client = useClient();
  const wanted = [...new Set(ids)].sort();
  const query = useQuery({
    queryKey: [...ownerKeys.records("customers"), "names", wanted],
    queryFn: ({ signal }) => readNames(client, wanted, signal),
    enabled: wanted.length > 0,
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  return query.data ?? {};
}
