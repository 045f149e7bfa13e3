import { bucketCount, bucketMs, type PulseBucket } from "../live/pulse";
import { formatClock } from "../text/time";
import "./throughput.css";

const width = 600;
const height = 96;

/** `skip`: leading values that are not known, not zero. */
function linePath(values: number[], top: number, skip: number): string {
  const step = width / (values.length - 1);
  return values
    .slice(skip)
    .map((value, shifted) => {
      const index = shifted + skip;
      const y = height - (value / top) * (height - 6) - 1;
      return `${shifted === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

/** Per second, with one decimal while it is small. */
function rate(count: number, seconds: number): string {
  const value = count / seconds;
  return value >= 10 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}

/** Runs ended per second over the last minutes, faults beneath in their own colour. */
export function Throughput({ buckets, since }: { buckets: PulseBucket[]; since: number }) {
  // The newest interval is still filling: it would always look like a fall.
  const done = buckets.slice(0, -1);
  const ended = done.map((bucket) => bucket.completed + bucket.faulted);
  const faulted = done.map((bucket) => bucket.faulted);
  const top = Math.max(1, ...ended);
  const seconds = bucketMs / 1000;
  const recent = done.slice(-6);
  const sum = (key: "started" | "completed" | "faulted") =>
    recent.reduce((total, bucket) => total + bucket[key], 0);
  const span = recent.length * seconds;
  const minutes = (bucketCount * bucketMs) / 60_000;
  const first = done[0]?.start ?? since;
  // Before counting began nothing is known.
  const skip = Math.min(done.length - 1, done.filter((one) => one.start + bucketMs <= since).length);
  const line = linePath(ended, top, skip);
  const from = ((skip / (done.length - 1)) * width).toFixed(1);
  return (
    <figure className="throughput">
      <dl className="throughput-now">
        <div>
          <dt>Started</dt>
          <dd>{rate(sum("started"), span)}<small>/s</small></dd>
        </div>
        <div>
          <dt>Completed</dt>
          <dd>{rate(sum("completed"), span)}<small>/s</small></dd>
        </div>
        <div>
          <dt>Faulted</dt>
          <dd className={sum("faulted") > 0 ? "throughput-bad" : ""}>
            {rate(sum("faulted"), span)}<small>/s</small>
          </dd>
        </div>
      </dl>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Runs ended over the last ${minutes} minutes, at most ${rate(top, seconds)} per second`}
      >
        <line x1="0" x2={width} y1={height - 1} y2={height - 1} className="throughput-base" />
        <path d={`${line}L${width} ${height}L${from} ${height}Z`} className="throughput-area" />
        <path d={line} className="throughput-line" />
        {faulted.some((count) => count > 0) && (
          <path d={linePath(faulted, top, skip)} className="throughput-faults" />
        )}
      </svg>
      <figcaption>
        <span>{formatClock(first)}</span>
        <span>
          {since > first ? `counted since ${formatClock(since)}` : `last ${minutes} minutes`}
        </span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
