import { Link } from "wouter";
import type { Run } from "../api/types";
import { Ago, Elapsed } from "./moments";
import { StatusBadge } from "./status_badge";
import "./run_table.css";

/** Ids are long and begin alike; their end tells them apart. */
export function shortId(id: string): string {
  return id.length > 14 ? `…${id.slice(-10)}` : id;
}

export const workflowPath = (ref: { namespace: string; name: string }) =>
  `/workflows/${encodeURIComponent(ref.namespace)}/${encodeURIComponent(ref.name)}`;
export const runPath = (id: string) => `/runs/${encodeURIComponent(id)}`;

interface Props {
  runs: Run[];
  label: string;
  /** Leave out the column that would say the same in every row. */
  withWorkflow?: boolean;
}

export function RunTable({ runs, label, withWorkflow = true }: Props) {
  return (
    <div className="table-scroll">
      <table className="data-table run-table" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Run</th>
            {withWorkflow && <th scope="col">Workflow</th>}
            <th scope="col" className="hide-narrow">Created</th>
            <th scope="col" className="number">Duration</th>
            <th scope="col" className="run-table-error hide-narrow">Error</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} data-run={run.id}>
              <td>
                <StatusBadge status={run.status} />
              </td>
              <td>
                <Link href={runPath(run.id)} className="mono nowrap" title={run.id} aria-label={`Run ${run.id}`}>
                  {shortId(run.id)}
                </Link>
              </td>
              {withWorkflow && (
                <td className="run-table-workflow">
                  <Link href={workflowPath(run.workflow)}>
                    <span className="muted hide-narrow">{run.workflow.namespace}/</span>
                    {run.workflow.name}
                  </Link>{" "}
                  <span className="muted mono hide-narrow">{run.workflow.version}</span>
                </td>
              )}
              <td className="hide-narrow muted">
                <Ago time={run.created_at} />
              </td>
              <td className="number">
                <Elapsed start={run.started_at} end={run.ended_at} />
              </td>
              <td className="run-table-error hide-narrow">
                {run.error && (
                  <div className="truncate" title={run.error.detail ?? run.error.title ?? ""}>
                    {run.error.detail ?? run.error.title ?? run.error.type}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
