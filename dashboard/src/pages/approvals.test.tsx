import { onlineManager } from "@tanstack/react-query";
import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { answeredBy, approval, governance, haircut, list, noPack, ownerEvent, person, record, salonPack } from "../../test/owner_samples";
import { refused, renderPage, type Answers } from "../../test/render_page";
import type { Approval } from "../api/owner_types";
import { Shell } from "../shell/shell";
import { ApprovalsPage } from "./approvals";

const pendingUrl = "GET /api/v1/autonomous/approvals/pending";
const around = { "GET /api/v1/packs": salonPack, "GET /api/v1/autonomous/governance": governance };
const show = (answers: Answers, path = "/approvals") => renderPage(<ApprovalsPage />, { ...around, ...answers }, path);
const card = async (id: string) => (await screen.findAllByRole("article")).find((one) => one.dataset.approval === id)!;
const press = (id: string, name: string) => card(id).then((one) => within(one).getByRole("button", { name }));
const cards = () => [...document.querySelectorAll<HTMLElement>("[data-approval]")].map((one) => one.dataset.approval);
const actionUrl = (id: string) => `POST /api/v1/autonomous/approvals/${id}/action`;

/** A server on which it stops being pending the moment it is answered here. */
function refusing(id: string, detail: string, fields: Partial<Approval> = {}): Answers {
  let tried = false;
  return {
    [pendingUrl]: () => (tried ? list() : list(approval(id, fields))),
    [actionUrl(id)]: () => {
      tried = true;
      return refused(409, detail);
    },
  };
}

beforeEach(() => localStorage.clear());

it("says that nothing waits, or that there is nothing yet to wait for", async () => {
  const { unmount } = show({ [pendingUrl]: list() });
  expect(await screen.findByText("Nothing waits for you")).toBeInTheDocument();
  unmount();
  show({ [pendingUrl]: list(), "GET /api/v1/packs": noPack });
  expect(await screen.findByRole("button", { name: "Install the salon pack" })).toBeInTheDocument();
});

it("says that it is loading, and what failed", async () => {
  const { unmount } = show({ [pendingUrl]: "never" });
  expect(screen.getByRole("status", { name: "Loading approvals" })).toBeInTheDocument();
  unmount();
  show({ [pendingUrl]: refused(503, "starting") });
  expect(await screen.findByText("starting")).toBeInTheDocument();
});

it("shows what there is to know before one answers", async () => {
  show({ [pendingUrl]: list(approval("a", { priority: "urgent" })) });
  const one = await card("a");
  for (const text of ["Urgent", "Offer Priya the gap a", "Priya Sharma", "Rahul", "2:00 PM - 3:00 PM", "She comes every 11 days"]) {
    expect(within(one).getByText(text)).toBeInTheDocument();
  }
  expect(within(one).getByText(/₹500/)).toBeInTheDocument();
  expect(within(one).getByText(/expires in (10:00|9:5\d) min/)).toBeInTheDocument();
});

it("names staff and services that are known by their ids only", async () => {
  const details = { staff_id: "staff_1", service_id: "svc_1", time_slot: "2026-11-21T08:30:00Z" };
  show({
    [pendingUrl]: list(approval("a", { action_details: details })),
    "GET /api/v1/records/staff": list(record("staff_1", person("Rahul Kumar"))),
    "GET /api/v1/records/services": list(record("svc_1", haircut)),
  });
  const one = await card("a");
  expect(await within(one).findByText("Rahul Kumar")).toBeInTheDocument();
  expect(await within(one).findByText("Haircut")).toBeInTheDocument();
  expect(within(one).getByText(/14:00$/)).toBeInTheDocument();
});

it("approves at once on screen, and sends who did it", async () => {
  localStorage.setItem("steward.responder", '"Asha"');
  const { user, requests } = show({ [pendingUrl]: list(approval("a"), approval("b")), [actionUrl("a")]: "never" });
  await user.click(await press("a", "Approve"));
  expect(await within(await card("a")).findByText("Approved by Asha", { exact: false })).toBeInTheDocument();
  expect(within(await card("a")).queryByRole("button", { name: "Approve" })).toBeNull();
  expect(within(await card("b")).getByRole("button", { name: "Approve" })).toBeInTheDocument();
  const sent = requests.find((one) => one.line === actionUrl("a"))!;
  expect(JSON.parse(sent.body!)).toEqual({ action: "approve", responded_by: "Asha" });
});

it("opens it again when the answer did not arrive", async () => {
  const { user } = show({ [pendingUrl]: list(approval("a")), [actionUrl("a")]: refused(503, "the store is away") });
  await user.click(await press("a", "Reject"));
  const one = await card("a");
  expect(await within(one).findByRole("alert")).toHaveTextContent("Your answer did not arrive, so it is open again. the store is away");
  expect(within(one).getByRole("button", { name: "Reject" })).toBeInTheDocument();
  expect(within(one).queryByText(/^Rejected/)).toBeNull();
});

