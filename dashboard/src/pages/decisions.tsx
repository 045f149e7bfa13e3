import { Button, NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import type { DecisionFilter } from "../api/owner_client";
import { ownerKeys, useAgents, useDecisions, useGovernance, type Pages } from "../api/owner_queries";
import { outcomeStatuses, type Decision } from "../api/owner_types";
import { DecisionRows } from "../components/decision_rows";
import { InstallPack } from "../components/install_pack";
import { PauseBanner } from "../components/pause_banner";
import { Empty, Failed, Loading } from "../components/placeholders";
import { useInstalled } from "../owner/packs";
import { agentName, inWords } from "../text/words";
import { useDecisionNews } from "./use_decision_news";
import { useTitle } from "./use_title";
import "./runs.css";

const filterKeys = ["agent_name", "decision_type", "status"] as const;

function Filters({ filter, set }: { filter: DecisionFilter; set: (key: string, value: string) => void }) {
  const agents = useAgents();
  const governance = useGovernance();
  const names = new Map(agents.data?.items.map((one) => [one.agent_name, agentName(one)]));
  if (filter.agent_name && !names.has(filter.agent_name)) names.set(filter.agent_name, inWords(filter.agent_name));
  const types = new Set(Object.keys(governance.data?.levels ?? {}));
  if (filter.decision_type) types.add(filter.decision_type);
  return (
    <form className="runs-filters" role="search" aria-label="Filter decisions" onSubmit={(e) => e.preventDefault()}>
      <NativeSelect
        aria-label="Agent"
        value={filter.agent_name ?? ""}
        onChange={(event) => set("agent_name", event.currentTarget.value)}
        data={[{ value: "", label: "Any agent" }, ...[...names].map(([value, label]) => ({ value, label }))]}
      />
      <NativeSelect
        aria-label="Type"
        value={filter.decision_type ?? ""}
        onChange={(event) => set("decision_type", event.currentTarget.value)}
        data={[{ value: "", label: "Any type" }, ...[...types].sort().map((value) => ({ value, label: inWords(value) }))]}
      />
      <NativeSelect
        aria-label="Outcome"
        value={filter.status ?? ""}
        onChange={(event) => set("status", event.currentTarget.value)}
        data={[{ value: "", label: "Any outcome" }, ...outcomeStatuses.map((value) => ({ value, label: inWords(value) }))]}
      />
      {filterKeys.some((key) => filter[key]) && (
        <Button component={Link} href="/decisions" variant="subtle">
          Clear
        </Button>
      )}
    </form>
  );
}

function DecisionList({ filter }: { filter: DecisionFilter }) {
  const cache = useQueryClient();
  const installed = useInstalled();
  const query = useDecisions(filter);
  const decisions = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const listed = useMemo(() => new Set(decisions.map((one) => one.id)), [decisions]);
  const fresh = useDecisionNews(filter, listed);
  const showNew = () => {
    fresh.reset();
    const queryKey = [...ownerKeys.decisionList, filter];
    // Back to the first page: all that were paged in would be fetched again otherwise.
    cache.setQueriesData<Pages<Decision>>({ queryKey }, (old) =>
      old && { pages: old.pages.slice(0, 1), pageParams: old.pageParams.slice(0, 1) },
    );
    void cache.invalidateQueries({ queryKey });
  };

  if (query.isPending) return <Loading what="decisions" lines={12} />;
  if (query.isError && decisions.length === 0) {
    return <Failed what="The list of decisions" error={query.error} retry={() => void query.refetch()} />;
  }
  const filtered = filterKeys.some((key) => filter[key]);
  return (
    <>
      <div aria-live="polite" className="runs-new">
        {fresh.count > 0 && (
          <Button variant="light" onClick={showNew} fullWidth radius={0}>
            {fresh.count === 1 ? "1 new decision: show" : `${fresh.count} new decisions: show`}
          </Button>
        )}
      </div>
      {decisions.length > 0 ? (
        <DecisionRows decisions={decisions} label="Decisions, newest first" currency={installed.settings.currency} />
      ) : filtered ? (
        <Empty title="No decision fits this filter">
          <Link href="/decisions">Show all decisions</Link>
        </Empty>
      ) : installed.any === false ? (
        <InstallPack />
      ) : (
        <Empty title="Nothing was decided yet">
          What <Link href="/agents">agents</Link> decide shows here, with their reasons and what came of it.
        </Empty>
      )}
      {query.hasNextPage && (
        <div className="runs-more">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older decisions
          </Button>
          <span className="muted">{decisions.length} shown</span>
        </div>
      )}
      {query.isFetchNextPageError && (
        <p role="alert" className="runs-more">Older decisions could not be loaded: {query.error.message}</p>
      )}
    </>
  );
}

export function DecisionsPage() {
  useTitle("Decisions");
  const [params, setParams] = useSearchParams();
  const filter: DecisionFilter = useMemo(
    () => ({
      agent_name: params.get("agent_name") ?? undefined,
      decision_type: params.get("decision_type") ?? undefined,
      status: outcomeStatuses.find((one) => one === params.get("status")),
    }),
    [params],
  );
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
        <h1>Decisions</h1>
        <Filters filter={filter} set={set} />
      </div>
      <PauseBanner />
      <section className="card" aria-label="Decisions">
        <DecisionList filter={filter} />
      </section>
    </>
  );
}
