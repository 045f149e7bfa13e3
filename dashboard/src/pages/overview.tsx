import { useThrottledCallback } from "@mantine/hooks";
import { Link } from "wouter";
import { useRuns, useStats } from "../api/queries";
import { Happenings } from "../components/happenings";
import { InstallPack } from "../components/install_pack";
import { Ago } from "../components/moments";
import { OwnerPanel } from "../components/owner_panel";
import { PauseBanner } from "../components/pause_banner";
import { Empty, Failed, Loading } from "../components/placeholders";
import { runPath, shortId } from "../components/run_table";
import { StatusCounts } from "../components/status_counts";
import { Throughput } from "../components/throughput";
import { useFeed, useFeedBatch } from "../live/feed_context";
import { shortType } from "../live/feed_events";
import { usePulse } from "../live/pulse_context";
import { useInstalled } from "../owner/packs";
import { formatUptime } from "../text/time";
import { useTitle } from "./use_title";
import "./overview.css";

function ServerState() {
  const stats = useStats();
  if (stats.isError) return <p className="overview-down">The server does not answer.</p>;
  if (!stats.data) return <p>…</p>;
  const { version, uptime_s } = stats.data;
  return (
    <p>
      Steward {version}, up {formatUptime(uptime_s * 1000)}
    </p>
  );
}

function RecentFaults() {
  const faults = useRuns({ status: "faulted" }, 8);
  const refetch = useThrottledCallback(() => void faults.refetch(), 2000);
  useFeedBatch(useFeed(), (events) => {
    if (events.some((event) => shortType(event.type) === "workflow.faulted")) refetch();
  });
  if (faults.isPending) return <Loading what="recent faults" />;
  if (faults.isError) {
    return <Failed what="Recent faults" error={faults.error} retry={() => void faults.refetch()} />;
  }
  const runs = faults.data.pages[0]?.items ?? [];
  if (runs.length === 0) return <Empty title="No faults">Every run so far is well.</Empty>;
  return (
    <ul className="overview-faults">
      {runs.map((run) => (
        <li key={run.id}>
          <div className="row spread">
            <Link href={runPath(run.id)} aria-label={`Run ${run.id}`}>
              <strong>{run.workflow.name}</strong> <span className="mono muted">{shortId(run.id)}</span>
            </Link>
            <span className="muted">
              <Ago time={run.ended_at ?? run.created_at} />
            </span>
          </div>
          <p className="truncate" title={run.error?.detail ?? ""}>
            {run.error?.title && <span className="overview-fault-title">{run.error.title}</span>}{" "}
            <span className="muted">{run.error?.detail}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

function Now() {
  const pulse = usePulse();
  const recent = useRuns({}, 20);
  const runs = recent.data?.pages[0]?.items ?? [];
  if (recent.isPending && pulse.latest.length === 0) return <Loading what="events" lines={8} />;
  if (pulse.latest.length === 0 && runs.length === 0) {
    return (
      <Empty title="Nothing has happened yet">
        <Link href="/workflows">Deploy a workflow</Link> and start a run; it will show here as it goes.
      </Empty>
    );
  }
  return <Happenings events={pulse.latest} recent={runs} />;
}

function ThroughputCard() {
  const { buckets, since } = usePulse();
  return <Throughput buckets={buckets} since={since} />;
}

export function OverviewPage() {
  useTitle("");
  const stats = useStats();
  const installed = useInstalled();
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Overview</h1>
          <ServerState />
        </div>
      </div>
      {installed.any && <PauseBanner />}
      <div className="stack">
        {installed.any && <OwnerPanel salon={installed.salon} />}
        <section aria-label="Runs by status">
          <StatusCounts counts={stats.data?.runs} />
        </section>
        <div className="overview-columns">
          <section className="card" aria-labelledby="now">
            <div className="card-head">
              <h2 id="now">Happening now</h2>
              <Link href="/runs">All runs</Link>
            </div>
            <Now />
          </section>
          <div className="stack">
            <section className="card" aria-labelledby="throughput">
              <div className="card-head">
                <h2 id="throughput">Throughput</h2>
              </div>
              <ThroughputCard />
            </section>
            <section className="card" aria-labelledby="faults">
              <div className="card-head">
                <h2 id="faults">Recent faults</h2>
                <Link href="/runs?status=faulted">All faults</Link>
              </div>
              <RecentFaults />
            </section>
          </div>
        </div>
        {installed.any === false && <InstallPack />}
      </div>
    </>
  );
}
