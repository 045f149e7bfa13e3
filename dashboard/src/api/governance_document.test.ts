import { expect, it } from "vitest";
import { governance } from "../../test/owner_samples";
import { complete, editable } from "./governance_document";

it("fills in what a server left out, and nothing else", () => {
  expect(complete({})).toMatchObject({ levels: {}, otherwise: "supervised", rules: [], paused: false, limits: { hourly_actions: 20 } });
  expect(complete({ limits: { hourly_actions: 3 } as never }).limits).toEqual({
    hourly_actions: 3, daily_actions: 100, per_customer_hourly: 1, per_customer_daily: 3,
  });
  expect(complete(governance)).toEqual(governance);
  const settings = { zone: "Europe/Berlin", slot_minutes: 15 };
  expect(editable({ ...governance, settings }).settings).toEqual(settings);
});

it("saves what can be saved: what only an answer has would be refused", () => {
  const { earned: _earned, ...rest } = governance;
  expect(editable({ ...governance, updated_at: "2026-11-21T06:00:00Z" } as never)).toEqual(rest);
});
