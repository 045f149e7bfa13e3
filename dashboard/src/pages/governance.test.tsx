import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { governance, ownerEvent } from "../../test/owner_samples";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { GovernancePage } from "./governance";

const url = "GET /api/v1/autonomous/governance";
const put = "PUT /api/v1/autonomous/governance";
const show = (answers: Answers) => renderPage(<GovernancePage />, answers, "/governance");
const hourly = () => screen.findByRole("textbox", { name: "Actions an hour" });

it("says that it is loading, and what failed", async () => {
  const { unmount } = show({ [url]: "never" });
  expect(screen.getByRole("status", { name: "Loading the rules" })).toBeInTheDocument();
  unmount();
  show({ [url]: refused(500, "no store") });
  expect(await screen.findByText("no store")).toBeInTheDocument();
});

it("shows what each type may do, and what it has earned and why", async () => {
  show({ [url]: governance });
  const row = await screen.findByRole("row", { name: /^Gap fill/ });
  expect(within(row).getByRole("combobox")).toHaveValue("supervised");
  expect(within(row).getByText("Not yet")).toBeInTheDocument();
  expect(within(row).getByText("17 of 19 approved, 90 % are needed")).toBeInTheDocument();
  expect(screen.getByRole("textbox", { name: "Approved" })).toHaveValue("90");
});

it("saves all of it, without what was earned, and without undoing a stop", async () => {
  let now = governance;
  const { user, requests } = show({ [url]: () => now, [put]: (body: string | null) => JSON.parse(body!) });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Autonomy of Gap fill" }), "full_auto");
  await user.click(screen.getByRole("button", { name: "Add a rule" }));
  const rule = screen.getByRole("group", { name: "Rule 2" });
  await user.type(within(rule).getByRole("textbox", { name: "Value" }), "price");
  await user.click(screen.getByRole("button", { name: "Remove rule 1" }));
  // Somebody else pauses while this is being edited.
  now = { ...governance, paused: true };
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(requests.some((one) => one.line === put)).toBe(true));
  const { earned: _earned, ...rest } = governance;
  expect(JSON.parse(requests.find((one) => one.line === put)!.body!)).toEqual({
    ...rest, paused: true, levels: { gap_fill: "full_auto", discount_offer: "supervised" },
    rules: [{ decision_type: "", field: "price", above: 0, level: "manual_only" }],
  });
  expect(await screen.findByText("Saved: it holds from now on.")).toBeInTheDocument();
});

it("does not send what can't be right", async () => {
  const { user, requests } = show({ [url]: governance });
  await user.clear(await hourly());
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("A number is needed")).toBeInTheDocument();
  expect(screen.getByText("One field is not right yet.")).toBeInTheDocument();
  await waitFor(async () => expect(await hourly()).toHaveFocus());
  expect(requests.some((one) => one.line === put)).toBe(false);
});

it("shows the server's problems at their fields", async () => {
  const { user } = show({
    [url]: governance,
    [put]: refused(422, "2 problems", { errors: [{ pointer: "/limits/hourly_actions", detail: "more than your plan has" }, { pointer: "/levels/x", detail: "unknown" }] }),
  });
  await user.type(await hourly(), "{Backspace}");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("more than your plan has")).toBeInTheDocument();
  expect(await hourly()).toHaveAttribute("aria-invalid", "true");
  expect(screen.getByText(/It was not saved: 2 problems/)).toHaveTextContent("/levels/x: unknown.");
  await user.type(await hourly(), "{Backspace}");
  expect(screen.queryByText("more than your plan has")).toBeNull();
});

it("takes in what others change, but not over what is being edited", async () => {
  let now = governance;
  const { user, feeds } = show({ [url]: () => now });
  await hourly();
  const change = (hourly_actions: number) => {
    now = { ...governance, limits: { ...governance.limits, hourly_actions } };
    act(() => feeds.at("/feed").send(ownerEvent("record.updated", "records/governance/current")));
  };
  act(() => feeds.at("/feed").opened());
  change(7);
  await waitFor(async () => expect(await hourly()).toHaveValue("7"));
  await user.click(screen.getByRole("switch", { name: /^All agents only pretend/ }));
  change(8);
  const take = await screen.findByRole("button", { name: "Take that, discard mine" });
  expect(await hourly()).toHaveValue("7");
  await user.click(take);
  expect(await hourly()).toHaveValue("8");
  expect(screen.getByRole("switch", { name: /^All agents only pretend/ })).not.toBeChecked();
});
