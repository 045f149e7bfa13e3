import "./limit_bar.css";

/** How much of a limit is in use: as a bar and as numbers. */
export function LimitBar({ label, used, limit }: { label: string; used: number; limit: number }) {
  const share = limit > 0 ? Math.min(1, used / limit) : 1;
  const level = share >= 1 ? "full" : share >= 0.8 ? "high" : "fine";
  return (
    <div className="limit-bar" data-level={level}>
      <div className="row spread">
        <span>{label}</span>
        <span>
          <strong>{used}</strong> <span className="muted">of {limit}{level === "full" ? ", used up" : ""}</span>
        </span>
      </div>
      <div
        className="limit-bar-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(used, limit)}
        aria-valuetext={`${used} of ${limit}`}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
