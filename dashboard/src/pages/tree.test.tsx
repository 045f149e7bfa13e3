import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { refused, renderPage } from "../../test/render_page";
import { actor, lifecycle, run } from "../../test/samples";
import { TreePage } from "./tree";

const journal = actor("store/journal", { restarts: 2, last_reason: "disk full" });
const tree = actor("", {
  name: "root",
  strategy: "one_for_one",
  children: [actor("store", { strategy: "rest_for_one", children: [journal] }), actor("timers")],
});

it("says that it is loading, and what failed", async () => {
  const { unmount } = renderPage(<TreePage />, { "GET /api/v1/tree": "never" });
  expect(screen.getByRole("status", { name: "Loading the tree" })).toBeInTheDocument();
  unmount();
  renderPage(<TreePage />, { "GET /api/v1/tree": refused(503, "starting") });
  expect(await screen.findByText("starting")).toBeInTheDocument();
});

it("shows each actor with its state, and folds", async () => {
  const { user } = renderPage(<TreePage />, { "GET /api/v1/tree": tree });
  expect(await screen.findByText("4 actors, 2 restarts since they started")).toBeInTheDocument();
  const row = screen.getByRole("row", { name: /journal/ });
  expect(within(row).getByText("disk full")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Fold store" }));
  expect(screen.queryByRole("row", { name: /journal/ })).toBeNull();
});

it("counts children that are not listed", async () => {
  const many = actor("", {
    name: "root",
    children: [actor("runs", { hidden: 4990, children: Array.from({ length: 10 }, (_, i) => actor(`runs/${i}`)) })],
  });
  renderPage(<TreePage />, { "GET /api/v1/tree": many });
  expect(await screen.findByText("5002 actors, 0 restarts since they started")).toBeInTheDocument();
  expect(screen.getByText("and 4990 more inside")).toBeInTheDocument();
});

it("asks before it kills, and shows why that failed", async () => {
  let answer: unknown = refused(404, "no actor is at store/journal");
  const { user, requests } = renderPage(<TreePage />, {
    "GET /api/v1/tree": tree,
    "POST /api/v1/tree/kill": () => answer,
  });
  expect(await screen.findByRole("button", { name: "Kill store/journal" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Kill " })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Kill store/journal" }));
  const dialog = await screen.findByRole("dialog", { name: "Kill journal?" });
  expect(requests.some((one) => one.line.startsWith("POST"))).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Kill actor" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("no actor is at store/journal");
  answer = {};
  await user.click(within(dialog).getByRole("button", { name: "Kill actor" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(requests.findLast((one) => one.line.startsWith("POST"))!.body).toBe('{"path":"store/journal"}');
});

it("is fetched again at once when the feed tells of a restart", async () => {
  let restarts = 0;
  const { feeds } = renderPage(<TreePage />, {
    "GET /api/v1/tree": () => actor("", { name: "root", children: [actor("timers", { restarts: restarts++ })] }),
  });
  const row = await screen.findByRole("row", { name: /timers/ });
  expect(row.querySelector("[data-cell=restarts]")).toHaveTextContent("0");
  act(() => {
    const feed = feeds.at("/feed");
    feed.send({
      ...lifecycle("x", run("a"), "1"),
      type: "dev.steward.supervision.restarted.v1",
      data: { path: "timers", reason: "killed", restarts: 1 },
    });
  });
  await waitFor(() => expect(row.querySelector("[data-cell=restarts]")).toHaveTextContent("1"), { timeout: 900 });
});
