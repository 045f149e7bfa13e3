import type { ComponentType } from "react";
import { Link } from "wouter";
import type { ChainLink } from "../owner/chain";
import { formatMoment, formatUptime, toMs } from "../text/time";
import { CheckIcon, ClockIcon, CrossIcon, DotsIcon } from "./icons";
import "./chain.css";

const names: Record<ChainLink["kind"], string> = {
  trigger: "Event",
  decision: "Decision",
  approval: "Approval",
  outreach: "Message",
  answer: "Answer",
  booking: "Booking",
  revenue: "Outcome",
};
const signs: Record<ChainLink["state"], [icon: ComponentType<{ size?: number }>, word: string]> = {
  done: [CheckIcon, "done"],
  waiting: [ClockIcon, "awaited"],
  failed: [CrossIcon, "failed"],
  none: [DotsIcon, "did not come about"],
};

function Since({ before, now }: { before: string | null; now: string | null }) {
  const [from, to] = [toMs(before), toMs(now)];
  if (from === null || to === null || to < from) return null;
  return <span className="muted">{to - from < 1000 ? "at once" : `${formatUptime(to - from)} later`}</span>;
}

/** How one thing led to the next. */
export function Chain({ links }: { links: ChainLink[] }) {
  let last: string | null = null;
  return (
    <ol className="chain" aria-label="From the event to the outcome">
      {links.map((link, index) => {
        const [Icon, word] = signs[link.state];
        const before = last;
        if (link.time) last = link.time;
        const ms = toMs(link.time);
        return (
          <li key={index} data-kind={link.kind} data-state={link.state}>
            <span className="chain-sign">
              <Icon size={14} />
              <span className="visually-hidden">{word}</span>
            </span>
            <div className="chain-body">
              <div className="row spread">
                <span className="chain-kind">{names[link.kind]}</span>
                {ms !== null && (
                  <span className="row chain-time">
                    <Since before={before} now={link.time} />
                    <time dateTime={link.time!}>{formatMoment(ms)}</time>
                  </span>
                )}
              </div>
              <p className="chain-title">{link.href ? <Link href={link.href}>{link.title}</Link> : link.title}</p>
              {link.quote && <blockquote>{link.quote}</blockquote>}
              {link.facts.length > 0 && (
                <ul>
                  {link.facts.map((fact) => (
                    <li key={fact}>{fact}</li>
                  ))}
                </ul>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
