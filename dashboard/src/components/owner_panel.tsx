import { Link } from "wouter";
import { useOwnerDashboard } from "../api/owner_queries";
import type { OwnerDashboard } from "../api/owner_types";
import { formatMoney, formatShare } from "../text/money";
import { inWords } from "../text/words";
import { AlertIcon } from "./icons";
import { Ago } from "./moments";
import { Failed, Loading } from "./placeholders";
import "./owner_panel.css";

function Alerts({ alerts }: { alerts: OwnerDashboard["alerts"] | undefined }) {
  if (!alerts || alerts.length === 0) return null;
  return (
    <ul className="owner-alerts" aria-label="Alerts">
      {alerts.map((alert) => (
        <li key={`${alert.name}-${alert.since}-${alert.detail}`} data-severity={alert.severity}>
          <AlertIcon />
          <span>
            <strong>{inWords(alert.name)}</strong> {alert.detail}
          </span>
          <span className="muted">
            <Ago time={alert.since} />
          </span>
        </li>
      ))}
    </ul>
  );
}

interface Figure {
  name: string;
  value: string;
  more: string;
  href: string;
  urgent?: boolean;
}

function figuresOf({ revenue, decisions, approvals, gaps, outreach, agents }: OwnerDashboard, salon: boolean): Figure[] {
  const stopped = agents.paused + agents.error + agents.circuit_breaker;
  return [
    {
      name: "Approvals", value: String(approvals.pending), more: approvals.pending > 0 ? "wait for you" : "nothing waits", href: "/approvals",
      urgent: approvals.pending > 0,
    },
    { name: "Decisions today", value: String(decisions.today), more: `${formatShare(decisions.success_rate)} succeed`, href: "/decisions" },
    {
      name: "Gaps filled today", value: String(gaps.filled_today), more: `${gaps.open} open, ${formatShare(gaps.fill_rate)} get filled`,
      href: salon ? "/salon" : "/decisions?decision_type=gap_fill",
    },
    { name: "Messages today", value: String(outreach.sent_today), more: `${formatShare(outreach.response_rate)} are answered`, href: "/decisions" },
    {
      name: "Agents", value: String(agents.active), more: stopped > 0 ? `${stopped} stopped` : "all at work", href: "/agents", urgent: agents.error + agents.circuit_breaker > 0,
    },
    { name: "Revenue, 30 days", value: formatMoney(revenue.last_30_days, revenue.currency), more: "brought by agents", href: "/decisions?status=success" },
  ];
}

/** The business at a glance, on top of the overview. */
export function OwnerPanel({ salon }: { salon: boolean }) {
  const query = useOwnerDashboard();
  if (query.isPending) return <section className="card"><Loading what="the business" lines={3} /></section>;
  if (query.isError && !query.data) {
    return (
      <section className="card">
        <Failed what="What agents did" error={query.error} retry={() => void query.refetch()} />
      </section>
    );
  }
  const { revenue, alerts } = query.data;
  return (
    <section className="card owner-panel" aria-label="What agents did for you">
      <div className="owner-revenue">
        <span className="owner-name">Revenue by agents today</span>
        <span className="owner-amount">{formatMoney(revenue.today, revenue.currency)}</span>
        <span className="muted">{formatMoney(revenue.last_7_days, revenue.currency)} in 7 days</span>
      </div>
      <ul className="owner-figures">
        {figuresOf(query.data, salon).map(({ name, value, more, href, urgent }) => (
          <li key={name}>
            <Link href={href} data-urgent={urgent ?? false}>
              <span className="owner-name">{name}</span>
              <span className="owner-value">{value}</span>
              <span className="muted">{more}</span>
            </Link>
          </li>
        ))}
      </ul>
      <Alerts alerts={alerts} />
    </section>
  );
}
