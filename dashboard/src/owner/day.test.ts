import { describe, expect, it } from "vitest";
import { appointment, gap, haircut, outreach, person, record } from "../../test/owner_samples";
import { dayOf, inLanes, without, workingSpans, type DayInput } from "./day";

// 09:00 in Kolkata is 03:30Z.
const input = (fields: Partial<DayInput> = {}): DayInput => ({
  date: "2026-11-21", zone: "Asia/Kolkata", staff: [record("staff_1", person("Rahul Kumar"))], services: [record("svc_1", haircut)],
  appointments: [], gaps: [], outreach: [], ...fields,
});

describe("working hours", () => {
  it("lack breaks and time off", () => {
    const staff = person("Rahul", { time_off: [{ start: "2026-11-21T10:30:00Z", end: "2026-11-22T10:30:00Z" }] });
    expect(workingSpans(staff, "2026-11-21", "Asia/Kolkata")).toEqual([{ from: 540, to: 780 }, { from: 810, to: 960 }]);
  });
  it("are none on a day off", () => {
    expect(workingSpans(person("Rahul", { working_hours: { sun: [] } }), "2026-11-22")).toEqual([]);
  });
  it("may be cut in the middle, at an end, or wholly", () => {
    const day = [{ from: 0, to: 10 }];
    expect(without(day, { from: 3, to: 5 })).toEqual([{ from: 0, to: 3 }, { from: 5, to: 10 }]);
    expect(without(day, { from: -3, to: 5 })).toEqual([{ from: 5, to: 10 }]);
    expect(without(day, { from: 0, to: 10 })).toEqual([]);
    expect(without(day, { from: 10, to: 12 })).toEqual(day);
  });
});

it("gives lanes only to what overlaps", () => {
  const lanes = inLanes([{ from: 0, to: 10 }, { from: 5, to: 15 }, { from: 10, to: 20 }, { from: 20, to: 30 }]);
  expect(lanes.map(({ from, lane, lanes: of }) => [from, lane, of])).toEqual([[0, 0, 2], [5, 1, 2], [10, 0, 2], [20, 0, 1]]);
});

it("places an appointment at the salon's time", () => {
  const day = dayOf(input({ appointments: [record("apt_1", appointment())] }));
  expect(day.columns[0]!.items[0]).toMatchObject({ from: 600, to: 660, service: "Haircut", byAgent: false });
  expect([day.from, day.to]).toEqual([540, 1080]);
});

it("counts what is booked against what is worked, and not what was called off", () => {
  const day = dayOf(
    input({
      appointments: [
        record("apt_1", appointment()),
        record("apt_2", appointment({ start_time: "2026-11-21T06:30:00Z", end_time: "2026-11-21T07:00:00Z", status: "cancelled" })),
        record("apt_3", appointment({ start_time: "2026-11-21T09:30:00Z", end_time: "2026-11-21T10:30:00Z", status: "no_show" })),
        record("apt_4", appointment({ start_time: "2026-11-21T10:30:00Z", end_time: "2026-11-21T11:21:00Z", source: "gap_fill", price: 400 })),
      ],
    }),
  );
  expect(day.columns[0]).toMatchObject({ workingMinutes: 510, bookedMinutes: 111 });
  expect(day.utilisation).toBeCloseTo(111 / 510);
  expect(day).toMatchObject({ revenue: 1000, byAgentRevenue: 400, appointments: 2, byAgent: 1 });
});

it("shows the appointment that filled a gap, not the gap under it", () => {
  const filled = gap("gap_1", { status: "filled", filled_by: "apt_1" });
  const day = dayOf(
    input({
      gaps: [filled],
      appointments: [record("apt_1", appointment({ start_time: filled.start_time, end_time: filled.end_time, source: "gap_fill", decision_id: "dec_1" }))],
    }),
  );
  expect(day.columns[0]!.items.map((item) => [item.kind, item.lanes])).toEqual([["appointment", 1]]);
  expect(day.columns[0]!.items[0]).toMatchObject({ byAgent: true });
  expect(day.gaps).toMatchObject({ open: 0, filled: 1 });
});

it("does not draw what was cancelled under what took its place", () => {
  const day = dayOf(
    input({ appointments: [record("apt_1", appointment({ status: "cancelled" })), record("apt_2", appointment({ customer_id: "cust_2" }))] }),
  );
  expect(day.columns[0]!.items.map((item) => item.id)).toEqual(["apt_2"]);
});

it("counts the offers of a gap by whether they are open", () => {
  const day = dayOf(
    input({
      gaps: [gap("gap_1")],
      outreach: [outreach("o1"), outreach("o2", { status: "responded" }), outreach("o3", { status: "expired" }), outreach("o4", { trigger_id: "gap_9" })],
    }),
  );
  expect(day.columns[0]!.items[0]).toMatchObject({ kind: "gap", offers: { open: 1, answered: 1, over: 1 } });
  expect(day.offers).toEqual({ open: 1, answered: 1, over: 1 });
});

it("keeps those who are not known or not active as long as they have something to do", () => {
  const day = dayOf(
    input({
      staff: [record("staff_1", person("Rahul", { active: false })), record("staff_2", person("Gone", { active: false }))],
      appointments: [record("apt_1", appointment()), record("apt_2", appointment({ staff_id: "staff_9" }))],
    }),
  );
  expect(day.columns.map((column) => column.name)).toEqual(["Rahul", "staff_9"]);
  expect(day.columns[1]!.utilisation).toBeNull();
});

it("draws an ordinary day where there is nothing", () => {
  expect(dayOf(input({ staff: [] }))).toMatchObject({ from: 540, to: 1080, columns: [], utilisation: null });
});

it("leaves out what is not of that day", () => {
  const stray = appointment({ start_time: "2031-01-01T04:30:00Z", end_time: "2031-01-01T05:30:00Z" });
  const day = dayOf(input({ appointments: [record("apt_1", stray)], gaps: [gap("gap_1", { start_time: "not a time" })] }));
  expect(day).toMatchObject({ from: 540, to: 1080, appointments: 0, gaps: { open: 0 } });
});
