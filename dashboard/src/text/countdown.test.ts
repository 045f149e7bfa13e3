import { describe, expect, it } from "vitest";
import { formatLeft, timeLeft } from "./countdown";

describe("formatLeft", () => {
  it.each([
    [-5000, "0:00 min"],
    [0, "0:00 min"],
    [1, "0:01 min"],
    [9_000, "0:09 min"],
    [249_000, "4:09 min"],
    [3_599_000, "59:59 min"],
    [3_600_000, "1 h 00 min"],
    [3_900_000, "1 h 05 min"],
    [86_400_000 + 3 * 3_600_000, "1 d 3 h"],
  ])("%d ms reads %s", (ms, text) => expect(formatLeft(ms)).toBe(text));
});

describe("timeLeft", () => {
  it("tells how much of the whole is left", () => {
    expect(timeLeft(1_000_000, 250_000, 0)).toEqual({ ms: 750_000, over: false, share: 0.75, soon: false });
  });
  it("hurries in the last fifth, and in the last two minutes of anything", () => {
    expect(timeLeft(1_000_000, 810_000, 0).soon).toBe(true);
    expect(timeLeft(1_000_000, 790_000, 0).soon).toBe(false);
    expect(timeLeft(119_000, 0).soon).toBe(true);
    expect(timeLeft(121_000, 0).soon).toBe(false);
  });
  it("is over at the very moment, and never has a negative share", () => {
    expect(timeLeft(1000, 1000, 0)).toMatchObject({ over: true, share: 0 });
    expect(timeLeft(1000, 9000, 0)).toMatchObject({ over: true, share: 0 });
  });
});