it("does not keep an answer for later while there is no network", async () => {
  const { user } = show({ [pendingUrl]: list(approval("a")), [actionUrl("a")]: refused(503, "no network") });
  const approve = await press("a", "Approve");
  onlineManager.setOnline(false);
  try {
    await user.click(approve);
    expect(await within(await card("a")).findByText(/Your answer did not arrive/)).toBeInTheDocument();
  } finally {
    onlineManager.setOnline(true);
  }
});

it("says who was faster when it was answered already", async () => {
  const { user } = show({
    ...refusing("a", "approval 'a' is rejected"),
    "GET /api/v1/autonomous/approvals/a": answeredBy(approval("a"), "rejected", "Meera"),
  });
  await user.click(await press("a", "Approve"));
  const one = await card("a");
  expect(await within(one).findByText("It was answered before your approval arrived. Rejected by Meera.")).toBeInTheDocument();
  expect(within(one).queryByRole("button", { name: "Approve" })).toBeNull();
  expect(within(one).queryByText(/^Approved/)).toBeNull();
});

it("says plainly that it expired", async () => {
  const { user } = show({
    ...refusing("a", "approval 'a' is expired", { expires_at: new Date(Date.now() - 1000).toISOString() }),
    "GET /api/v1/autonomous/approvals/a": approval("a", { status: "expired" }),
  });
  expect(within(await card("a")).getByText("time is up")).toBeInTheDocument();
  await user.click(await press("a", "Approve"));
  expect(await screen.findByText("It expired before your approval arrived. Nothing was done.")).toBeInTheDocument();
});

it("sends a note, and delegates to somebody", async () => {
  let one = approval("a");
  const { user, requests } = show({
    [pendingUrl]: () => list(one),
    [actionUrl("a")]: (body: string | null) => (one = { ...one, assigned_to: JSON.parse(body!).to }),
  });
  await user.click(within(await card("a")).getByRole("button", { name: /^More for/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Add a note" }));
  await user.type(await screen.findByRole("textbox", { name: "Note" }), "ask her first");
  await user.click(within(await card("a")).getByRole("button", { name: /^More for/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Delegate…" }));
  await user.type(await screen.findByRole("textbox", { name: "Delegate to" }), "Meera");
  await user.click(screen.getByRole("button", { name: "Delegate" }));
  expect(await screen.findByText("Delegated to Meera")).toBeInTheDocument();
  const sent = requests.find((one) => one.line === actionUrl("a"))!;
  expect(JSON.parse(sent.body!)).toEqual({ action: "delegate", to: "Meera", notes: "ask her first" });
});

it("announces new ones and holds still until they are asked for", async () => {
  let items = [approval("a")];
  const { user, feeds } = show({ [pendingUrl]: () => list(...items) });
  await card("a");
  items = [approval("b", { priority: "urgent" }), approval("a")];
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(ownerEvent("approval.requested", "approvals/b"));
  });
  const more = await screen.findByRole("button", { name: "1 new approval: show" });
  expect(cards()).toEqual(["a"]);
  await user.click(more);
  expect(cards()).toEqual(["b", "a"]);
});

it("tells what became of one that was answered elsewhere", async () => {
  let items = [approval("a"), approval("b")];
  const { feeds } = show({
    [pendingUrl]: () => list(...items),
    "GET /api/v1/autonomous/approvals/a": answeredBy(approval("a"), "approved", "Meera"),
  });
  await card("a");
  items = [approval("b")];
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(ownerEvent("approval.approved", "approvals/a"));
  });
  expect(await within(await card("a")).findByText(/Approved by Meera/)).toBeInTheDocument();
  expect(cards()).toEqual(["a", "b"]);
});

it("keeps a history of who answered and when", async () => {
  const answered = { ...answeredBy(approval("a"), "rejected", "Meera") };
  const { user } = show(
    { "GET /api/v1/autonomous/approvals?limit=50": list(approval("open"), answered, approval("old", { status: "expired" })) },
    "/approvals?tab=history",
  );
  expect(await screen.findByText(/By Meera, worth/)).toBeInTheDocument();
  expect(screen.getByText(/Nobody answered in time/)).toBeInTheDocument();
  expect(cards()).not.toContain("open");
  await user.selectOptions(screen.getByRole("combobox", { name: "Answer" }), "expired");
  expect(cards()).toEqual(["old"]);
});

it("counts in the navigation what waits, and less at once when one is answered", async () => {
  const { user } = renderPage(
    <Shell><ApprovalsPage /></Shell>,
    { ...around, [pendingUrl]: list(approval("a"), approval("b")), [actionUrl("a")]: "never" },
    "/approvals",
  );
  expect(await screen.findByRole("link", { name: /Approvals 2 waiting/ })).toBeInTheDocument();
  await user.click(await press("a", "Approve"));
  await waitFor(() => expect(screen.getByRole("link", { name: /Approvals 1 waiting/ })).toBeInTheDocument());
});
