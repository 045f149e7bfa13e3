import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "../../test/render_page";
import { JsonView } from "./json_view";

const show = (value: Parameters<typeof JsonView>[0]["value"]) =>
  renderPage(<JsonView value={value} label="Output" absent="Not there yet." />, {});

it("tells null from nothing", () => {
  const { unmount } = show(undefined);
  expect(screen.getByText("Not there yet.")).toBeInTheDocument();
  unmount();
  show(null);
  expect(screen.getByText("null")).toBeInTheDocument();
});

it("folds and unfolds", async () => {
  const { user } = show({ order: { id: "A-1" } });
  expect(screen.getByText('"A-1"')).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /^order/ }));
  expect(screen.queryByText('"A-1"')).toBeNull();
});

it("shows a long list piece by piece", async () => {
  const { user, container } = show(Array.from({ length: 250 }, (_, i) => i));
  const leaves = () => container.querySelectorAll(".json-leaf").length;
  expect(leaves()).toBe(100);
  await user.click(screen.getByRole("button", { name: "150 more" }));
  expect(leaves()).toBe(200);
});

it("cuts long text until it is asked for", async () => {
  const { user } = show("x".repeat(1000));
  await user.click(screen.getByRole("button", { name: "600 more characters" }));
  expect(screen.getByText(JSON.stringify("x".repeat(1000)))).toBeInTheDocument();
});

it("copies the value", async () => {
  const { user } = show({ a: 1 });
  await user.click(screen.getByRole("button", { name: "Copy Output as JSON" }));
  expect(await navigator.clipboard.readText()).toBe('{\n  "a": 1\n}');
});
