import { expect, it } from "vitest";
import { agent, stopped } from "../../test/owner_samples";
import { breakerText, configOf, countsOf, draftOf, limitsOf, problemsByField } from "./agents";

it("takes limits from what is counted, else from what is configured", () => {
  expect(limitsOf(agent("a")).hourly).toEqual({ used: 15, limit: 20 });
  const { rate_limits: _limits, ...bare } = agent("a");
  expect(limitsOf(bare)).toEqual({ hourly: { used: 0, limit: 20 }, daily: { used: 0, limit: 100 } });
});

it("says what an open breaker means", () => {
  expect(breakerText(agent("a")).title).toBe("Working");
  expect(breakerText(stopped("a"))).toMatchObject({ title: "Stopped after errors", detail: "5 errors in a row. It tries again after its cool-down." });
  const manual = stopped("a");
  manual.circuit_breaker.auto_recovery = false;
  expect(breakerText(manual).detail).toMatch(/until you reset it/);
});

it("lists the counters of the day, the largest first", () => {
  expect(countsOf(agent("a")).map(({ name, count, revenue }) => [name, count, revenue])).toEqual([
    ["Gap fill", 10, 2500], ["No-show prevention", 5, 1000],
  ]);
});

it("sends what the form says and keeps what it does not show", () => {
  const draft = { ...draftOf(agent("a")), max_hourly_actions: 30, shadow: true };
  expect(configOf(draft, agent("a"))).toEqual({
    config: { max_hourly_actions: 30, max_daily_actions: 100, cooldown_minutes: 5, custom: { tone: "warm" }, interval_minutes: 5, shadow: true },
  });
});

it.each([
  [{ max_hourly_actions: "" }, "max_hourly_actions"],
  [{ cooldown_minutes: -1 }, "cooldown_minutes"],
  [{ interval_minutes: 0 }, "interval_minutes"],
  [{ max_daily_actions: 10 }, "max_daily_actions"],
])("refuses %j", (change, field) => {
  const made = configOf({ ...draftOf(agent("a")), ...change }, agent("a"));
  expect("problems" in made && Object.keys(made.problems)).toEqual([field]);
});

it("finds the field a problem points to", () => {
  expect(problemsByField([{ pointer: "/max_hourly_actions", detail: "too many" }])).toEqual({ max_hourly_actions: "too many" });
});
