import { formatLeft, timeLeft } from "../text/countdown";
import { formatMoment, toMs } from "../text/time";
import { useServerNow } from "./use_now";
import "./countdown.css";

interface Props {
  until: string;
  /** When it began: draws how much of it is left. */
  since?: string | null | undefined;
  /** Before the time: "expires in". */
  label?: string;
  /** Instead, once it is over. The server decides what that means, and says so. */
  over?: string;
}

/** Time that is left, by the server's clock. Not announced each second: it would never be silent. */
export function Countdown({ until, since, label = "", over = "time is up" }: Props) {
  const now = useServerNow();
  const end = toMs(until);
  if (end === null) return <span className="muted">–</span>;
  const begin = toMs(since);
  const left = timeLeft(end, now, begin);
  return (
    <span className="countdown" data-soon={left.soon || left.over} role="timer" aria-live="off">
      <time dateTime={until} title={formatMoment(end)}>
        {left.over ? over : `${label && `${label} `}${formatLeft(left.ms)}`}
      </time>
      {begin !== null && (
        <span className="countdown-track" aria-hidden="true">
          <span style={{ width: `${left.share * 100}%` }} />
        </span>
      )}
    </span>
  );
}
