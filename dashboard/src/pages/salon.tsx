import { ActionIcon, Button, Drawer } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useCustomerNames } from "../api/customer_names";
import { useGapsOf, useOutreachForGaps, useRecords } from "../api/owner_queries";
import type { Appointment, PackSettings, Service, Staff } from "../api/owner_types";
import { BackIcon, ChevronIcon } from "../components/icons";
import { InstallPack } from "../components/install_pack";
import { PauseBanner } from "../components/pause_banner";
import { Empty, Failed, Loading } from "../components/placeholders";
import { DayItemDetails } from "../components/day_item_details";
import { SalonDay } from "../components/salon_day";
import { useServerNow } from "../components/use_now";
import { dayOf, type Day, type DayItem } from "../owner/day";
import { useInstalled } from "../owner/packs";
import { formatMoney, formatShare } from "../text/money";
import { addDays, dateIn, formatDay, minutesOf, startOfDay } from "../text/zone";
import { useTitle } from "./use_title";
import "./salon.css";

const instant = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");

function useDay(date: string, zone: string | undefined) {
  const [start, end] = useMemo(() => [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)], [date, zone]);
  const staff = useRecords<Staff>("staff", {}, { staleTime: 60_000 });
  const services = useRecords<Service>("services", {}, { staleTime: 60_000 });
  const appointments = useRecords<Appointment>("appointments", {
    filter: { start_time: { ge: instant(start), lt: instant(end) } }, sort: "start_time",
  });
  const gaps = useGapsOf(date);
  const ids = useMemo(() => (gaps.data ?? []).map((gap) => gap.id), [gaps.data]);
  const outreach = useOutreachForGaps(ids);
  const day = useMemo(
    () =>
      staff.data && services.data && appointments.data && gaps.data
        ? dayOf({
            date, zone, staff: staff.data, services: services.data, appointments: appointments.data,
            gaps: gaps.data, outreach: outreach.data ?? [],
          })
        : null,
    [date, zone, staff.data, services.data, appointments.data, gaps.data, outreach.data],
  );
  const queries = [staff, services, appointments, gaps];
  const customers = useMemo(() => (appointments.data ?? []).map(({ data }) => data.customer_id), [appointments.data]);
  return {
    day,
    names: useCustomerNames(customers),
    error: queries.find((query) => query.isError && !query.data)?.error ?? null,
    retry: () => void Promise.all(queries.map((query) => query.refetch())),
  };
}

function Totals({ day, currency }: { day: Day; currency: string | undefined }) {
  const rows: [string, string, string][] = [
    ["Utilisation", formatShare(day.utilisation), `${day.appointments} appointments`],
    ["Revenue", formatMoney(day.revenue, currency), `${formatMoney(day.byAgentRevenue, currency)} brought by agents`],
    ["By agents", String(day.byAgent), `${day.gaps.filled} ${day.gaps.filled === 1 ? "gap" : "gaps"} filled`],
    ["Open gaps", String(day.gaps.open), `up to ${formatMoney(day.gaps.potential, currency)}`],
    ["Offers out", String(day.offers.open), `${day.offers.answered} answered`],
  ];
  return (
    <dl className="salon-totals">
      {rows.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd className="muted">{more}</dd>
        </div>
      ))}
    </dl>
  );
}

function DaySwitch({ date, today, go }: { date: string; today: string; go: (date: string) => void }) {
  return (
    <div className="row salon-switch">
      <ActionIcon variant="default" size="lg" aria-label="The day before" onClick={() => go(addDays(date, -1))}>
        <BackIcon />
      </ActionIcon>
      <input
        type="date"
        aria-label="Day"
        value={date}
        onChange={(event) => event.currentTarget.value && go(event.currentTarget.value)}
      />
      <ActionIcon variant="default" size="lg" aria-label="The day after" onClick={() => go(addDays(date, 1))}>
        <ChevronIcon />
      </ActionIcon>
      <Button variant={date === today ? "light" : "default"} size="sm" onClick={() => go(today)}>
        Today
      </Button>
    </div>
  );
}

function Legend() {
  return (
    <ul className="salon-legend" aria-label="What the colours mean">
      <li data-sign="agent">Brought by an agent</li>
      <li data-sign="booked">Booked</li>
      <li data-sign="confirmed">Confirmed</li>
      <li data-sign="gap">Open gap</li>
    </ul>
  );
}

function DayOf({ date, settings }: { date: string; settings: PackSettings }) {
  const { zone, currency } = settings;
  const { day, names, error, retry } = useDay(date, zone);
  const [chosen, setChosen] = useState<DayItem | null>(null);
  const now = useServerNow();
  const today = dateIn(now, zone) === date;
  // The chosen one as it is now, not as it was when it was chosen.
  const shown = chosen && (day?.columns.flatMap((column) => column.items).find((one) => one.id === chosen.id && one.kind === chosen.kind) ?? chosen);
  if (error) return <Failed what="The day" error={error} retry={retry} />;
  if (!day) return <Loading what="the day" lines={10} />;
  return (
    <>
      <Totals day={day} currency={currency} />
      <section className="card" aria-label={formatDay(date)}>
        {day.columns.length === 0 ? (
          <Empty title="Nobody works on this day">
            Staff with their working hours, services and customers are records: <code className="mono">PUT /api/v1/records/staff/…</code>
          </Empty>
        ) : (
          <SalonDay day={day} names={names} currency={currency} now={today ? minutesOf(now, date, zone) : null} choose={setChosen} />
        )}
      </section>
      <Legend />
      <Drawer opened={shown !== null} onClose={() => setChosen(null)} position="right" size="md" title={shown?.kind === "gap" ? "Gap" : "Appointment"}>
        {shown && <DayItemDetails item={shown} names={names} settings={settings} />}
      </Drawer>
    </>
  );
}

export function SalonPage() {
  useTitle("The day");
  const installed = useInstalled();
  const [params, setParams] = useSearchParams();
  const now = useServerNow();
  const today = dateIn(now, installed.settings.zone);
  const asked = params.get("date");
  const date = asked && !Number.isNaN(Date.parse(asked)) && /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : today;
  if (installed.any === null) return <Loading what="the salon" lines={10} />;
  if (!installed.salon) return <InstallPack />;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{formatDay(date)}</h1>
          <p>
            {date === today ? "Today" : date < today ? "Past" : "To come"}
            {installed.settings.zone && `, times in ${installed.settings.zone}`}.{" "}
            <Link href="/decisions?decision_type=gap_fill">Gaps that agents work on</Link>
          </p>
        </div>
        <DaySwitch date={date} today={today} go={(day) => setParams(day === today ? {} : { date: day })} />
      </div>
      <PauseBanner />
      <DayOf key={date} date={date} settings={installed.settings} />
    </>
  );
}
