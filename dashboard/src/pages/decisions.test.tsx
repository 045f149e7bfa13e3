import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import {
  agent, answeredBy, appointment, approval, decision, gap, governance, list, noPack, outreach, ownerEvent, person, record, salonPack,
} from "../../test/owner_samples";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { DecisionPage } from "./decision";
import { DecisionsPage } from "./decisions";

const url = "GET /api/v1/autonomous/decisions";
const around = {
  "GET /api/v1/packs": salonPack, "GET /api/v1/autonomous/governance": governance,
  "GET /api/v1/autonomous/agents": list(agent("gap_fill_agent")),
};
const show = (answers: Answers, path = "/decisions") => renderPage(<DecisionsPage />, { ...around, ...answers }, path);
const rows = () => [...document.querySelectorAll<HTMLElement>("[data-decision]")].map((row) => row.dataset.decision);

it("tells nothing yet from nothing that fits, and from no pack", async () => {
  const first = show({ [url]: list() });
  expect(await screen.findByText("Nothing was decided yet")).toBeInTheDocument();
  first.unmount();
  const second = show({ [url]: list() }, "/decisions?status=failed");
  expect(await screen.findByText("No decision fits this filter")).toBeInTheDocument();
  second.unmount();
  show({ [url]: list(), "GET /api/v1/packs": noPack });
  expect(await screen.findByRole("button", { name: "Install the salon pack" })).toBeInTheDocument();
});

it("says that it is loading, and what failed", async () => {
  const { unmount } = show({ [url]: "never" });
  expect(screen.getByRole("status", { name: "Loading decisions" })).toBeInTheDocument();
  unmount();
  show({ [url]: refused(500, "no store") });
  expect(await screen.findByText("no store")).toBeInTheDocument();
});

it("filters by agent, type and outcome, and keeps that in the address", async () => {
  const { user, location, requests } = show({ [url]: list(decision("dec_1")) }, "/decisions?status=pending");
  await screen.findByRole("link", { name: "Offer the gap dec_1" });
  expect(screen.getByRole("combobox", { name: "Outcome" })).toHaveValue("pending");
  await user.selectOptions(await screen.findByRole("combobox", { name: "Agent" }), "Fills gaps");
  await user.selectOptions(screen.getByRole("combobox", { name: "Type" }), "Gap fill");
  expect(location.history.at(-1)).toBe("/decisions?status=pending&agent_name=gap_fill_agent&decision_type=gap_fill");
  await waitFor(() =>
    expect(requests.some((one) => one.line === `${url}?agent_name=gap_fill_agent&decision_type=gap_fill&status=pending&limit=50`)).toBe(true),
  );
});

it("pages through many", async () => {
  const { user } = show({ [url]: { items: [decision("dec_1")], next: "c1" }, [`${url}?limit=50&cursor=c1`]: list(decision("dec_2")) });
  await user.click(await screen.findByRole("button", { name: "Load older decisions" }));
  await waitFor(() => expect(rows()).toEqual(["dec_1", "dec_2"]));
});

it("changes rows in place and announces new ones", async () => {
  let items = [decision("dec_1")];
  const { user, feeds } = show({
    [url]: () => list(...items),
    "GET /api/v1/autonomous/decisions/dec_1": decision("dec_1", { outcome: { status: "success" } }),
  });
  await screen.findByRole("link", { name: "Offer the gap dec_1" });
  items = [decision("dec_2"), decision("dec_1", { outcome: { status: "success" } })];
  act(() => {
    const feed = feeds.at("/feed");
    feed.opened();
    feed.send(ownerEvent("autonomous.decision", "decisions/dec_2", { agent_name: "gap_fill_agent" }));
    feed.send(ownerEvent("decision.closed", "decisions/dec_1"));
  });
  const more = await screen.findByRole("button", { name: "1 new decision: show" });
  const row = document.querySelector<HTMLElement>("[data-decision=dec_1]")!;
  expect(await within(row).findByText("Success")).toBeInTheDocument();
  expect(rows()).toEqual(["dec_1"]);
  await user.click(more);
  await waitFor(() => expect(rows()).toEqual(["dec_2", "dec_1"]));
});

