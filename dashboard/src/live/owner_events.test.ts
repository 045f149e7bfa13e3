import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { ownerEvent } from "../../test/owner_samples";
import { ownerKeys } from "../api/owner_queries";
import { createCacheSync } from "./cache_sync";
import { decisionOf, staleAfter } from "./owner_events";

const stale = (type: string, subject: string) => staleAfter([ownerEvent(type, subject)]).map((key) => key.join("/"));

it.each([
  ["approval.requested", "approvals/apr_1", "approvals"],
  ["approval.expired", "approvals/apr_1", "approvals"],
  ["agent.changed", "agents/gap_fill_agent", "agents"],
  ["autonomous.decision", "decisions/dec_1", "decisions"],
  ["decision.closed", "decisions/dec_1", "decisions"],
  ["gap.filled", "gaps/gap_1", "gaps"],
  ["outreach.responded", "outreach/out_1", "outreach"],
  ["alert.raised", "alerts/approval_backlog", "owner-dashboard"],
  ["record.created", "records/appointments/apt_1", "records/appointments"],
  ["record.updated", "records/governance/current", "governance"],
  ["record.created", "records/packs/salon", "packs"],
])("%s makes %s stale: %s", (type, subject, key) => expect(stale(type, subject)).toContain(key));

it("leaves alone what an event does not concern", () => {
  expect(stale("record.created", "records/appointments/apt_1")).toEqual(["records/appointments"]);
  expect(stale("workflow.deployed", "workflows/a/b")).toEqual([]);
  expect(stale("approval.requested", "approvals/apr_1")).not.toContain("gaps");
});

it("never has the list of decisions fetched again: it would move", () => {
  const all = ["autonomous.decision", "decision.closed", "approval.approved", "feed.opened"].flatMap((type) => stale(type, "decisions/dec_1"));
  expect(all).not.toContain(ownerKeys.decisionList.join("/"));
});

it("tells a decision that was made from one that ended", () => {
  expect(decisionOf(ownerEvent("autonomous.decision", "decisions/dec_1"))).toEqual({ id: "dec_1", made: true });
  expect(decisionOf(ownerEvent("decision.closed", "decisions/dec_1"))).toEqual({ id: "dec_1", made: false });
  expect(decisionOf(ownerEvent("gap.filled", "gaps/gap_1"))).toBeNull();
});

it("asks for approvals at most once a second, however many there are", () => {
  vi.useFakeTimers();
  const cache = new QueryClient();
  const sync = createCacheSync(cache);
  const asked = vi.spyOn(cache, "invalidateQueries");
  for (let i = 0; i < 100; ++i) {
    sync.apply([ownerEvent("approval.requested", `approvals/apr_${i}`)]);
    vi.advanceTimersByTime(20);
  }
  const approvals = asked.mock.calls.filter(([query]) => query?.queryKey?.join("/") === "approvals");
  expect(approvals.length).toBeGreaterThanOrEqual(2);
  expect(approvals.length).toBeLessThanOrEqual(3);
  sync.stop();
  vi.useRealTimers();
});
