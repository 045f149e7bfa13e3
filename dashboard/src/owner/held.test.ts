import { expect, it } from "vitest";
import { answeredBy, approval } from "../../test/owner_samples";
import { hold, nothingHeld } from "./held";

const ids = (held: ReturnType<typeof hold>) => [held.shown.map((one) => one.id), held.fresh.map((one) => one.id)];
const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

it("begins with the most urgent, then with what expires first", () => {
  const pending = [
    approval("low", { priority: "low" }),
    approval("late", { expires_at: soon(9) }),
    approval("early", { expires_at: soon(3) }),
    approval("urgent", { priority: "urgent" }),
  ];
  expect(ids(hold(nothingHeld, pending))).toEqual([["urgent", "early", "late", "low"], []]);
});

it("does not move while something is open: new ones wait to be shown", () => {
  const before = hold(nothingHeld, [approval("a")]);
  const now = hold(before, [approval("b", { priority: "urgent" }), approval("a")]);
  expect(ids(now)).toEqual([["a"], ["b"]]);
  expect(ids(hold(now, [approval("b", { priority: "urgent" }), approval("a")], true))).toEqual([["b", "a"], []]);
});

it("keeps what was answered where it was", () => {
  const before = hold(nothingHeld, [approval("a", { priority: "high" }), approval("b")]);
  const done = answeredBy(approval("a"), "approved", "Asha");
  const now = hold(before, [done, approval("b")]);
  expect(now.shown.map((one) => one.status)).toEqual(["approved", "pending"]);
  // The server's list does not have it any more.
  expect(hold(now, [approval("b")]).shown.map((one) => one.status)).toEqual(["approved", "pending"]);
});

it("shows new ones by itself, on top, once nothing is open", () => {
  const before = hold(nothingHeld, [approval("a")]);
  const answered = hold(before, [answeredBy(approval("a"), "rejected", "Asha")]);
  expect(ids(hold(answered, [approval("b")]))).toEqual([["b", "a"], []]);
});
