/** Points and spans of time, as short text with the exact value on hover. */
import { formatAgo, formatDuration, formatMoment, formatUptime, toMs } from "../text/time";
import { useServerNow } from "./use_now";

export function Ago({ time }: { time: string | null }) {
  const now = useServerNow();
  const ms = toMs(time);
  if (ms === null) return <span className="muted">–</span>;
  return (
    <time dateTime={time!} title={`${formatMoment(ms)} (${time})`} className="nowrap">
      {formatAgo(ms, now)}
    </time>
  );
}

/** From `start` to `end`; still counting while `end` is null. */
export function Elapsed({ start, end }: { start: string | null; end: string | null }) {
  const now = useServerNow();
  const from = toMs(start);
  if (from === null) return <span className="muted">–</span>;
  const to = toMs(end);
  return (
    <span className="nowrap">
      {to === null ? formatUptime(now - from) : formatDuration(to - from)}
    </span>
  );
}
