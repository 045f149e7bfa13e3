import { expect, it } from "vitest";
import { governance } from "../../test/owner_samples";
import { isSame, problemsOf, sortProblems, valueAt, withValue } from "./governance";

it("changes one value and leaves the document as it was", () => {
  const changed = withValue(governance, "/limits/hourly_actions", 7);
  expect(changed.limits.hourly_actions).toBe(7);
  expect(governance.limits.hourly_actions).toBe(20);
  expect(valueAt(changed, "/rules/0/field")).toBe("discount_percent");
});

it("adds and takes out rules and levels", () => {
  const rule = { decision_type: "", field: "price", above: 1, level: "manual_only" as const };
  expect(withValue(governance, "/rules/1", rule).rules).toHaveLength(2);
  expect(withValue(governance, "/rules/0", undefined).rules).toEqual([]);
  expect(withValue(governance, "/levels/a~1b", "full_auto").levels["a/b"]).toBe("full_auto");
});

it("finds nothing wrong with what is right", () => expect(problemsOf(governance)).toEqual({}));

it.each([
  ["/limits/hourly_actions", "", "/limits/hourly_actions"],
  ["/limits/hourly_actions", 1.5, "/limits/hourly_actions"],
  ["/limits/daily_actions", 3, "/limits/daily_actions"],
  ["/approvals/expire_minutes", 0, "/approvals/expire_minutes"],
  ["/earning/approvals", 1.2, "/earning/approvals"],
  ["/earning/bad_among", 2, "/earning/bad_among"],
  ["/quiet_hours/from", "25:00", "/quiet_hours/from"],
  ["/rules/0/field", " ", "/rules/0/field"],
  ["/rules/0/above", "", "/rules/0/above"],
] as const)("refuses %s = %j", (pointer, value, at) => {
  expect(Object.keys(problemsOf(withValue(governance, pointer, value)))).toEqual([at]);
});

it("gives the server's problems to their fields, and keeps the others", () => {
  const found = sortProblems(
    [
      { pointer: "/limits/hourly_actions", detail: "too many" },
      { pointer: "#/quiet_hours/from", detail: "no time" },
      { pointer: "/levels/unknown", detail: "who is that" },
      { pointer: "/rules", detail: "too many rules" },
      { pointer: "", detail: "too large" },
    ],
    governance,
  );
  expect(found.fields).toEqual({ "/limits/hourly_actions": "too many", "/quiet_hours/from": "no time" });
  expect(found.others).toEqual(["/levels/unknown: who is that", "/rules: too many rules", "too large"]);
});

it("calls documents the same whatever their order, what was earned, and whether all is paused", () => {
  const { earned: _earned, limits, ...rest } = governance;
  expect(isSame(governance, { limits, ...rest, paused: true })).toBe(true);
  expect(isSame(governance, withValue(governance, "/shadow", true))).toBe(false);
});
