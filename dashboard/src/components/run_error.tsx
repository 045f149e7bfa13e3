import type { RunError } from "../api/types";
import { taskName } from "../run/steps";
import "./run_error.css";

/** What went wrong, and a way to the task where it did. */
export function RunErrorView({ error, onTask }: { error: RunError; onTask?: (pointer: string) => void }) {
  return (
    <div className="run-error">
      <p className="run-error-title">
        {error.title ?? "Error"} <span className="run-error-status">{error.status}</span>
      </p>
      {error.detail && <p>{error.detail}</p>}
      <p className="run-error-where">
        <span className="mono">{error.type}</span>
        {error.instance && onTask && (
          <button type="button" onClick={() => onTask(error.instance!)} title={error.instance}>
            at {taskName(error.instance) || error.instance}
          </button>
        )}
      </p>
    </div>
  );
}
