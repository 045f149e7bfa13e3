import { describe, expect, it } from "vitest";
import { answeredBy, approval } from "../../test/owner_samples";
import { answered, byAnswer, factsOf, outcomeText, refusalText } from "./approvals";

it("foresees what the answer will make of it", () => {
  const one = answered(approval("a"), { action: "approve", notes: "fine", responded_by: "Asha" }, "2026-11-21T07:00:00Z");
  expect(one.status).toBe("approved");
  expect(one.response).toEqual({ action: "approve", responded_by: "Asha", responded_at: "2026-11-21T07:00:00Z", notes: "fine" });
  expect(answered(approval("a"), { action: "delegate", to: "Meera" }, "")).toMatchObject({ status: "pending", assigned_to: "Meera" });
});

describe("a refusal says what happened instead", () => {
  it.each([
    [answeredBy(approval("a"), "rejected", "Meera"), "It was answered before your approval arrived. Rejected by Meera."],
    [approval("a", { status: "expired" }), "It expired before your approval arrived. Nothing was done."],
    [approval("a", { status: "cancelled" }), "It was cancelled before your approval arrived. Nothing was done."],
  ])("%#", (one, text) => expect(refusalText(one, "approve")).toBe(text));
  it("also while it is not known what happened", () => {
    expect(refusalText(approval("a"), "reject")).toMatch(/did not accept your rejection/);
  });
});

it("finds the facts, and does without those that are missing", () => {
  expect(factsOf(approval("a"))).toMatchObject({ customer: "Priya Sharma", staff: "Rahul", slot: "2:00 PM - 3:00 PM", value: 500 });
  expect(factsOf(approval("a", { action_details: {} }))).toMatchObject({ customer: null, staff: null, slot: null, value: null });
});

it("names who answered", () => {
  expect(outcomeText(answeredBy(approval("a"), "approved", "Asha"))).toBe("Approved by Asha");
  expect(outcomeText(approval("a", { status: "expired" }))).toBe("Expired: nothing was done");
});

it("orders the history by the answer, not by the question", () => {
  const early = { ...approval("early", { status: "approved" }), response: { responded_at: "2026-11-21T07:00:00Z" } };
  const late = { ...approval("late", { status: "rejected" }), response: { responded_at: "2026-11-21T08:00:00Z" } };
  expect([early, late].sort(byAnswer).map((one) => one.id)).toEqual(["late", "early"]);
});
