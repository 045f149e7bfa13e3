/** What the list of agents and the page of one have in common. */
import { Button } from "@mantine/core";
import { useAgentStatus, useResetBreaker } from "../api/owner_actions";
import type { AgentState } from "../api/owner_types";
import { breakerText, limitsOf } from "../owner/agents";
import { agentName } from "../text/words";
import { Countdown } from "./countdown";
import { EyeIcon, PauseIcon, PlayIcon } from "./icons";
import { LimitBar } from "./limit_bar";
import { Ago } from "./moments";
import { WordBadge } from "./word_badge";
import "./agent_parts.css";

/** `breakerShown`: the breaker stands below and says that it is stopped, and why. */
export function AgentBadges({ agent, breakerShown = false }: { agent: AgentState; breakerShown?: boolean }) {
  return (
    <span className="row">
      {!(breakerShown && agent.status === "circuit_breaker") && <WordBadge word={agent.status} />}
      {agent.shadow && (
        <span className="status status-suspended">
          <EyeIcon size={12} /> Shadow
        </span>
      )}
    </span>
  );
}

export function Breaker({ agent }: { agent: AgentState }) {
  const reset = useResetBreaker(agent.agent_name);
  const { circuit_breaker: breaker } = agent;
  const { tone, title, detail } = breakerText(agent);
  return (
    <div className="breaker" data-state={breaker.state}>
      <div className="row spread">
        <WordBadge word={tone} label={title} />
        {breaker.state !== "closed" && breaker.cooldown_until && (
          <Countdown until={breaker.cooldown_until} since={breaker.last_error_time} label="tries again in" over="tries again now" />
        )}
      </div>
      <p className="muted">{detail}</p>
      {breaker.last_error && (
        <p className="breaker-error">
          {breaker.last_error}{" "}
          {breaker.last_error_time && (
            <span className="muted">
              (<Ago time={breaker.last_error_time} />)
            </span>
          )}
        </p>
      )}
      {breaker.state !== "closed" && (
        <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>
          Reset, let it act again
        </Button>
      )}
      {reset.isError && (
        <p role="alert" className="breaker-error">
          {reset.error.message}
        </p>
      )}
    </div>
  );
}

export function AgentLimits({ agent }: { agent: AgentState }) {
  const { hourly, daily } = limitsOf(agent);
  return (
    <div className="agent-limits">
      <LimitBar label="Actions this hour" {...hourly} />
      <LimitBar label="Actions today" {...daily} />
    </div>
  );
}

export function AgentSwitch({ agent, size = "xs" }: { agent: AgentState; size?: string }) {
  const change = useAgentStatus(agent.agent_name);
  const paused = agent.status === "paused";
  return (
    <span className="agent-switch">
      <Button
        size={size}
        variant={paused ? "light" : "default"}
        loading={change.isPending}
        leftSection={paused ? <PlayIcon size={12} /> : <PauseIcon size={12} />}
        aria-label={`${paused ? "Resume" : "Pause"} ${agentName(agent)}`}
        onClick={() => change.mutate(paused ? "active" : "paused")}
      >
        {paused ? "Resume" : "Pause"}
      </Button>
      {change.isError && (
        <span role="alert" className="breaker-error">
          {change.error.message}
        </span>
      )}
    </span>
  );
}
