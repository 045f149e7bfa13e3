import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { item } from "../../test/samples";
import { WorkflowsPage } from "./workflows";

const listed = (...items: unknown[]) => ({ items, next: null });
const show = (answers: Answers) => renderPage(<WorkflowsPage />, answers, "/workflows");

it("invites to deploy the first workflow", async () => {
  const { user } = show({ "GET /api/v1/workflows": listed() });
  await user.click(await screen.findByRole("button", { name: "Deploy the first one" }));
  expect(await screen.findByRole("dialog", { name: "Deploy a workflow" })).toBeInTheDocument();
});

it("says that it is loading", () => {
  show({ "GET /api/v1/workflows": "never" });
  expect(screen.getByRole("status", { name: "Loading workflows" })).toBeInTheDocument();
});

it("says what failed and tries again", async () => {
  let down = true;
  const { user } = show({ "GET /api/v1/workflows": () => (down ? refused(500, "disk full") : listed(item)) });
  expect(await screen.findByText("disk full")).toBeInTheDocument();
  down = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("fulfil-order")).toBeInTheDocument();
});

it("lists many and pages on", async () => {
  const many = Array.from({ length: 50 }, (_, i) => ({ ...item, name: `w${i}` }));
  const { user } = show({
    "GET /api/v1/workflows": { items: many, next: "more" },
    "GET /api/v1/workflows?cursor=more": listed({ ...item, name: "last" }),
  });
  expect(await screen.findByText("w49")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(await screen.findByText("last")).toBeInTheDocument();
  expect(screen.getAllByRole("row")).toHaveLength(52);
});

it("shows every problem of a refused definition, and goes to the workflow once it is accepted", async () => {
  const errors = [
    { pointer: "/do/0/greet/sett", detail: "unknown key `sett`", expected: "set", line: 8, column: 7 },
    { pointer: "/do/1", detail: "a task needs a name", line: 9, column: 3 },
  ];
  let answer: unknown = refused(422, "2 problems", { errors });
  const { user, location, requests } = show({
    "GET /api/v1/workflows": listed(),
    "POST /api/v1/workflows": () => answer,
  });
  await user.click(screen.getByRole("button", { name: "Deploy workflow" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Deploy" }));
  const problems = await screen.findByRole("alert", { name: "Problems" });
  expect(within(problems).getByText("2 problems")).toBeInTheDocument();
  expect(within(problems).getByText("8:7")).toBeInTheDocument();
  expect(within(problems).getByText("Expected: set")).toBeInTheDocument();
  await waitFor(() => expect(document.querySelector(".cm-content")).not.toBeNull(), { timeout: 5000 });
  const editor = screen.getByRole("textbox", { name: "Workflow definition" });
  await user.click(within(problems).getByRole("button", { name: /8:7/ }));
  await waitFor(() => expect(editor).toHaveFocus());

  answer = item;
  await user.click(within(dialog).getByRole("button", { name: "Deploy" }));
  await waitFor(() => expect(location.history.at(-1)).toBe("/workflows/shop/fulfil-order"));
  expect(requests.filter((one) => one.line.startsWith("POST"))[0]!.body).toContain("name: hello");
});

it("explains a version that is taken", async () => {
  const { user } = show({
    "GET /api/v1/workflows": listed(),
    "POST /api/v1/workflows": refused(409, "conflict"),
  });
  await user.click(screen.getByRole("button", { name: "Deploy workflow" }));
  await user.click(await screen.findByRole("button", { name: "Deploy" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Raise the version");
});
