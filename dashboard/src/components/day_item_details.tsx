import { Link } from "wouter";
import type { Outreach, PackSettings } from "../api/owner_types";
import type { DayItem } from "../owner/day";
import { formatMoney, formatShare } from "../text/money";
import { inWords } from "../text/words";
import { formatSlot } from "../text/zone";
import { Countdown } from "./countdown";
import { decisionPath } from "./decision_rows";
import { Ago } from "./moments";
import { WordBadge } from "./word_badge";
import "./day_item_details.css";

interface Props {
  item: DayItem;
  names: Record<string, string>;
  settings: PackSettings;
}

function Facts({ rows }: { rows: [string, string | null | undefined][] }) {
  return (
    <dl className="day-details-facts">
      {rows.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

function Offer({ outreach }: { outreach: Outreach }) {
  const answer = outreach.response;
  const open = ["pending", "sent", "delivered", "read"].includes(outreach.status);
  return (
    <li>
      <div className="row spread">
        <strong>{outreach.customer_name ?? outreach.customer_id}</strong>
        <WordBadge word={outreach.status} />
      </div>
      {answer?.text && <p>“{answer.text}”</p>}
      <p className="muted row spread">
        <span>
          {inWords(outreach.channel)}, <Ago time={outreach.delivery?.sent_at ?? outreach.created_at} />
        </span>
        {open && outreach.expires_at && <Countdown until={outreach.expires_at} label="holds for" />}
      </p>
      {outreach.decision_id && <Link href={decisionPath(outreach.decision_id)}>How it came to this</Link>}
    </li>
  );
}

/** What is behind a box of the day. */
export function DayItemDetails({ item, names, settings }: Props) {
  const { zone, currency } = settings;
  if (item.kind === "appointment") {
    const { appointment, service, byAgent } = item;
    const risk = appointment.no_show_risk;
    return (
      <div className="day-details">
        <span className="row">
          <WordBadge word={appointment.status} />
          {byAgent && <span className="status status-completed">Brought by an agent</span>}
        </span>
        <Facts
          rows={[
            ["Customer", names[appointment.customer_id] ?? appointment.customer_id],
            ["Service", service],
            ["When", formatSlot(appointment.start_time, zone)],
            ["Price", appointment.price === undefined ? null : formatMoney(appointment.price, currency)],
            ["How it came", inWords(appointment.source)],
            ["Might not come", typeof risk === "number" ? formatShare(risk > 1 ? risk / 100 : risk) : null],
          ]}
        />
        {appointment.decision_id && <Link href={decisionPath(appointment.decision_id)}>The decision that brought it</Link>}
      </div>
    );
  }
  const { gap, outreach } = item;
  return (
    <div className="day-details">
      <span className="row">
        <WordBadge word={gap.status} label={gap.status === "open" ? "Open" : inWords(gap.status)} />
        <WordBadge word={gap.priority} label={`${inWords(gap.priority)} priority`} />
      </span>
      <Facts
        rows={[
          ["With", gap.staff_name ?? gap.staff_id],
          ["When", formatSlot(gap.start_time, zone)],
          ["Length", `${item.to - item.from} min`],
          ["Could bring", gap.potential_revenue ? formatMoney(gap.potential_revenue, currency) : null],
          ["Attempts", String(gap.fill_attempts ?? 0)],
        ]}
      />
      <h3>Offers</h3>
      {outreach.length === 0 ? (
        <p className="muted">Nobody was offered it yet.</p>
      ) : (
        <ul className="day-details-offers">
          {outreach.map((one) => (
            <Offer key={one.id} outreach={one} />
          ))}
        </ul>
      )}
    </div>
  );
}
