import { Link } from "wouter";
import { useAgents } from "../api/owner_queries";
import type { AgentState } from "../api/owner_types";
import { AgentBadges, AgentLimits, AgentSwitch, Breaker } from "../components/agent_parts";
import { Countdown } from "../components/countdown";
import { InstallPack } from "../components/install_pack";
import { Ago } from "../components/moments";
import { PauseBanner } from "../components/pause_banner";
import { PauseEverything } from "../components/pause_everything";
import { Empty, Failed, Loading } from "../components/placeholders";
import { countsOf } from "../owner/agents";
import { useInstalled } from "../owner/packs";
import { formatMoney, formatShare } from "../text/money";
import { agentName } from "../text/words";
import { useTitle } from "./use_title";
import "./agents.css";

export const agentPath = (name: string) => `/agents/${encodeURIComponent(name)}`;

function AgentCard({ agent, currency }: { agent: AgentState; currency: string | undefined }) {
  const { counters, health } = agent;
  const troubled = agent.circuit_breaker.state !== "closed";
  return (
    <article className="card agent-card" aria-label={agentName(agent)} data-agent={agent.agent_name}>
      <div className="card-head">
        <h2>
          <Link href={agentPath(agent.agent_name)}>{agentName(agent)}</Link>
        </h2>
        <AgentSwitch agent={agent} />
      </div>
      <div className="card-body agent-card-body">
        <AgentBadges agent={agent} breakerShown={troubled} />
        {troubled && <Breaker agent={agent} />}
        <AgentLimits agent={agent} />
        <dl className="agent-facts">
          <div>
            <dt>Today</dt>
            <dd>
              {counters?.actions_taken ?? 0} {counters?.actions_taken === 1 ? "action" : "actions"},{" "}
              {formatMoney(counters?.revenue_generated ?? 0, currency)}
            </dd>
          </div>
          <div>
            <dt>Success in 24 h</dt>
            <dd>{formatShare(health?.success_rate_24h)}</dd>
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
                <span className="muted">–</span>
              )}
            </dd>
          </div>
        </dl>
        {countsOf(agent).length > 1 && (
          <ul className="agent-counts">
            {countsOf(agent).map(({ type, name, count, revenue }) => (
              <li key={type}>
                {name}: {count}, {formatMoney(revenue, currency)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </article>
  );
}

function AgentList() {
  const query = useAgents();
  const installed = useInstalled();
  if (query.isPending) return <Loading what="agents" lines={8} />;
  if (query.isError && !query.data) {
    return <Failed what="The agents" error={query.error} retry={() => void query.refetch()} />;
  }
  const { items } = query.data;
  if (items.length === 0) {
    if (installed.any !== true) return <InstallPack />;
    return <Empty title="This pack brings no agents" />;
  }
  return (
    <div className="agents-cards">
      {items.map((agent) => (
        <AgentCard key={agent.agent_name} agent={agent} currency={installed.settings.currency} />
      ))}
    </div>
  );
}

export function AgentsPage() {
  useTitle("Agents");
  const { any } = useInstalled();
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Agents</h1>
          <p>Who acts for you, how they fare, and how much of their limits they have used</p>
        </div>
        {any !== false && <PauseEverything />}
      </div>
      <PauseBanner />
      <AgentList />
    </>
  );
}
