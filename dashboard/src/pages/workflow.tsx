import { Button, NativeSelect } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useRuns, useWorkflow } from "../api/queries";
import type { Workflow } from "../api/types";
import { DeployPanel } from "../components/deploy_panel";
import { Ago } from "../components/moments";
import { Empty, Failed, Loading } from "../components/placeholders";
import { RunTable } from "../components/run_table";
import { StartRunPanel } from "../components/start_run_panel";
import { CodeEditor } from "../editor/code_editor";
import { outlineOf } from "../run/outline";
import { useTitle } from "./use_title";
import "./workflow.css";

const RunGraph = lazy(() => import("../components/run_graph"));

function RecentRuns({ workflow }: { workflow: Workflow }) {
  const ref = `${workflow.namespace}/${workflow.name}`;
  const query = useRuns({ workflow: ref }, 12);
  const runs = query.data?.pages[0]?.items ?? [];
  return (
    <section className="card" aria-labelledby="recent">
      <div className="card-head">
        <h2 id="recent">Recent runs</h2>
        <Link href={`/runs?workflow=${encodeURIComponent(ref)}`}>All runs</Link>
      </div>
      {query.isPending && <Loading what="recent runs" />}
      {query.isError && (
        <Failed what="Recent runs" error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data && runs.length === 0 && <Empty title="It has not run yet" />}
      {runs.length > 0 && <RunTable runs={runs} label="Recent runs" withWorkflow={false} />}
    </section>
  );
}

function Definition({ workflow }: { workflow: Workflow }) {
  const [view, setView] = useState<"text" | "graph">("text");
  const outline = useMemo(() => outlineOf(workflow.definition), [workflow.definition]);
  return (
    <section className="card" aria-labelledby="definition">
      <div className="card-head">
        <h2 id="definition">Definition</h2>
        <div className="row" role="group" aria-label="Show as">
          {(["text", "graph"] as const).map((one) => (
            <Button
              key={one}
              size="compact-xs"
              variant={view === one ? "light" : "subtle"}
              color={view === one ? undefined : "gray"}
              aria-pressed={view === one}
              onClick={() => setView(one)}
            >
              {one === "text" ? "Text" : "Graph"}
            </Button>
          ))}
        </div>
      </div>
      <div className="workflow-definition">
        {view === "text" ? (
          <CodeEditor
            label="Definition as deployed"
            language={workflow.source.trimStart().startsWith("{") ? "json" : "yaml"}
            value={workflow.source}
            readOnly
          />
        ) : (
          <Suspense fallback={<Loading what="the graph" />}>
            <div className="workflow-graph">
              <RunGraph outline={outline} />
            </div>
          </Suspense>
        )}
      </div>
    </section>
  );
}

export function WorkflowPage({ namespace, name }: { namespace: string; name: string }) {
  useTitle(name);
  const [params, setParams] = useSearchParams();
  const version = params.get("version");
  const [deploying, setDeploying] = useState(false);
  const query = useWorkflow(namespace, name, version);
  if (query.isPending) return <Loading what="the workflow" lines={10} />;
  if (query.isError) {
    return <Failed what={`Workflow ${namespace}/${name}`} error={query.error} retry={() => void query.refetch()} />;
  }
  const workflow = query.data;
  const versions = workflow.versions.map((one) => (typeof one === "string" ? one : one.version));
  return (
    <>
      <div className="page-head">
        <div>
          <h1>
            <span className="muted">{workflow.namespace}/</span>
            {workflow.name}
          </h1>
          <p>
            {workflow.title && `${workflow.title}. `}Version {workflow.version}, deployed{" "}
            <Ago time={workflow.created_at} />
          </p>
        </div>
        <div className="row">
          <NativeSelect
            aria-label="Version"
            value={workflow.version}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              setParams({ version: chosen });
            }}
            data={versions.includes(workflow.version) ? versions : [workflow.version, ...versions]}
          />
          <Button variant="default" onClick={() => setDeploying(true)}>
            Deploy a new version
          </Button>
        </div>
      </div>
      <div className="workflow-columns">
        <Definition workflow={workflow} />
        <div className="stack">
          <section className="card" aria-labelledby="start">
            <div className="card-head">
              <h2 id="start">Run it</h2>
              <span className="muted">with the newest version</span>
            </div>
            <StartRunPanel key={workflow.version} workflow={workflow} />
          </section>
          <RecentRuns workflow={workflow} />
        </div>
      </div>
      {deploying && <DeployPanel initial={workflow.source} close={() => setDeploying(false)} />}
    </>
  );
}
