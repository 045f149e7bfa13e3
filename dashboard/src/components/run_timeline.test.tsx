import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderPage } from "../../test/render_page";
import { history, taskEvent } from "../../test/samples";
import { foldSteps } from "../run/steps";
import { RunTimeline, tickDistance } from "./run_timeline";

it("puts about four round ticks on any span", () => {
  for (const span of [1, 7, 90, 1234, 65_000, 3_600_000, 9e9]) {
    const ticks = span / tickDistance(span);
    expect(ticks).toBeLessThanOrEqual(4);
    if (span > 7) expect(ticks).toBeGreaterThan(1.5);
  }
});

it("leaves out a tick whose text would be cut off at the end", () => {
  const start = taskEvent(1, "started", "/do/0/slow");
  const end = { ...taskEvent(2, "completed", "/do/0/slow"), time: new Date(Date.parse(start.time) + 10_050).toISOString() };
  const { container } = renderPage(<RunTimeline steps={foldSteps([start, end])} selected={null} onSelect={() => {}} />, {});
  const axis = container.querySelector(".timeline-axis")!;
  expect(axis).toHaveTextContent("5.00 s");
  expect(axis).not.toHaveTextContent("10.00 s");
});

it("shows nothing of nothing", () => {
  renderPage(<RunTimeline steps={[]} selected={null} onSelect={() => {}} />, {});
  expect(screen.queryByRole("list")).toBeNull();
});

it("goes from step to step with the arrow keys", async () => {
  const chosen = vi.fn();
  const { user } = renderPage(<RunTimeline steps={foldSteps(history)} selected={2} onSelect={chosen} />, {});
  await user.tab();
  expect(screen.getByRole("button", { name: /^pay: completed, 100 ms/ })).toHaveFocus();
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("button", { name: /^ship/ })).toHaveFocus();
  expect(chosen).toHaveBeenLastCalledWith(4);
});

it("shows many steps piece by piece", async () => {
  const many = foldSteps(Array.from({ length: 450 }, (_, i) => taskEvent(i + 1, "skipped", `/do/${i}/t${i}`)));
  const { user, container } = renderPage(<RunTimeline steps={many} selected={null} onSelect={() => {}} />, {});
  expect(container.querySelectorAll("button[data-step]")).toHaveLength(200);
  await user.click(screen.getByRole("button", { name: "Show 200 more of 450 steps" }));
  await user.click(screen.getByRole("button", { name: "Show 50 more of 450 steps" }));
  expect(container.querySelectorAll("button[data-step]")).toHaveLength(450);
});
