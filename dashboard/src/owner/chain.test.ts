import { describe, expect, it } from "vitest";
import { answeredBy, appointment, approval, decision, gap, outreach, record } from "../../test/owner_samples";
import type { Decision } from "../api/owner_types";
import { chainOf, type ChainParts } from "./chain";

const chain = (one: Decision, parts: Partial<ChainParts> = {}) =>
  chainOf({
    decision: one, names: { customer: "Priya Sharma", staff: "Rahul" }, money: (amount) => `₹${amount}`, moment: (time) => time.slice(11, 16),
    day: (time) => time.slice(0, 10), ...parts,
  });
const shape = (links: ReturnType<typeof chain>) => links.map((link) => `${link.kind} ${link.state}`);

const success = decision("dec_1", {
  approval: { required: true, status: "approved", approval_id: "apr_1", approved_by: "Asha", approved_at: "2026-11-21T06:04:00Z" },
  revenue_impact: { potential: 500, actual: 600, currency: "INR" },
  outcome: { status: "success", result: "booked", completed_at: "2026-11-21T06:20:00Z", booking_created_id: "apt_1" },
});
const accepted = outreach("out_1", {
  status: "responded", response: { received: true, action: "accepted", text: "Yes please", responded_at: "2026-11-21T06:20:00Z" },
});

it("goes from the gap to the money", () => {
  const links = chain(success, {
    gap: gap("gap_1", { status: "filled" }),
    approval: answeredBy(approval("apr_1"), "approved", "Asha"),
    outreach: [accepted],
    booking: record("apt_1", appointment({ booked_at: "2026-11-21T06:20:00Z" })),
  });
  expect(shape(links)).toEqual([
    "trigger done", "decision done", "approval done", "outreach done", "answer done", "booking done", "revenue done",
  ]);
  expect(links.map((link) => link.title)).toEqual([
    "A gap of 60 min with Rahul Kumar", "Offer the gap dec_1", "Approved by Asha", "Message to Priya Sharma",
    "Priya Sharma answered: accepted", "Booked with Rahul", "₹600 earned",
  ]);
  expect(links[0]!.href).toBe("/salon?date=2026-11-21");
  expect(links[3]!.quote).toBe("Hi Priya! We have a slot at 2 PM.");
  expect(links[4]!.quote).toBe("Yes please");
});

it("waits for approval before anything else can happen", () => {
  const links = chain(decision("dec_1"), { gap: gap("gap_1"), approval: approval("apr_1") });
  expect(shape(links)).toEqual(["trigger done", "decision done", "approval waiting", "outreach waiting", "revenue waiting"]);
  expect(links[2]!.href).toBe("/approvals");
  expect(links[3]!.title).toBe("A message, once approved");
});

it("ends with a rejection", () => {
  const rejected = decision("dec_1", {
    approval: { required: true, status: "rejected", approval_id: "apr_1" },
    outcome: { status: "rejected", completed_at: "2026-11-21T06:04:00Z" },
  });
  const links = chain(rejected, { approval: { ...answeredBy(approval("apr_1"), "rejected", "Asha") } });
  expect(shape(links)).toEqual(["trigger done", "decision done", "approval failed", "revenue failed"]);
  expect(links.at(-1)).toMatchObject({ title: "It ended with the rejection", facts: ["Up to ₹500 were possible"] });
});

it("needs no approval where the agent acts alone", () => {
  const alone = decision("dec_1", { autonomy_level: "full_auto", approval: { required: false, status: "not_required" } });
  expect(chain(alone, { outreach: [outreach("out_1")] }).map((link) => link.title)).toContain("No approval needed");
});

describe("a message", () => {
  const approved = { ...decision("dec_1"), approval: success.approval! };
  it("that is out is waited for", () => {
    expect(shape(chain(approved, { outreach: [outreach("out_1")] })).slice(3)).toEqual(["outreach done", "answer waiting", "revenue waiting"]);
  });
  it("that failed has no answer", () => {
    const failed = outreach("out_1", { status: "failed", delivery: { error: "no such number" } });
    const links = chain(approved, { outreach: [failed] });
    expect(shape(links).slice(3)).toEqual(["outreach failed", "revenue waiting"]);
    expect(links[3]!.facts).toContain("Not delivered: no such number");
  });
  it("that expired was not answered in time", () => {
    expect(chain(approved, { outreach: [outreach("out_1", { status: "expired" })] })[4]).toMatchObject({ state: "failed", title: "No answer in time" });
  });
  it("comes after an earlier one, each with its answer", () => {
    const later = outreach("out_2", { created_at: "2026-11-21T06:30:00Z" });
    const links = chain(approved, { outreach: [later, accepted] });
    expect(shape(links).slice(3, 7)).toEqual(["outreach done", "answer done", "outreach done", "answer waiting"]);
  });
});

it("says of a booking that came to nothing", () => {
  const lost = { ...success, outcome: { ...success.outcome, status: "failed" as const } };
  const links = chain(lost, { outreach: [accepted], booking: record("apt_1", appointment({ status: "no_show" })) });
  expect(links.find((link) => link.kind === "booking")).toMatchObject({ state: "failed", title: "Booked, then no-show" });
  expect(links.at(-1)!.state).toBe("failed");
});

it("does without what could not be had", () => {
  const links = chain(success);
  expect(links.find((link) => link.kind === "booking")).toMatchObject({ title: "Booked", facts: ["apt_1"] });
  expect(links.find((link) => link.kind === "approval")!.title).toBe("Approved by Asha");
  expect(links[0]).toMatchObject({ title: "Gap", facts: ["gap_1"] });
});
