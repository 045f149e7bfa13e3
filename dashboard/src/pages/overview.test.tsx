import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { noPack, ownerDashboard, ownerEvent, salonPack } from "../../test/owner_samples";
import { refused, renderPage } from "../../test/render_page";
import { faulted, lifecycle, run, running } from "../../test/samples";
import { OverviewPage } from "./overview";

const stats = {
  runs: { completed: 12345, faulted: 1 },
  version: "0.1.0",
  uptime_s: 3700,
  started_at: "2026-11-21T06:00:00Z",
};
const page = (...items: unknown[]) => ({ items, next: null });

it("shows a new server what to do first", async () => {
  renderPage(<OverviewPage />, { "GET /api/v1/stats": { ...stats, runs: {} }, "GET /api/v1/runs": page() });
  expect(await screen.findByText("Nothing has happened yet")).toBeInTheDocument();
  expect(await screen.findByText("No faults")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "0 running" })).toHaveAttribute("href", "/runs?status=running");
});

it("says that it is loading", () => {
  renderPage(<OverviewPage />, { "GET /": "never" });
  expect(screen.getByRole("status", { name: "Loading recent faults" })).toBeInTheDocument();
});

it("says that the server is down", async () => {
  renderPage(<OverviewPage />, {
    "GET /api/v1/stats": refused(503, "starting"),
    "GET /api/v1/runs": refused(503, "starting"),
  });
  expect(await screen.findByText("The server does not answer.")).toBeInTheDocument();
  expect(await screen.findByText("Recent faults could not be loaded")).toBeInTheDocument();
});

it("shows counts, faults and the newest runs", async () => {
  renderPage(<OverviewPage />, {
    "GET /api/v1/stats": stats,
    "GET /api/v1/runs?limit=20": page(run("run_done")),
    "GET /api/v1/runs?status=faulted": page(faulted("run_bad")),
  });
  expect(await screen.findByText("Steward 0.1.0, up 1 h 01 m")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "12345 completed" })).toBeInTheDocument();
  const faults = screen.getByRole("region", { name: "Recent faults" });
  expect(await within(faults).findByText("the bank does not answer")).toBeInTheDocument();
  const now = screen.getByRole("list", { name: /Latest events/ });
  expect(within(now).getByText("run_done")).toBeInTheDocument();
});

it("tells live what happens, and fetches faults again when there is a new one", async () => {
  const { feeds, requests } = renderPage(<OverviewPage />, {
    "GET /api/v1/stats": stats,
    "GET /api/v1/runs": page(),
  });
  await screen.findByText("Nothing has happened yet");
  const faultRequests = () => requests.filter((one) => one.line.includes("status=faulted")).length;
  expect(faultRequests()).toBe(1);
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(lifecycle("started", running("run_new"), "1"));
    feeds.at("/feed").send(lifecycle("faulted", faulted("run_new"), "2"));
  });
  const now = await screen.findByRole("list", { name: /Latest events/ });
  expect(within(now).getAllByRole("listitem").map((row) => row.querySelector("[data-status]")!.textContent)).toEqual([
    "faulted", "running",
  ]);
  await waitFor(() => expect(faultRequests()).toBe(2));
});

it("shows what agents brought where a pack is installed, and follows the feed", async () => {
  let now = ownerDashboard;
  const { feeds } = renderPage(<OverviewPage />, {
    "GET /api/v1/stats": stats, "GET /api/v1/runs": page(), "GET /api/v1/packs": salonPack, "GET /api/v1/autonomous/analytics/dashboard": () => now,
  });
  const panel = await screen.findByRole("region", { name: "What agents did for you" });
  for (const text of ["₹1,800", "₹9,000 in 7 days", "₹40,000", "75 % succeed"]) expect(within(panel).getByText(text)).toBeInTheDocument();
  expect(within(panel).getByRole("link", { name: /^Approvals/ })).toHaveAttribute("href", "/approvals");
  expect(within(panel).getByText(/discount_agent failed 5 times/)).toBeInTheDocument();
  now = { ...ownerDashboard, revenue: { ...ownerDashboard.revenue, today: 2400 } };
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(ownerEvent("decision.closed", "decisions/dec_1"));
  });
  expect(await within(panel).findByText("₹2,400")).toBeInTheDocument();
});

it("invites to install a pack where there is none", async () => {
  renderPage(<OverviewPage />, { "GET /api/v1/stats": stats, "GET /api/v1/runs": page(), "GET /api/v1/packs": noPack });
  expect(await screen.findByRole("button", { name: "Install the salon pack" })).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "What agents did for you" })).toBeNull();
});
