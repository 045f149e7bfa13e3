import type { ReactNode } from "react";
import { Link } from "wouter";
import type { FeedEvent, Run, RunStatus } from "../api/types";
import { deployedOf, runOf, shortType, supervisionOf } from "../live/feed_events";
import { formatClock, toMs } from "../text/time";
import { runPath, shortId, workflowPath } from "./run_table";
import { StatusBadge, type AnyStatus } from "./status_badge";
import { WorkflowsIcon, TreeIcon } from "./icons";
import "./happenings.css";

interface Line {
  key: string;
  time: string;
  sign: ReactNode;
  text: ReactNode;
}

const verbs: Record<string, AnyStatus> = {
  "workflow.started": "running",
  "workflow.completed": "completed",
  "workflow.faulted": "faulted",
  "workflow.cancelled": "cancelled",
  "workflow.suspended": "suspended",
  "workflow.resumed": "running",
};

function runText(run: { id: string; workflow: { namespace: string; name: string } }): ReactNode {
  return (
    <>
      <Link href={workflowPath(run.workflow)}>{run.workflow.name}</Link>{" "}
      <Link href={runPath(run.id)} className="mono muted" title={run.id}>
        {shortId(run.id)}
      </Link>
    </>
  );
}

function lineOf(event: FeedEvent): Line | null {
  const line = { key: event.id, time: event.time };
  const run = runOf(event);
  if (run) {
    const status = verbs[shortType(event.type)] ?? run.status;
    return { ...line, sign: <StatusBadge status={status} />, text: runText(run) };
  }
  const deployed = deployedOf(event);
  if (deployed) {
    return {
      ...line,
      sign: <span className="happening-sign"><WorkflowsIcon size={13} /> deployed</span>,
      text: (
        <>
          <Link href={workflowPath(deployed)}>{deployed.name}</Link>{" "}
          <span className="mono muted">{deployed.version}</span>
        </>
      ),
    };
  }
  const supervision = supervisionOf(event);
  if (supervision) {
    return {
      ...line,
      sign: <span className="happening-sign"><TreeIcon size={13} /> {supervision.kind}</span>,
      text: (
        <>
          <Link href="/tree" className="mono">{supervision.path || "root"}</Link>{" "}
          <span className="muted">{supervision.reason}</span>
        </>
      ),
    };
  }
  return null;
}

/** Before the feed has told anything, the newest runs stand in, at the time of their last change. */
function lineOfRun(run: Run): Line {
  const time = run.ended_at ?? run.started_at ?? run.created_at;
  return { key: run.id, time, sign: <StatusBadge status={run.status as RunStatus} />, text: runText(run) };
}

export function Happenings({ events, recent }: { events: FeedEvent[]; recent: Run[] }) {
  const live = events.flatMap((event) => lineOf(event) ?? []);
  const oldestLive = live.at(-1)?.time;
  const before = recent
    .map(lineOfRun)
    .filter((line) => !oldestLive || line.time < oldestLive)
    .sort((a, b) => (a.time < b.time ? 1 : -1));
  const lines = [...live, ...before].slice(0, 40);
  return (
    <ol className="happenings" aria-label="Latest events, newest first">
      {lines.map((line) => (
        <li key={line.key}>
          <time dateTime={line.time} className="muted mono">
            {formatClock(toMs(line.time) ?? 0)}
          </time>
          {line.sign}
          <span className="truncate">{line.text}</span>
        </li>
      ))}
    </ol>
  );
}
