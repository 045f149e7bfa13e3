import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { faulted, item, lifecycle, run, running } from "../../test/samples";
import { RunsPage } from "./runs";

const workflows = { "GET /api/v1/workflows": { items: [item], next: null } };
const show = (answers: Answers, path = "/runs") => renderPage(<RunsPage />, { ...workflows, ...answers }, path);
const list = (...items: unknown[]) => ({ items, next: null });
const ids = () => [...document.querySelectorAll("tr[data-run]")].map((row) => row.getAttribute("data-run"));

it("tells an empty server from an empty filter", async () => {
  const { unmount } = show({ "GET /api/v1/runs": list() });
  expect(await screen.findByText("No runs yet")).toBeInTheDocument();
  unmount();
  show({ "GET /api/v1/runs": list() }, "/runs?status=faulted");
  expect(await screen.findByText("No run fits this filter")).toBeInTheDocument();
});

it("says that it is loading, and what failed", async () => {
  const { unmount } = show({ "GET /api/v1/runs": "never" });
  expect(screen.getByRole("status", { name: "Loading runs" })).toBeInTheDocument();
  unmount();
  show({ "GET /api/v1/runs": refused(500, "no store") });
  expect(await screen.findByText("no store")).toBeInTheDocument();
});

it("filters by what the address says, and says in the address what is filtered", async () => {
  const { user, location, requests } = show(
    { "GET /api/v1/runs": list(run("run_a")) },
    "/runs?status=completed",
  );
  expect(screen.getByRole("combobox", { name: "Status" })).toHaveValue("completed");
  await screen.findByText("run_a");
  expect(requests.some((one) => one.line === "GET /api/v1/runs?status=completed&limit=50")).toBe(true);
  await user.selectOptions(screen.getByRole("combobox", { name: "Workflow" }), "shop/fulfil-order");
  expect(location.history.at(-1)).toBe("/runs?status=completed&workflow=shop%2Ffulfil-order");
  await waitFor(() =>
    expect(requests.at(-1)!.line).toBe("GET /api/v1/runs?status=completed&workflow=shop%2Ffulfil-order&limit=50"),
  );
});

it("ignores a status that does not exist", async () => {
  const { requests } = show({ "GET /api/v1/runs": list() }, "/runs?status=dancing");
  await screen.findByText("No runs yet");
  expect(requests.some((one) => one.line === "GET /api/v1/runs?limit=50")).toBe(true);
});

it("pages through many", async () => {
  const many = Array.from({ length: 50 }, (_, i) => run(`run_${i}`));
  const { user } = show({
    "GET /api/v1/runs": { items: many, next: "c1" },
    "GET /api/v1/runs?limit=50&cursor=c1": list(faulted("run_50")),
  });
  await user.click(await screen.findByRole("button", { name: "Load older runs" }));
  await waitFor(() => expect(ids()).toHaveLength(51));
  expect(screen.getByText("the bank does not answer")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Load older runs" })).toBeNull();
});

it("changes rows in place, announces new runs and inserts them only when asked to", async () => {
  let items = [running("run_b"), run("run_a")];
  const { user, feeds } = show({ "GET /api/v1/runs": () => list(...items) });
  await screen.findByText("run_b");
  act(() => {
    const feed = feeds.at("/feed");
    feed.opened();
    feed.send(lifecycle("started", running("run_c"), "1"));
    feed.send(lifecycle("faulted", faulted("run_b"), "2"));
  });
  const more = await screen.findByRole("button", { name: "1 new run: show" });
  expect(ids()).toEqual(["run_b", "run_a"]);
  const row = document.querySelector<HTMLElement>("tr[data-run=run_b]")!;
  expect(within(row).getByText("faulted")).toBeInTheDocument();

  items = [running("run_c"), faulted("run_b"), run("run_a")];
  await user.click(more);
  await waitFor(() => expect(ids()).toEqual(["run_c", "run_b", "run_a"]));
  expect(screen.queryByRole("button", { name: /new run/ })).toBeNull();
});

it("announces only what fits the filter", async () => {
  const { feeds } = show({ "GET /api/v1/runs": list(faulted("run_a")) }, "/runs?status=faulted");
  await screen.findByText("run_a");
  act(() => {
    const feed = feeds.at("/feed");
    feed.opened();
    feed.send(lifecycle("started", running("run_x"), "1"));
    feed.send(lifecycle("faulted", faulted("run_y"), "2"));
    feed.send(lifecycle("faulted", faulted("run_z"), "3"));
  });
  expect(await screen.findByRole("button", { name: "2 new runs: show" })).toBeInTheDocument();
});