it("does not announce what does not fit the filter", async () => {
  const { feeds } = show({ [url]: list(decision("dec_1")) }, "/decisions?agent_name=gap_fill_agent");
  await screen.findByRole("link", { name: "Offer the gap dec_1" });
  act(() => {
    const feed = feeds.at("/feed");
    feed.opened();
    feed.send(ownerEvent("autonomous.decision", "decisions/dec_8", { agent_name: "retention_agent" }));
    feed.send(ownerEvent("autonomous.decision", "decisions/dec_9", { agent_name: "gap_fill_agent" }));
  });
  expect(await screen.findByRole("button", { name: "1 new decision: show" })).toBeInTheDocument();
});

const one = "GET /api/v1/autonomous/decisions/dec_1";
const success = decision("dec_1", {
  approval: { required: true, status: "approved", approval_id: "apr_1" },
  revenue_impact: { potential: 500, actual: 600, currency: "INR" },
  outcome: { status: "success", result: "booked", completed_at: "2026-11-21T06:20:00Z", booking_created_id: "apt_1" },
});
const accepted = outreach("out_1", {
  status: "responded", response: { received: true, action: "accepted", text: "Yes please", responded_at: "2026-11-21T06:20:00Z" },
});
const { id: _id, ...acceptedData } = accepted;
const parts: Answers = {
  [one]: success,
  "GET /api/v1/autonomous/gaps/gap_1": gap("gap_1", { status: "filled" }),
  "GET /api/v1/autonomous/approvals/apr_1": answeredBy(approval("apr_1"), "approved", "Asha"),
  "GET /api/v1/records/outreach?limit=200&filter=%7B%22decision_id%22%3A%22dec_1%22%7D": list(record("out_1", acceptedData)),
  "GET /api/v1/records/appointments/apt_1": record("apt_1", appointment()),
  "GET /api/v1/records/customers/cust_1": record("cust_1", { name: "Priya Sharma" }),
  "GET /api/v1/records/staff/staff_1": record("staff_1", person("Rahul Kumar")),
  "GET /api/v1/records/audit_logs?limit=200&filter=%7B%22resource_id%22%3A%22dec_1%22%7D": list(
    record("log_2", { event_type: "approval_granted", severity: "info", actor: "Asha", action: "Approved", created_at: "2026-11-21T06:04:00Z" }),
    record("log_1", { event_type: "decision_made", severity: "info", actor: "gap_fill_agent", action: "Decision: gap_fill", created_at: "2026-11-21T06:00:00Z" }),
  ),
};
const showOne = (answers: Answers) => renderPage(<DecisionPage id="dec_1" />, { ...around, ...answers }, "/decisions/dec_1");

it("tells a decision from the gap to the money, with its audit log", async () => {
  showOne(parts);
  const chain = await screen.findByRole("list", { name: "From the event to the outcome" });
  for (const text of ["A gap of 60 min with Rahul Kumar", "Approved by Asha", "Message to Priya Sharma", "Yes please", "₹600 earned"]) {
    expect(await within(chain).findByText(text)).toBeInTheDocument();
  }
  expect(within(chain).getByRole("link", { name: /^Booked/ })).toHaveAttribute("href", "/salon?date=2026-11-21");
  const log = await screen.findByRole("list", { name: "Audit log, oldest first" });
  expect(within(log).getAllByRole("listitem").map((entry) => entry.textContent)).toEqual([
    expect.stringContaining("Decision: gap_fill"), expect.stringContaining("Approved"),
  ]);
});

it("goes on as its events come in", async () => {
  let now = decision("dec_1");
  const { feeds } = showOne({ ...parts, [one]: () => now });
  expect(await screen.findByText("Up to ₹500 possible")).toBeInTheDocument();
  now = success;
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(ownerEvent("decision.closed", "decisions/dec_1"));
  });
  expect(await screen.findByText("₹600 earned")).toBeInTheDocument();
});

it("shows a decision whose parts are gone, and says that one does not exist", async () => {
  const { unmount } = showOne({ [one]: success });
  expect(await screen.findByText("₹600 earned")).toBeInTheDocument();
  expect(await screen.findByText("Audit log", { selector: "h2" })).toBeInTheDocument();
  unmount();
  showOne({});
  expect(await screen.findByText("Decision dec_1 does not exist")).toBeInTheDocument();
});
