import { ActionIcon, Button } from "@mantine/core";
import { isFinal, type Run } from "../api/types";
import { type Step } from "../run/steps";
import { formatClockExact, formatDuration } from "../text/time";
import { BackIcon, ChevronIcon } from "./icons";
import { JsonView } from "./json_view";
import { Elapsed } from "./moments";
import { RunErrorView } from "./run_error";
import { StatusBadge } from "./status_badge";
import "./step_panel.css";

interface Props {
  run: Run;
  steps: readonly Step[];
  /** Null: the run as a whole. */
  selected: Step | null;
  onSelect: (seq: number | null) => void;
  onTask: (pointer: string) => void;
}

function StepFacts({ step }: { step: Step }) {
  return (
    <dl className="facts">
      <div>
        <dt>Began</dt>
        <dd>{formatClockExact(step.startedAt)}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>
          {step.endedAt === null ? (
            <Elapsed start={new Date(step.startedAt).toISOString()} end={null} />
          ) : (
            formatDuration(step.endedAt - step.startedAt)
          )}
        </dd>
      </div>
      <div>
        <dt>Iteration</dt>
        <dd>{step.iteration}</dd>
      </div>
      <div>
        <dt>Attempt</dt>
        <dd>{step.attempt}</dd>
      </div>
    </dl>
  );
}

/** The data of one step, or of the whole run: what went in, what came out, what went wrong. */
export function StepPanel({ run, steps, selected, onSelect, onTask }: Props) {
  const index = selected ? steps.findIndex((step) => step.seq === selected.seq) : -1;
  const before = index > 0 ? steps[index - 1]!.seq : null;
  const after = steps[index + 1]?.seq ?? null;
  const open = selected ? selected.endedAt === null : !isFinal(run.status);
  const status = selected ? selected.status : run.status;
  const input = selected ? selected.input : run.input;
  const output = selected ? selected.output : run.status === "completed" ? run.output : undefined;
  return (
    <section className="card step-panel" aria-label="Data">
      <div className="card-head">
        <h2 className="truncate">{selected ? selected.name : "Whole run"}</h2>
        <div className="row step-move">
          <span className="muted" role="status">
            {steps.length === 0 ? "No steps" : selected ? `Step ${index + 1} of ${steps.length}` : `${steps.length} steps`}
          </span>
          <ActionIcon
            variant="default"
            size="sm"
            aria-label="Previous step"
            disabled={index < 0}
            onClick={() => onSelect(before)}
          >
            <BackIcon size={13} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="sm"
            aria-label="Next step"
            disabled={after === null}
            onClick={() => onSelect(after)}
          >
            <ChevronIcon size={13} />
          </ActionIcon>
        </div>
      </div>
      <div className="card-body stack step-body">
        {selected && (
          <>
            <div className="row">
              <StatusBadge status={status} />
              <code className="mono muted step-pointer">{selected.task}</code>
              <Button size="compact-xs" variant="subtle" onClick={() => onSelect(null)}>
                Whole run
              </Button>
            </div>
            <StepFacts step={selected} />
            {selected.error && <RunErrorView error={selected.error} onTask={onTask} />}
            {selected.retries.length > 0 && (
              <div>
                <h3>Retries</h3>
                <ul className="step-retries">
                  {selected.retries.map((retry) => (
                    <li key={retry.time}>
                      <span className="mono">{formatClockExact(retry.time)}</span>{" "}
                      {retry.error?.title ?? "failed"}
                      {retry.delayMs !== null && `, again after ${formatDuration(retry.delayMs)}`}
                    </li>
                  ))}
                </ul>
              </div>
            )}
          </>
        )}
        <div>
          <h3>Output</h3>
          <JsonView
            key={`output-${selected?.seq}-${status}`}
            value={output}
            label="Output"
            absent={open ? "Not there yet." : "It ended without output."}
          />
        </div>
        <div>
          <h3>Input</h3>
          <JsonView key={`input-${selected?.seq}`} value={input} label="Input" absent="Not recorded." />
        </div>
      </div>
    </section>
  );
}
