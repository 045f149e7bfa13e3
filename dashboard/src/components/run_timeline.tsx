import { Button } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { taskDepth, type Step } from "../run/steps";
import { formatClockExact, formatDuration } from "../text/time";
import { statusIcons } from "./status_badge";
import { useNow } from "./use_now";
import "./run_timeline.css";

const pageSize = 200;

/** Round distances between ticks, in milliseconds, so that about four fit. */
export function tickDistance(span: number): number {
  const wanted = span / 4;
  const unit = 10 ** Math.floor(Math.log10(Math.max(wanted, 1)));
  const step = [1, 2, 5, 10].find((factor) => factor * unit >= wanted) ?? 10;
  return Math.max(1, step * unit);
}

function describe(step: Step): string {
  const parts = [
    step.iteration > 1 ? `iteration ${step.iteration}` : null,
    step.attempt > 1 ? `attempt ${step.attempt}` : null,
  ].filter(Boolean);
  return parts.join(", ");
}

interface Props {
  steps: readonly Step[];
  /** Sequence number of the chosen step. */
  selected: number | null;
  onSelect: (seq: number) => void;
}

/** When each step ran, one a line; arrow keys go from step to step. */
export function RunTimeline({ steps, selected, onSelect }: Props) {
  const now = useNow();
  const [shown, setShown] = useState(pageSize);
  const first = steps[0];
  if (!first) return null;
  const begin = Math.min(...steps.slice(0, 50).map((step) => step.startedAt), first.startedAt);
  const end = steps.reduce((last, step) => Math.max(last, step.endedAt ?? now), begin + 1);
  const span = end - begin;
  const percent = (time: number) => ((time - begin) / span) * 100;
  const distance = tickDistance(span);
  const ticks = Array.from({ length: Math.floor(span / distance) + 1 }, (_, index) => index * distance)
    .filter((tick) => tick / span < 0.93); // beyond, its text would be cut off

  const move = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("button[data-step]")];
    const next = rows[rows.indexOf(document.activeElement as HTMLElement) + by];
    if (!next) return;
    next.focus();
    onSelect(Number(next.dataset.step));
  };

  const current = steps.some((step) => step.seq === selected) ? selected : first.seq;
  return (
    <div className="timeline">
      <div className="timeline-axis" aria-hidden="true">
        <span />
        <div>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / span) * 100}%` }}>
              {tick === 0 ? "0" : formatDuration(tick)}
            </span>
          ))}
        </div>
      </div>
      {/* Arrow keys are heard here for all rows; each row is a button of its own. */}
      <ol aria-label="Steps in time" onKeyDown={move}>
        {steps.slice(0, shown).map((step) => {
          const Icon = statusIcons[step.status];
          const left = percent(step.startedAt);
          const width = Math.max(0, percent(step.endedAt ?? now) - left);
          const took = formatDuration((step.endedAt ?? now) - step.startedAt);
          const inside = left < 22 && left + width > 78;
          const detail = describe(step);
          return (
            <li key={step.seq}>
              <button
                type="button"
                className={`status-${step.status}`}
                data-step={step.seq}
                data-status={step.status}
                aria-pressed={step.seq === selected}
                tabIndex={step.seq === current ? 0 : -1}
                aria-label={`${step.name}${detail && `, ${detail}`}: ${step.status}, ${took}`}
                title={`${formatClockExact(step.startedAt)}, ${took}`}
                onClick={() => onSelect(step.seq)}
              >
                <span className="timeline-name" style={{ paddingLeft: taskDepth(step.task) * 12 }}>
                  <Icon size={12} />
                  <span className="truncate">{step.name}</span>
                  {step.iteration > 1 && <span className="timeline-count">×{step.iteration}</span>}
                  {step.attempt > 1 && <span className="timeline-count">try {step.attempt}</span>}
                </span>
                <span className="timeline-track">
                  <span className="timeline-bar" style={{ left: `min(${left}%, 100% - 3px)`, width: `${width}%` }} />
                  {step.retries.map((retry) => (
                    <span key={retry.time} className="timeline-retry" style={{ left: `${percent(retry.time)}%` }} />
                  ))}
                  <span
                    className={`timeline-took ${inside ? "timeline-inside" : ""}`}
                    style={
                      inside
                        ? { right: `${100 - left - width}%` }
                        : left + width > 78
                          ? { right: `${100 - left}%` }
                          : { left: `${left + width}%` }
                    }
                  >
                    {took}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {steps.length > shown && (
        <div className="runs-more">
          <Button variant="default" onClick={() => setShown(shown + pageSize)}>
            Show {Math.min(pageSize, steps.length - shown)} more of {steps.length} steps
          </Button>
        </div>
      )}
    </div>
  );
}
