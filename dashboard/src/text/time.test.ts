import { describe, expect, it } from "vitest";
import { formatAgo, formatDuration, toMs } from "./time";

describe("formatDuration", () => {
  it.each([
    [0.4, "<1 ms"],
    [12.4, "12 ms"],
    [1249, "1.24 s"],
    [59_999, "59.99 s"],
    [123_000, "2 m 03 s"],
    [5 * 3_600_000 + 7 * 60_000, "5 h 07 m"],
    [76 * 3_600_000, "3 d 4 h"],
  ])("%d ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("formatAgo", () => {
  it.each([
    [-500, "just now"],
    [1000, "just now"],
    [59_000, "59 s ago"],
    [61_000, "1 min ago"],
    [7_200_000, "2 h ago"],
    [90_000_000, "1 d ago"],
  ])("%d ms back reads %s", (back, text) => expect(formatAgo(1e12 - back, 1e12)).toBe(text));
});

it("reads server times with microseconds, and nothing from nothing", () => {
  expect(toMs("2026-11-21T07:00:00.123456Z")).toBe(Date.UTC(2026, 10, 21, 7, 0, 0, 123));
  expect(toMs(null)).toBeNull();
  expect(toMs("soon")).toBeNull();
});
