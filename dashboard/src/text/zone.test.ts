import { describe, expect, it } from "vitest";
import { addDays, dateIn, formatMinutes, formatSlot, minutesFrom, minutesOf, startOfDay, timeIn, weekdayOf } from "./zone";

const kolkata = "Asia/Kolkata";

it("knows the date there, not here", () => {
  const late = Date.parse("2026-11-21T20:00:00Z");
  expect(dateIn(late, kolkata)).toBe("2026-11-22");
  expect(dateIn(late, "America/New_York")).toBe("2026-11-21");
  expect(timeIn(late, kolkata)).toBe("01:30");
});

it("counts minutes of a day beyond its ends", () => {
  expect(minutesOf(Date.parse("2026-11-21T03:30:00Z"), "2026-11-21", kolkata)).toBe(540);
  expect(minutesOf(Date.parse("2026-11-21T19:00:00Z"), "2026-11-21", kolkata)).toBe(1470);
  expect(minutesOf(Date.parse("2026-11-20T18:00:00Z"), "2026-11-21", kolkata)).toBe(-30);
});

describe("startOfDay", () => {
  it.each([
    ["2026-11-21", kolkata, "2026-11-20T18:30:00.000Z"],
    ["2026-11-21", "America/New_York", "2026-11-21T05:00:00.000Z"],
    ["2026-11-21", "UTC", "2026-11-21T00:00:00.000Z"],
    // The clocks change on these days.
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
    ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z"],
    ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z"],
  ])("%s in %s begins at %s", (date, zone, at) => expect(new Date(startOfDay(date, zone)).toISOString()).toBe(at));
});

it("goes on where a zone is not known", () => {
  expect(dateIn(Date.parse("2026-11-21T12:00:00Z"), "Mars/Olympus")).toMatch(/^2026-11-2/);
});

it("walks through the calendar", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  expect(weekdayOf("2026-11-21")).toBe("sat");
});

it("reads and writes times of day", () => {
  expect(minutesFrom("09:05")).toBe(545);
  expect(minutesFrom("nine")).toBeNull();
  expect(formatMinutes(545)).toBe("09:05");
});

it("leaves a slot that people wrote as it is", () => {
  expect(formatSlot("2:00 PM - 3:00 PM", kolkata)).toBe("2:00 PM - 3:00 PM");
  expect(formatSlot("2026-11-21T08:30:00Z", kolkata)).toMatch(/21.*14:00/);
});
