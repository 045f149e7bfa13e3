import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { faulted, history, lifecycle, run, running, taskEvent, workflow } from "../../test/samples";
import { RunPage } from "./run";

const base: Answers = {
  "GET /api/v1/workflows/shop/fulfil-order": workflow,
  "GET /api/v1/runs/run_1/events": { items: history, next: null },
  "GET /api/v1/runs/run_1": run("run_1"),
};
const show = (answers: Answers = {}, path = "/runs/run_1") =>
  renderPage(<RunPage id="run_1" />, { ...base, ...answers }, path);
const data = () => screen.getByRole("region", { name: "Data" });

it("says that it is loading", () => {
  show({ "GET /api/v1/runs/run_1": "never" });
  expect(screen.getByRole("status", { name: "Loading the run" })).toBeInTheDocument();
});

it("says that there is no such run", async () => {
  show({ "GET /api/v1/runs/run_1": refused(404, "no run run_1") });
  expect(await screen.findByText("Run run_1 does not exist")).toBeInTheDocument();
});

it("shows what is known when the definition and the history cannot be had", async () => {
  show({
    "GET /api/v1/workflows/shop/fulfil-order": refused(500, "gone"),
    "GET /api/v1/runs/run_1/events": refused(500, "no journal"),
  });
  expect(await screen.findByText("The definition could not be loaded")).toBeInTheDocument();
  expect(await screen.findByText("The history could not be loaded")).toBeInTheDocument();
  expect(within(data()).getByText("order")).toBeInTheDocument();
});

it("shows an empty history as such", async () => {
  show({
    "GET /api/v1/runs/run_1/events": { items: [], next: null },
    "GET /api/v1/runs/run_1": run("run_1", { status: "pending", started_at: null, ended_at: null }),
  });
  expect(await screen.findByText("No step yet")).toBeInTheDocument();
  expect(within(data()).getByText("Not there yet.")).toBeInTheDocument();
});

it("walks through the steps' data, there and back", async () => {
  const { user, location } = show();
  await screen.findByRole("button", { name: /^ship: completed/ });
  const next = within(data()).getByRole("button", { name: "Next step" });
  await user.click(next);
  expect(within(data()).getByText("Step 1 of 2")).toBeInTheDocument();
  expect(within(data()).getByText("/do/0/pay")).toBeInTheDocument();
  expect(within(data()).getByRole("region", { name: "Output" })).toHaveTextContent("paidtrue");
  expect(location.history.at(-1)).toBe("/runs/run_1?step=2");
  await user.click(next);
  expect(within(data()).getByRole("region", { name: "Output" })).toHaveTextContent("shippedtrue");
  expect(next).toBeDisabled();
  await user.click(within(data()).getByRole("button", { name: "Previous step" }));
  await user.click(within(data()).getByRole("button", { name: "Previous step" }));
  expect(within(data()).getByText("Whole run")).toBeInTheDocument();
});

it("leads from the error to the task where it happened", async () => {
  const events = [
    taskEvent(2, "started", "/do/0/pay", { name: "pay", input: 1 }),
    taskEvent(3, "faulted", "/do/0/pay", { name: "pay", error: { ...faulted("x").error! } }),
  ];
  const { user } = show({
    "GET /api/v1/runs/run_1": faulted("run_1"),
    "GET /api/v1/runs/run_1/events": { items: events, next: null },
  });
  const panel = await screen.findByRole("region", { name: "Error" });
  await screen.findByRole("button", { name: /^pay: faulted/ });
  await user.click(within(panel).getByRole("button", { name: "at pay" }));
  expect(within(data()).getByText("Step 1 of 1")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Cancel run" })).toBeNull();
});

it("follows a run live to its end, without a reload", async () => {
  let now = running("run_1");
  let items = history.slice(0, 1);
  const { feeds } = show({
    "GET /api/v1/runs/run_1": () => now,
    "GET /api/v1/runs/run_1/events": () => ({ items, next: null }),
  });
  await screen.findByRole("button", { name: /^pay: running/ });
  const feed = await waitFor(() => feeds.at("run=run_1"));
  act(() => {
    feed.opened("5");
    for (const one of history.slice(1, 3)) feed.send({ id: `t${one.seq}`, type: one.type, time: one.time, data: one });
  });
  expect(await screen.findByRole("button", { name: /^pay: completed/ })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /^ship: running/ })).toBeInTheDocument();
  now = run("run_1");
  items = history;
  act(() => feed.send(lifecycle("completed", now, "6")));
  expect(await screen.findByRole("button", { name: /^ship: completed/ })).toBeInTheDocument();
  await waitFor(() => expect(within(data()).getByRole("region", { name: "Output" })).toHaveTextContent("shipped"));
  await waitFor(() => expect(feed.closed).toBe(true));
});

it("suspends and resumes, and says why the server refused", async () => {
  let status: "running" | "suspended" = "running";
  const { user } = show({
    "GET /api/v1/runs/run_1": () => ({ ...running("run_1"), status }),
    "POST /api/v1/runs/run_1/suspend": () => {
      status = "suspended";
      return { ...running("run_1"), status };
    },
    "POST /api/v1/runs/run_1/resume": refused(409, "the run is not suspended"),
  });
  await user.click(await screen.findByRole("button", { name: "Suspend" }));
  await user.click(await screen.findByRole("button", { name: "Resume" }));
  expect(await screen.findByText("the run is not suspended")).toBeInTheDocument();
});

it("asks before it cancels", async () => {
  const { user, requests } = show({
    "GET /api/v1/runs/run_1": running("run_1"),
    "POST /api/v1/runs/run_1/cancel": run("run_1", { status: "cancelled" }),
  });
  await user.click(await screen.findByRole("button", { name: "Cancel run" }));
  const dialog = await screen.findByRole("dialog", { name: "Cancel this run?" });
  expect(requests.some((one) => one.line.startsWith("POST"))).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Cancel run" }));
  await waitFor(() => expect(requests.some((one) => one.line === "POST /api/v1/runs/run_1/cancel")).toBe(true));
});
