/** What the feed tells of agents, decisions, approvals, gaps, outreach and records. */
import { ownerKeys } from "../api/owner_queries";
import type { FeedEvent } from "../api/types";
import { isOpened } from "./feed_events";

/** "dev.steward.approval.expired.v1" -> ["approval", "expired"]; null for events of others. */
function wordsOf(type: string): [string, string] | null {
  const found = /^dev\.steward\.(autonomous|decision|gap|outreach|approval|agent|alert|record|pack|governance)\.([\w.-]+?)(?:\.v\d+)?$/.exec(type);
  return found ? [found[1]!, found[2]!] : null;
}

/** "decisions/dec_1" -> "dec_1", if the subject is of that kind. */
export function subjectId(event: FeedEvent, kind: string): string | null {
  const prefix = `${kind}/`;
  return event.subject?.startsWith(prefix) ? event.subject.slice(prefix.length) : null;
}

/** A decision that was just made, or one whose state has changed. */
export function decisionOf(event: FeedEvent): { id: string; made: boolean } | null {
  const words = wordsOf(event.type);
  if (!words || !["autonomous", "decision"].includes(words[0])) return null;
  const id = subjectId(event, "decisions");
  return id ? { id, made: words[0] === "autonomous" } : null;
}

type Key = readonly string[];
const { agents, approvals, dashboard, decisions, gaps, governance, outreach, packs, records } = ownerKeys;
const everything: Key[] = [agents, approvals, dashboard, decisions, gaps, governance, outreach, packs, ["records"]];

const concerned: Record<string, Key[]> = {
  autonomous: [decisions, dashboard, agents],
  decision: [decisions, dashboard, agents, records("audit_logs")],
  gap: [gaps, dashboard, decisions],
  outreach: [outreach, dashboard, decisions],
  approval: [approvals, dashboard, decisions, records("audit_logs")],
  agent: [agents, dashboard],
  alert: [dashboard],
  pack: everything,
  governance: [governance, agents],
};

/** The server's own collections are told of as records as well. */
const ofCollection: Record<string, Key[]> = {
  autonomous_decisions: [decisions],
  approvals: [approvals],
  agent_states: [agents],
  gaps: [gaps],
  outreach: [outreach],
  governance: [governance],
  packs: [packs],
};

/** What is to be asked for again after these events. */
export function staleAfter(events: readonly FeedEvent[]): Key[] {
  const found = new Map<string, Key>();
  const add = (keys: Key[]) => {
    for (const key of keys) found.set(key.join("/"), key);
  };
  for (const event of events) {
    if (isOpened(event)) add(everything);
    const words = wordsOf(event.type);
    if (!words) continue;
    if (words[0] !== "record") {
      add(concerned[words[0]] ?? []);
      continue;
    }
    const collection = subjectId(event, "records")?.split("/")[0];
    if (collection) add([records(collection), ...(ofCollection[collection] ?? [])]);
  }
  return [...found.values()];
}
