import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { agent, decision, governance, list, noPack, ownerEvent, salonPack, stopped } from "../../test/owner_samples";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { AgentPage } from "./agent";
import { AgentsPage } from "./agents";

const agentsUrl = "GET /api/v1/autonomous/agents";
const around = { "GET /api/v1/packs": salonPack, "GET /api/v1/autonomous/governance": governance };
const showAll = (answers: Answers) => renderPage(<AgentsPage />, { ...around, ...answers }, "/agents");
const showOne = (answers: Answers) =>
  renderPage(<AgentPage name="gap_fill_agent" />, { ...around, "GET /api/v1/autonomous/decisions": list(), ...answers }, "/agents/gap_fill_agent");

it("invites to install a pack where there are no agents", async () => {
  let installed = false;
  const { user, requests } = showAll({
    [agentsUrl]: () => (installed ? list(agent("gap_fill_agent")) : list()),
    "GET /api/v1/packs": () => (installed ? salonPack : noPack),
    "PUT /api/v1/packs/salon": () => {
      installed = true;
      return salonPack.items[0];
    },
  });
  expect(await screen.findByText("steward demo salon")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Install the salon pack" }));
  expect(await screen.findByRole("article", { name: "Fills gaps" })).toBeInTheDocument();
  expect(requests.find((one) => one.line.startsWith("PUT"))!.body).toBeNull();
});

it("says why a pack could not be installed", async () => {
  const { user } = showAll({ [agentsUrl]: list(), "GET /api/v1/packs": noPack, "PUT /api/v1/packs/salon": refused(409, "staff is declared otherwise") });
  await user.click(await screen.findByRole("button", { name: "Install the salon pack" }));
  expect(await screen.findByText("It was not installed: staff is declared otherwise")).toBeInTheDocument();
});

it("shows loading and failure", async () => {
  const { unmount } = showAll({ [agentsUrl]: "never" });
  expect(screen.getByRole("status", { name: "Loading agents" })).toBeInTheDocument();
  unmount();
  showAll({ [agentsUrl]: refused(500, "no store") });
  expect(await screen.findByText("no store")).toBeInTheDocument();
});

it("shows limits, counters and the next time of each", async () => {
  showAll({ [agentsUrl]: list(agent("gap_fill_agent")) });
  const card = await screen.findByRole("article", { name: "Fills gaps" });
  expect(within(card).getByRole("meter", { name: "Actions this hour" })).toHaveAttribute("aria-valuetext", "15 of 20");
  expect(within(card).getByRole("meter", { name: "Actions today" })).toHaveAttribute("aria-valuetext", "45 of 100");
  expect(within(card).getByText(/15 actions, ₹3,500/)).toBeInTheDocument();
  expect(within(card).getByText(/^in 3:\d\d min$/)).toBeInTheDocument();
  expect(within(card).getByText("95 %")).toBeInTheDocument();
});

it("shows a stopped agent's error and cool-down, and resets it", async () => {
  let state = stopped("gap_fill_agent");
  const { user } = showAll({
    [agentsUrl]: () => list(state),
    "POST /api/v1/autonomous/agents/gap_fill_agent/reset-circuit-breaker": () => (state = agent("gap_fill_agent")),
  });
  expect(await screen.findByText(/whatsapp answered 503/)).toBeInTheDocument();
  expect(screen.getByText(/tries again in (4:00|3:5\d) min/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Reset, let it act again" }));
  await waitFor(() => expect(screen.queryByText(/whatsapp answered 503/)).toBeNull());
});

it("pauses one agent, and says when that failed", async () => {
  const url = "PATCH /api/v1/autonomous/agents/gap_fill_agent";
  let state = agent("gap_fill_agent");
  const { user, requests, unmount } = showAll({ [agentsUrl]: () => list(state), [url]: () => (state = { ...state, status: "paused" }) });
  await user.click(await screen.findByRole("button", { name: "Pause Fills gaps" }));
  expect(await screen.findByRole("button", { name: "Resume Fills gaps" })).toBeInTheDocument();
  expect(requests.find((one) => one.line === url)!.body).toBe('{"status":"paused"}');
  unmount();
  const other = showAll({ [agentsUrl]: list(agent("gap_fill_agent")), [url]: refused(409, "it is being removed") });
  await other.user.click(await screen.findByRole("button", { name: "Pause Fills gaps" }));
  expect(await screen.findByText("it is being removed")).toBeInTheDocument();
});

it("pauses everything after asking, says so, and continues", async () => {
  let rules = governance;
  const { user, requests } = showAll({
    [agentsUrl]: list(agent("gap_fill_agent")),
    "GET /api/v1/autonomous/governance": () => rules,
    "PUT /api/v1/autonomous/governance": (body: string | null) => (rules = JSON.parse(body!)),
  });
  await user.click(await screen.findByRole("button", { name: "Pause everything" }));
  const dialog = await screen.findByRole("dialog");
  expect(requests.some((one) => one.line.startsWith("PUT"))).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Pause everything" }));
  expect(await screen.findByText("Everything is paused.")).toBeInTheDocument();
  const sent = JSON.parse(requests.find((one) => one.line.startsWith("PUT"))!.body!);
  expect(sent).toMatchObject({ paused: true, levels: governance.levels });
  expect(sent).not.toHaveProperty("earned");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(screen.queryByText("Everything is paused.")).toBeNull());
});

it("follows the feed", async () => {
  let state = agent("gap_fill_agent");
  const { feeds } = showAll({ [agentsUrl]: () => list(state) });
  await screen.findByRole("article", { name: "Fills gaps" });
  state = stopped("gap_fill_agent");
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(ownerEvent("agent.changed", "agents/gap_fill_agent"));
  });
  expect(await screen.findByText("Stopped after errors")).toBeInTheDocument();
});

