import type { CSSProperties } from "react";
import type { Day, DayColumn, DayItem } from "../owner/day";
import { formatMoney, formatShare } from "../text/money";
import { inWords } from "../text/words";
import { formatMinutes } from "../text/zone";
import { AgentsIcon, AlertIcon, CheckIcon, ClockIcon, CrossIcon, DotsIcon, StopIcon } from "./icons";
import "./salon_day.css";

const pixelsPerMinute = 1.15;

export type Names = Record<string, string>;

interface Props {
  day: Day;
  names: Names;
  currency: string | undefined;
  /** Minutes of the day, if it is today. */
  now: number | null;
  choose: (item: DayItem) => void;
}

const statusIcons = { booked: ClockIcon, confirmed: CheckIcon, completed: CheckIcon, cancelled: StopIcon, no_show: CrossIcon };
const times = ({ from, to }: { from: number; to: number }) => `${formatMinutes(from)}–${formatMinutes(to)}`;

export function itemLabel(item: DayItem, names: Names, currency: string | undefined): string {
  if (item.kind === "appointment") {
    const { appointment, service, byAgent } = item;
    const who = names[appointment.customer_id] ?? appointment.customer_id;
    return `${times(item)}, ${who}, ${service}, ${inWords(appointment.status).toLowerCase()}${byAgent ? ", brought by an agent" : ""}`;
  }
  const { gap, offers } = item;
  const told = [
    `${times(item)}, gap, ${inWords(gap.priority).toLowerCase()} priority, ${gap.status}`,
    gap.potential_revenue ? `worth up to ${formatMoney(gap.potential_revenue, currency)}` : "",
    offers.open ? `${offers.open} ${offers.open === 1 ? "offer" : "offers"} open` : "",
    offers.answered ? `${offers.answered} answered` : "",
  ];
  return told.filter(Boolean).join(", ");
}

function Item({ item, day, names, currency, choose }: Omit<Props, "now"> & { item: DayItem }) {
  const height = (item.to - item.from) * pixelsPerMinute;
  const style: CSSProperties = {
    top: (item.from - day.from) * pixelsPerMinute,
    height: height - 2,
    left: `${(item.lane / item.lanes) * 100}%`,
    width: `calc(${100 / item.lanes}% - 2px)`,
  };
  const shared = {
    type: "button" as const,
    style,
    "aria-label": itemLabel(item, names, currency),
    onClick: () => choose(item),
    "data-short": height < 38,
  };
  if (item.kind === "appointment") {
    const { appointment, service, byAgent } = item;
    const Icon = statusIcons[appointment.status] ?? DotsIcon;
    return (
      <button {...shared} className="day-item day-appointment" data-status={appointment.status} data-agent={byAgent} data-id={item.id}>
        <span className="day-item-head">
          <Icon size={12} />
          <span className="truncate">{names[appointment.customer_id] ?? appointment.customer_id}</span>
          {byAgent && <AgentsIcon size={13} />}
        </span>
        <span className="day-item-more truncate">
          {service}, {formatMinutes(item.from)}
        </span>
      </button>
    );
  }
  const { gap, offers } = item;
  const urgent = gap.priority === "critical" || gap.priority === "urgent" || gap.priority === "high";
  return (
    <button {...shared} className="day-item day-gap" data-status={gap.status} data-urgent={urgent} data-id={item.id}>
      <span className="day-item-head">
        {urgent && gap.status === "open" && <AlertIcon size={12} />}
        <span className="truncate">
          {gap.status === "open" ? `Gap, ${inWords(gap.priority).toLowerCase()}` : `Gap, ${gap.status}`}
        </span>
      </span>
      <span className="day-item-more truncate">
        {offers.open > 0
          ? `${offers.open} ${offers.open === 1 ? "offer" : "offers"} out`
          : offers.answered > 0
            ? `${offers.answered} answered`
            : gap.status === "open"
              ? formatMoney(gap.potential_revenue, currency)
              : ""}
      </span>
    </button>
  );
}

function Column({ column, ...props }: Props & { column: DayColumn }) {
  const { day, now } = props;
  return (
    <section className="day-column" aria-label={column.name}>
      <header>
        <strong className="truncate">{column.name}</strong>
        <span className="muted">{column.utilisation === null ? "Not at work" : `${formatShare(column.utilisation)} booked`}</span>
      </header>
      <div className="day-lane" style={{ height: (day.to - day.from) * pixelsPerMinute }}>
        {column.working.map((span) => (
          <span
            key={span.from}
            className="day-working"
            style={{ top: (span.from - day.from) * pixelsPerMinute, height: (span.to - span.from) * pixelsPerMinute }}
          />
        ))}
        {column.items.map((item) => (
          <Item key={`${item.kind}-${item.id}`} item={item} {...props} />
        ))}
        {now !== null && now >= day.from && now <= day.to && (
          <span className="day-now" style={{ top: (now - day.from) * pixelsPerMinute }} />
        )}
      </div>
    </section>
  );
}

/** A day by people and time; scrolls sideways where it is wider than the screen. */
export function SalonDay(props: Props) {
  const { day } = props;
  const hours: number[] = [];
  for (let hour = day.from; hour <= day.to; hour += 60) hours.push(hour);
  return (
    <div className="day-scroll" tabIndex={0} role="region" aria-label="The day by staff">
      <div className="day" style={{ "--day-hour": `${60 * pixelsPerMinute}px` } as CSSProperties}>
        <div className="day-axis" aria-hidden="true">
          {hours.map((minutes) => (
            <span key={minutes} style={{ top: (minutes - day.from) * pixelsPerMinute }}>
              {formatMinutes(minutes)}
            </span>
          ))}
        </div>
        {day.columns.map((column) => (
          <Column key={column.staffId} column={column} {...props} />
        ))}
      </div>
    </div>
  );
}
