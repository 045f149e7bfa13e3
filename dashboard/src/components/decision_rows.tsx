import { Link } from "wouter";
import type { Decision } from "../api/owner_types";
import { summaryOf } from "../owner/chain";
import { formatMoney } from "../text/money";
import { inWords } from "../text/words";
import { Ago } from "./moments";
import { WordBadge } from "./word_badge";
import "./decision_rows.css";

export const decisionPath = (id: string) => `/decisions/${encodeURIComponent(id)}`;

interface Props {
  decisions: Decision[];
  label: string;
  currency: string | undefined;
  /** Leave out what would say the same in every row. */
  withAgent?: boolean;
}

function worth(decision: Decision, currency: string | undefined): string {
  const revenue = decision.revenue_impact;
  const unit = revenue?.currency ?? currency;
  if (decision.outcome.status === "success" && revenue?.actual) return formatMoney(revenue.actual, unit);
  return revenue?.potential ? `up to ${formatMoney(revenue.potential, unit)}` : "–";
}

export function DecisionRows({ decisions, label, currency, withAgent = true }: Props) {
  return (
    <div className="table-scroll">
      <table className="data-table decision-rows" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Decision</th>
            <th scope="col" className="hide-narrow">Approval</th>
            <th scope="col" className="number hide-narrow">Worth</th>
            <th scope="col" className="number">Made</th>
          </tr>
        </thead>
        <tbody>
          {decisions.map((decision) => (
            <tr key={decision.id} data-decision={decision.id}>
              <td>
                <WordBadge word={decision.outcome.status} />
              </td>
              <td className="decision-rows-what">
                <Link href={decisionPath(decision.id)}>{summaryOf(decision)}</Link>
                <span className="muted">
                  {inWords(decision.decision_type)}
                  {withAgent && `, ${inWords(decision.agent_name)}`}
                </span>
              </td>
              <td className="hide-narrow">
                {decision.approval?.required ? inWords(decision.approval.status) : <span className="muted">Not needed</span>}
              </td>
              <td className="number hide-narrow">{worth(decision, currency)}</td>
              <td className="number">
                <Ago time={decision.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
