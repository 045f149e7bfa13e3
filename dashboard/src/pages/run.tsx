import { lazy, Suspense, useCallback, useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import { useWorkflow } from "../api/queries";
import type { Run } from "../api/types";
import { Ago, Elapsed } from "../components/moments";
import { Empty, Failed, Loading } from "../components/placeholders";
import { RunActions } from "../components/run_actions";
import { RunErrorView } from "../components/run_error";
import { RunTimeline } from "../components/run_timeline";
import { StatusBadge } from "../components/status_badge";
import { StepPanel } from "../components/step_panel";
import { workflowPath } from "../components/run_table";
import { layout } from "../run/layout";
import { outlineOf } from "../run/outline";
import { activityByTask, walkedLines, type Step } from "../run/steps";
import { useRunHistory } from "./use_run_history";
import { useTitle } from "./use_title";
import "./run.css";

const RunGraph = lazy(() => import("../components/run_graph"));

function RunHead({ run }: { run: Run }) {
  return (
    <div className="page-head">
      <div>
        <div className="row run-title">
          <h1>
            <Link href={`${workflowPath(run.workflow)}?version=${encodeURIComponent(run.workflow.version)}`}>
              {run.workflow.name}
            </Link>
          </h1>
          <span aria-live="polite">
            <StatusBadge status={run.status} />
          </span>
        </div>
        <p className="mono run-id">{run.id}</p>
      </div>
      <dl className="facts run-facts">
        <div>
          <dt>Created</dt>
          <dd><Ago time={run.created_at} /></dd>
        </div>
        <div>
          <dt>Duration</dt>
          <dd><Elapsed start={run.started_at} end={run.ended_at} /></dd>
        </div>
        <div>
          <dt>Attempts</dt>
          <dd>{run.attempts}</dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd className="mono">{run.workflow.version}</dd>
        </div>
      </dl>
      <RunActions run={run} />
    </div>
  );
}

interface GraphProps {
  run: Run;
  steps: readonly Step[];
  selected: Step | null;
  onTask: (pointer: string) => void;
}

function GraphCard({ run, steps, selected, onTask }: GraphProps) {
  const { namespace, name, version } = run.workflow;
  const workflow = useWorkflow(namespace, name, version);
  const outline = useMemo(
    () => workflow.data && outlineOf(workflow.data.definition),
    [workflow.data],
  );
  const activity = useMemo(() => activityByTask(steps), [steps]);
  const walked = useMemo(() => walkedLines(steps, run.status), [steps, run.status]);
  const height = useMemo(() => outline && Math.max(260, layout(outline).height + 40), [outline]);
  return (
    <section className="card" aria-labelledby="graph">
      <div className="card-head">
        <h2 id="graph">Graph</h2>
      </div>
      {workflow.isPending && <Loading what="the definition" />}
      {workflow.isError && (
        <Failed what="The definition" error={workflow.error} retry={() => void workflow.refetch()} />
      )}
      {outline && (
        <div className="run-graph" style={{ height: `min(${height}px, 62vh)` }}>
          <Suspense fallback={<Loading what="the graph" />}>
            <RunGraph
              outline={outline}
              activity={activity}
              walked={walked}
              selected={selected?.task ?? null}
              onSelect={onTask}
            />
          </Suspense>
        </div>
      )}
    </section>
  );
}

export function RunPage({ id }: { id: string }) {
  const { run, events, steps } = useRunHistory(id);
  useTitle(run.data ? `${run.data.workflow.name}: ${run.data.status}` : "Run");
  const [params, setParams] = useSearchParams();
  const chosen = params.get("step");
  const selected = steps.find((step) => String(step.seq) === chosen) ?? null;

  const select = useCallback(
    (seq: number | null) => setParams(seq === null ? {} : { step: String(seq) }, { replace: true }),
    [setParams],
  );
  const selectTask = useCallback(
    (pointer: string) => {
      // An error may name a place inside of a task; the nearest task around it is meant.
      const matching = steps.filter((one) => pointer === one.task || pointer.startsWith(`${one.task}/`));
      const longest = Math.max(...matching.map((one) => one.task.length));
      const step = matching.findLast((one) => one.task.length === longest);
      if (step) select(step.seq);
    },
    [steps, select],
  );

  if (run.isPending) return <Loading what="the run" lines={10} />;
  if (run.isError && !run.data) {
    return <Failed what={`Run ${id}`} error={run.error} retry={() => void run.refetch()} />;
  }
  const data = run.data;
  return (
    <>
      <RunHead run={data} />
      {data.error && (
        <section className="run-fault" aria-label="Error">
          <RunErrorView error={data.error} onTask={selectTask} />
        </section>
      )}
      <div className="run-columns">
        <div className="stack">
          <GraphCard run={data} steps={steps} selected={selected} onTask={selectTask} />
          <section className="card" aria-labelledby="timeline">
            <div className="card-head">
              <h2 id="timeline">Timeline</h2>
              <span className="muted">{steps.length === 1 ? "1 step" : `${steps.length} steps`}</span>
            </div>
            {events.isPending && <Loading what="the history" />}
            {events.isError && steps.length === 0 && (
              <Failed what="The history" error={events.error} retry={() => void events.refetch()} />
            )}
            {events.data && steps.length === 0 && (
              <Empty title="No step yet">Steps show here as the run takes them.</Empty>
            )}
            <RunTimeline steps={steps} selected={selected?.seq ?? null} onSelect={select} />
          </section>
        </div>
        <StepPanel run={data} steps={steps} selected={selected} onSelect={select} onTask={selectTask} />
      </div>
    </>
  );
}
