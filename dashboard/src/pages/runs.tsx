import { Button, NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import type { RunFilter } from "../api/client";
import { keys, useRuns, useWorkflows, type RunPages } from "../api/queries";
import { runStatuses, type RunStatus } from "../api/types";
import { Empty, Failed, Loading } from "../components/placeholders";
import { RunTable } from "../components/run_table";
import { useNewRuns } from "./use_new_runs";
import { useTitle } from "./use_title";
import "./runs.css";

const statusOf = (text: string | null): RunStatus | undefined =>
  runStatuses.find((status) => status === text);

function Filters({ filter, set }: { filter: RunFilter; set: (key: string, value: string) => void }) {
  const workflows = useWorkflows();
  const names = new Set(
    workflows.data?.pages.flatMap((page) => page.items.map((one) => `${one.namespace}/${one.name}`)),
  );
  if (filter.workflow) names.add(filter.workflow);
  const filtered = filter.status !== undefined || filter.workflow !== undefined;
  return (
    <form className="runs-filters" role="search" aria-label="Filter runs" onSubmit={(e) => e.preventDefault()}>
      <NativeSelect
        aria-label="Status"
        value={filter.status ?? ""}
        onChange={(event) => set("status", event.currentTarget.value)}
        data={[{ value: "", label: "Any status" }, ...runStatuses.map((value) => ({ value, label: value }))]}
      />
      <NativeSelect
        aria-label="Workflow"
        value={filter.workflow ?? ""}
        onChange={(event) => set("workflow", event.currentTarget.value)}
        data={[{ value: "", label: "Any workflow" }, ...[...names].sort()]}
      />
      {filtered && (
        <Button component={Link} href="/runs" variant="subtle">
          Clear
        </Button>
      )}
    </form>
  );
}

function RunList({ filter }: { filter: RunFilter }) {
  const cache = useQueryClient();
  const query = useRuns(filter);
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const listed = useMemo(() => new Set(runs.map((run) => run.id)), [runs]);
  const fresh = useNewRuns(filter, listed);
  const showNew = () => {
    fresh.reset();
    // Back to the first page: all that were paged in would be fetched again otherwise.
    cache.setQueriesData<RunPages>({ queryKey: keys.runs(filter) }, (old) =>
      old && { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) },
    );
    void cache.invalidateQueries({ queryKey: keys.runs(filter) });
  };

  if (query.isPending) return <Loading what="runs" lines={12} />;
  if (query.isError && runs.length === 0) {
    return <Failed what="The list of runs" error={query.error} retry={() => void query.refetch()} />;
  }
  const filtered = filter.status !== undefined || filter.workflow !== undefined;
  return (
    <>
      <div aria-live="polite" className="runs-new">
        {fresh.count > 0 && (
          <Button variant="light" onClick={showNew} fullWidth radius={0}>
            {fresh.count === 1 ? "1 new run" : `${fresh.count} new runs`}: show
          </Button>
        )}
      </div>
      {runs.length === 0 ? (
        filtered ? (
          <Empty title="No run fits this filter">
            <Link href="/runs">Show all runs</Link>
          </Empty>
        ) : (
          <Empty title="No runs yet">
            Choose a <Link href="/workflows">workflow</Link> and start one.
          </Empty>
        )
      ) : (
        <RunTable runs={runs} label="Runs, newest first" />
      )}
      {query.hasNextPage && (
        <div className="runs-more">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load older runs
          </Button>
          <span className="muted">{runs.length} shown</span>
        </div>
      )}
      {query.isFetchNextPageError && (
        <p role="alert" className="runs-more">Older runs could not be loaded: {query.error.message}</p>
      )}
    </>
  );
}

export function RunsPage() {
  useTitle("Runs");
  const [params, setParams] = useSearchParams();
  const filter: RunFilter = {
    status: statusOf(params.get("status")),
    workflow: params.get("workflow") ?? undefined,
  };
  const set = (key: string, value: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(key, value);
      else next.delete(key);
      return next;
    });
  return (
    <>
      <div className="page-head">
        <h1>Runs</h1>
        <Filters filter={filter} set={set} />
      </div>
      <section className="card" aria-label="Runs">
        <RunList filter={filter} />
      </section>
    </>
  );
}
