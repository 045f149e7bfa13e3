import { Link } from "wouter";
import { runStatuses, type RunStatus } from "../api/types";
import { statusIcons } from "./status_badge";
import "./status_counts.css";

const grouped = new Intl.NumberFormat();

/** How many runs are in each status; each count leads to those runs. */
export function StatusCounts({ counts }: { counts: Partial<Record<RunStatus, number>> | undefined }) {
  return (
    <ul className="status-counts">
      {runStatuses.map((status) => {
        const count = counts?.[status] ?? 0;
        const Icon = statusIcons[status];
        return (
          <li key={status}>
            <Link
              href={`/runs?status=${status}`}
              className={`status-${status}`}
              data-empty={count === 0}
              aria-label={counts ? `${count} ${status}` : status}
            >
              <span className="status-counts-name">
                <Icon size={13} /> {status}
              </span>
              <span className="status-counts-number" data-count={status}>
                {counts ? grouped.format(count) : "–"}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
