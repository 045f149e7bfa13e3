import { useMemo } from "react";
import { Link } from "wouter";
import { useApproval, useDecision, useGap, useOutreachOf, useRecord, useRecords } from "../api/owner_queries";
import type { Appointment, AuditEntry, Customer, Decision, Staff } from "../api/owner_types";
import { Chain } from "../components/chain";
import { JsonView } from "../components/json_view";
import { Ago } from "../components/moments";
import { PauseBanner } from "../components/pause_banner";
import { Empty, Failed, Loading } from "../components/placeholders";
import { WordBadge } from "../components/word_badge";
import { chainOf, isAppointment, isGap, summaryOf } from "../owner/chain";
import { useInstalled } from "../owner/packs";
import { formatMoney } from "../text/money";
import { toMs } from "../text/time";
import { inWords } from "../text/words";
import { dateIn, formatSlot } from "../text/zone";
import { useTitle } from "./use_title";
import "./decision.css";

/** Everything that belongs to it. What is gone or never was stays out of the chain. */
function useChain(decision: Decision) {
  const { settings } = useInstalled();
  const { context, outcome } = decision;
  const trigger = context.trigger_id;
  const gap = useGap(isGap(context.trigger_type) ? trigger : null);
  const cause = useRecord<Appointment>("appointments", isAppointment(context.trigger_type) ? trigger : null);
  const approval = useApproval(decision.approval?.approval_id);
  const outreach = useOutreachOf(decision.id);
  const booking = useRecord<Appointment>("appointments", outcome.booking_created_id);
  const customer = useRecord<Customer>("customers", context.customer_id);
  const staff = useRecord<Staff>("staff", booking.data?.data.staff_id ?? context.staff_id);
  const { zone } = settings;
  const currency = decision.revenue_impact?.currency ?? settings.currency;
  const links = useMemo(
    () =>
      chainOf({
        decision,
        gap: gap.data,
        cause: cause.data,
        approval: approval.data,
        outreach: outreach.data,
        booking: booking.data,
        names: { customer: customer.data?.data.name, staff: staff.data?.data.name },
        money: (amount) => formatMoney(amount, currency),
        moment: (time) => formatSlot(time, zone),
        day: (time) => dateIn(toMs(time) ?? 0, zone),
      }),
    [decision, gap.data, cause.data, approval.data, outreach.data, booking.data, customer.data, staff.data, zone, currency],
  );
  return { links, customer: customer.data?.data.name, staff: staff.data?.data.name, currency, zone };
}

function Facts({ decision, chain }: { decision: Decision; chain: ReturnType<typeof useChain> }) {
  const { context, revenue_impact: revenue } = decision;
  const rows: [string, string | null | undefined][] = [
    ["Customer", chain.customer ?? context.customer_id],
    ["With", chain.staff ?? context.staff_id],
    ["When", context.time_slot && formatSlot(context.time_slot, chain.zone)],
    ["How", inWords(decision.autonomy_level)],
    ["Could bring", revenue?.potential ? formatMoney(revenue.potential, chain.currency) : null],
    ["Has brought", revenue?.actual ? formatMoney(revenue.actual, chain.currency) : null],
  ];
  return (
    <dl className="decision-facts card-body">
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

function Audit({ id }: { id: string }) {
  const query = useRecords<AuditEntry>("audit_logs", { filter: { resource_id: id } });
  const entries = useMemo(
    () => [...(query.data ?? [])].sort((a, b) => a.data.created_at.localeCompare(b.data.created_at)),
    [query.data],
  );
  if (query.isPending) return <Loading what="the audit log" />;
  if (query.isError) return <Failed what="The audit log" error={query.error} retry={() => void query.refetch()} />;
  if (entries.length === 0) return <Empty title="Nothing was written down about it" />;
  return (
    <ol className="audit" aria-label="Audit log, oldest first">
      {entries.map(({ id: entry, data }) => (
        <li key={entry} data-severity={data.severity}>
          <span>
            {data.action} <span className="muted">{inWords(data.event_type)}, by {data.actor}</span>
          </span>
          <Ago time={data.created_at} />
        </li>
      ))}
    </ol>
  );
}

function Loaded({ decision }: { decision: Decision }) {
  const chain = useChain(decision);
  const details = Object.keys(decision.action_details ?? {}).length > 0;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{summaryOf(decision)}</h1>
          <p className="row">
            <WordBadge word={decision.outcome.status} />
            <span>
              {inWords(decision.decision_type)} by{" "}
              <Link href={`/agents/${encodeURIComponent(decision.agent_name)}`}>{inWords(decision.agent_name)}</Link>,{" "}
              <Ago time={decision.created_at} />
            </span>
            <span className="mono">{decision.id}</span>
          </p>
        </div>
      </div>
      <PauseBanner />
      <div className="decision-columns">
        <section className="card" aria-labelledby="decision-chain">
          <div className="card-head">
            <h2 id="decision-chain">How it went</h2>
          </div>
          <Chain links={chain.links} />
        </section>
        <div className="stack">
          <section className="card" aria-labelledby="decision-facts">
            <div className="card-head">
              <h2 id="decision-facts">What it is about</h2>
            </div>
            <Facts decision={decision} chain={chain} />
          </section>
          {details && (
            <section className="card" aria-labelledby="decision-details">
              <div className="card-head">
                <h2 id="decision-details">Details</h2>
              </div>
              <div className="card-body">
                <JsonView label="Details of the action" value={decision.action_details} />
              </div>
            </section>
          )}
          <section className="card" aria-labelledby="decision-audit">
            <div className="card-head">
              <h2 id="decision-audit">Audit log</h2>
            </div>
            <Audit id={decision.id} />
          </section>
        </div>
      </div>
    </>
  );
}

export function DecisionPage({ id }: { id: string }) {
  const query = useDecision(id);
  useTitle(query.data ? summaryOf(query.data) : "Decision");
  if (query.isPending) return <Loading what="the decision" lines={10} />;
  if (query.isError && !query.data) {
    return <Failed what={`Decision ${id}`} error={query.error} retry={() => void query.refetch()} />;
  }
  return <Loaded decision={query.data} />;
}
