import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "../../test/render_page";
import { Shell } from "./shell";

it("marks where one is, and offers to skip to the page", () => {
  renderPage(<Shell>page</Shell>, {}, "/runs/run_1");
  expect(screen.getByRole("link", { name: "Runs" })).toHaveAttribute("aria-current", "page");
  expect(screen.getByRole("link", { name: "Overview" })).not.toHaveAttribute("aria-current");
  expect(screen.getByRole("link", { name: "Skip to content" })).toHaveAttribute("href", "#main");
});

it("moves the focus to a new page", async () => {
  const { user } = renderPage(<Shell>page</Shell>, {});
  await user.click(screen.getByRole("link", { name: "Tree" }));
  expect(screen.getByRole("main")).toHaveFocus();
});

it("says whether it is live, and tries again when asked to", async () => {
  const { user, feeds } = renderPage(<Shell>page</Shell>, {});
  expect(screen.getByText("Connecting")).toBeInTheDocument();
  act(() => feeds.at("/feed").opened());
  expect(screen.getByText("Live")).toBeInTheDocument();
  act(() => feeds.at("/feed").lose());
  await user.click(screen.getByRole("button", { name: "Offline" }));
  await waitFor(() => expect(feeds.sockets.length).toBeGreaterThanOrEqual(2));
  act(() => feeds.at("/feed").opened());
  expect(screen.getByText("Live")).toBeInTheDocument();
});
