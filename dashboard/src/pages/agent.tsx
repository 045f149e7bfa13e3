import { Button } from "@mantine/core";
import { Link } from "wouter";
import { useRunTask } from "../api/owner_actions";
import { useAgent, useLatestDecisions } from "../api/owner_queries";
import type { AgentState } from "../api/owner_types";
import { AgentConfigForm } from "../components/agent_config";
import { AgentBadges, AgentLimits, AgentSwitch, Breaker } from "../components/agent_parts";
import { Countdown } from "../components/countdown";
import { DecisionRows } from "../components/decision_rows";
import { PlayIcon } from "../components/icons";
import { Ago } from "../components/moments";
import { PauseBanner } from "../components/pause_banner";
import { Empty, Failed, Loading } from "../components/placeholders";
import { countsOf } from "../owner/agents";
import { useInstalled } from "../owner/packs";
import { formatMoney, formatShare } from "../text/money";
import { formatDuration } from "../text/time";
import { agentName } from "../text/words";
import { useTitle } from "./use_title";
import "./agents.css";

function Health({ agent }: { agent: AgentState }) {
  const health = agent.health ?? {};
  return (
    <dl className="agent-facts card-body">
      <div>
        <dt>Heartbeat</dt>
        <dd>
          <Ago time={health.last_heartbeat ?? null} />
        </dd>
      </div>
      <div>
        <dt>Success in 24 h</dt>
        <dd>{formatShare(health.success_rate_24h)}</dd>
      </div>
      <div>
        <dt>Mean response</dt>
        <dd>{typeof health.average_response_time_ms === "number" ? formatDuration(health.average_response_time_ms) : "–"}</dd>
      </div>
      <div>
        <dt>Failures in a row</dt>
        <dd>{health.consecutive_failures ?? 0}</dd>
      </div>
      <div>
        <dt>Last time</dt>
        <dd>
          <Ago time={agent.last_execution ?? null} />
        </dd>
      </div>
      <div>
        <dt>Next time</dt>
        <dd>
          {agent.next_scheduled && agent.status !== "paused" ? (
            <Countdown until={agent.next_scheduled} label="in" over="now" />
          ) : (
            "–"
          )}
        </dd>
      </div>
    </dl>
  );
}

function Today({ agent, currency }: { agent: AgentState; currency: string | undefined }) {
  const counts = countsOf(agent);
  const { counters } = agent;
  if (!counters) return <Empty title="Nothing was counted yet" />;
  return (
    <div className="table-scroll">
      <table className="data-table" aria-label="Actions today by type">
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col" className="number">Actions</th>
            <th scope="col" className="number">Revenue</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ type, name, count, revenue }) => (
            <tr key={type}>
              <td>{name}</td>
              <td className="number">{count}</td>
              <td className="number">{formatMoney(revenue, currency)}</td>
            </tr>
          ))}
          <tr>
            <td>
              <strong>All</strong>{" "}
              <span className="muted">
                {counters.actions_successful} succeeded, {counters.actions_failed} failed
              </span>
            </td>
            <td className="number">{counters.actions_taken}</td>
            <td className="number">{formatMoney(counters.revenue_generated, currency)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function RecentDecisions({ agent, currency }: { agent: string; currency: string | undefined }) {
  const query = useLatestDecisions({ agent_name: agent }, 10);
  const decisions = query.data ?? [];
  if (query.isPending) return <Loading what="decisions" />;
  if (query.isError) return <Failed what="Decisions" error={query.error} retry={() => void query.refetch()} />;
  if (decisions.length === 0) return <Empty title="It has not decided anything yet" />;
  return <DecisionRows decisions={decisions} label="Its latest decisions" currency={currency} withAgent={false} />;
}

export function AgentPage({ name }: { name: string }) {
  const query = useAgent(name);
  const { settings } = useInstalled();
  const run = useRunTask();
  useTitle(query.data ? agentName(query.data) : "Agent");
  if (query.isPending) return <Loading what="the agent" lines={10} />;
  if (query.isError && !query.data) {
    return <Failed what={`Agent ${name}`} error={query.error} retry={() => void query.refetch()} />;
  }
  const agent = query.data;
  const task = agent.task_type;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{agentName(agent)}</h1>
          <p className="row">
            <span className="mono">{agent.agent_name}</span>
            <AgentBadges agent={agent} />
          </p>
        </div>
        <div className="row">
          {task && (
            <Button
              variant="default"
              size="sm"
              leftSection={<PlayIcon size={12} />}
              loading={run.isPending}
              onClick={() => run.mutate(task)}
            >
              Run now
            </Button>
          )}
          <AgentSwitch agent={agent} size="sm" />
        </div>
      </div>
      {run.isError && (
        <p role="alert" className="breaker-error">
          It was not run: {run.error.message}
        </p>
      )}
      <PauseBanner />
      <div className="agent-columns">
        <div className="stack">
          <section className="card" aria-labelledby="agent-today">
            <div className="card-head">
              <h2 id="agent-today">Today</h2>
            </div>
            <Today agent={agent} currency={settings.currency} />
          </section>
          <section className="card" aria-labelledby="agent-decisions">
            <div className="card-head">
              <h2 id="agent-decisions">Latest decisions</h2>
              <Link href={`/decisions?agent_name=${encodeURIComponent(name)}`}>All of them</Link>
            </div>
            <RecentDecisions agent={name} currency={settings.currency} />
          </section>
        </div>
        <div className="stack">
          <section className="card" aria-labelledby="agent-breaker">
            <div className="card-head">
              <h2 id="agent-breaker">Circuit breaker</h2>
            </div>
            <div className="card-body">
              <Breaker agent={agent} />
            </div>
          </section>
          <section className="card" aria-labelledby="agent-limits">
            <div className="card-head">
              <h2 id="agent-limits">Limits in use</h2>
            </div>
            <div className="card-body">
              <AgentLimits agent={agent} />
            </div>
          </section>
          <section className="card" aria-labelledby="agent-health">
            <div className="card-head">
              <h2 id="agent-health">Health</h2>
            </div>
            <Health agent={agent} />
          </section>
          <section className="card" aria-labelledby="agent-config">
            <div className="card-head">
              <h2 id="agent-config">Settings</h2>
            </div>
            <AgentConfigForm agent={agent} />
          </section>
        </div>
      </div>
    </>
  );
}