it("shows one agent with its health, counters and decisions", async () => {
  showOne({
    "GET /api/v1/autonomous/agents/gap_fill_agent": agent("gap_fill_agent", { shadow: true }),
    "GET /api/v1/autonomous/decisions?agent_name=gap_fill_agent": list(decision("dec_1")),
  });
  expect(await screen.findByRole("heading", { name: "Fills gaps" })).toBeInTheDocument();
  expect(screen.getByText("Shadow")).toBeInTheDocument();
  expect(screen.getByText("150 ms")).toBeInTheDocument();
  expect(screen.getByRole("row", { name: /No-show prevention 5 ₹1,000/ })).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Offer the gap dec_1" })).toHaveAttribute("href", "/decisions/dec_1");
});

it("says that there is no such agent", async () => {
  showOne({});
  expect(await screen.findByText("Agent gap_fill_agent does not exist")).toBeInTheDocument();
});

it("saves settings, and shows problems at their fields", async () => {
  const url = "PUT /api/v1/autonomous/agents/gap_fill_agent/config";
  let answer: unknown = refused(422, "1 problem", { errors: [{ pointer: "/max_hourly_actions", detail: "more than the tenant may" }] });
  let state = agent("gap_fill_agent");
  const { user, requests } = showOne({
    "GET /api/v1/autonomous/agents/gap_fill_agent": () => state,
    [url]: () => answer,
  });
  const field = await screen.findByRole("textbox", { name: "Actions an hour" });
  await user.clear(field);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("A whole number, 0 or more")).toBeInTheDocument();
  await user.type(field, "50");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("more than the tenant may")).toBeInTheDocument();
  answer = state = agent("gap_fill_agent", { config: { ...state.config, max_hourly_actions: 50 }, shadow: true });
  await user.click(screen.getByRole("switch", { name: /^Shadow mode/ }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved")).toBeInTheDocument();
  expect(JSON.parse(requests.findLast((one) => one.line === url)!.body!)).toEqual({
    max_hourly_actions: 50, max_daily_actions: 100, cooldown_minutes: 5, custom: { tone: "warm" }, interval_minutes: 5, shadow: true,
  });
});

it("runs the agent now", async () => {
  const { user, requests } = showOne({
    "GET /api/v1/autonomous/agents/gap_fill_agent": agent("gap_fill_agent"),
    "POST /api/v1/internal/tasks/execute": {},
  });
  await user.click(await screen.findByRole("button", { name: "Run now" }));
  await waitFor(() => expect(requests.some((one) => one.line === "POST /api/v1/internal/tasks/execute" && one.body === '{"task_type":"gap_fill"}')).toBe(true));
});
