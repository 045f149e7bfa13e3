import { act, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ownerEvent } from "../../test/owner_samples";
import { noticeServerTime, useServerOffset } from "./server_clock";

function Offset() {
  return <output>{Math.round(useServerOffset() / 1000)}</output>;
}
const shown = () => Number(screen.getByRole("status").textContent);
const told = (type: string, at: number) => ({ ...ownerEvent(type, "x"), time: new Date(at).toISOString() });
const now = Date.parse("2026-11-21T12:00:00Z");

it("takes the browser's clock as long as it is nearly right", () => {
  render(<Offset />);
  act(() => noticeServerTime([told("feed.opened", now + 5000), told("gap.filled", now - 3000)], now));
  expect(shown()).toBe(0);
});

it("follows the server's clock, back at a connection's begin, else forward only", () => {
  render(<Offset />);
  act(() => noticeServerTime([told("feed.opened", now - 86_400_000)], now));
  expect(shown()).toBe(-86_400);
  act(() => noticeServerTime([told("gap.filled", now - 3_600_000)], now));
  expect(shown()).toBe(-3600);
  act(() => noticeServerTime([told("gap.filled", now - 7_200_000)], now));
  expect(shown()).toBe(-3600);
  act(() => noticeServerTime([told("feed.opened", now)], now));
  expect(shown()).toBe(0);
});
