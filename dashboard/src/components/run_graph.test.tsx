import { screen, fireEvent } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderPage } from "../../test/render_page";
import { taskEvent } from "../../test/samples";
import { outlineOf } from "../run/outline";
import { activityByTask, foldSteps } from "../run/steps";
import RunGraph from "./run_graph";

const outline = outlineOf({
  do: [{ each: { for: { in: ".x" }, do: [{ pack: { set: {} } }] } }, { close: { set: {} } }],
});
const activity = activityByTask(
  foldSteps([
    taskEvent(1, "started", "/do/0/each"),
    taskEvent(2, "started", "/do/0/each/do/0/pack"),
    taskEvent(3, "completed", "/do/0/each/do/0/pack"),
    taskEvent(4, "started", "/do/0/each/do/0/pack"),
  ]),
);
const at = (task: string) => document.querySelector<HTMLButtonElement>(`[data-task="${task}"]`)!;

it("tells of each task what it has done", () => {
  const chosen = vi.fn();
  renderPage(<RunGraph outline={outline} activity={activity} onSelect={chosen} />, {});
  expect(at("/do/0/each/do/0/pack")).toHaveAccessibleName("set, pack, running, ×2");
  expect(at("/do/1/close")).toHaveAccessibleName("set, close, not reached");
  expect(at("/do/1/close")).toBeDisabled();
  fireEvent.click(at("/do/0/each"));
  expect(chosen).toHaveBeenCalledWith("/do/0/each");
});

it("says of a loop over a written list how long it is", () => {
  const outline = outlineOf({ do: [{ each: { for: { each: "pet", in: [1, 2, 3] }, do: [{ wash: { set: {} } }] } }] });
  renderPage(<RunGraph outline={outline} />, {});
  expect(screen.getByText(/each pet of 3/)).toBeInTheDocument();
});

it("marks the chosen task", () => {
  renderPage(<RunGraph outline={outline} activity={activity} selected="/do/0/each" onSelect={() => {}} />, {});
  expect(at("/do/0/each")).toHaveAttribute("aria-pressed", "true");
  expect(at("/do/0/each/do/0/pack")).toHaveAttribute("aria-pressed", "false");
});

it("draws a definition that nobody runs, and one without tasks", () => {
  const { unmount } = renderPage(<RunGraph outline={outline} />, {});
  expect(at("/do/0/each")).toBeDisabled();
  unmount();
  renderPage(<RunGraph outline={outlineOf({})} />, {});
  expect(screen.getByText("Start")).toBeInTheDocument();
  expect(screen.getByText("End")).toBeInTheDocument();
});
