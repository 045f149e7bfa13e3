import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { run, workflow } from "../../test/samples";
import { WorkflowPage } from "./workflow";

const show = (answers: Answers, path = "/workflows/shop/fulfil-order") =>
  renderPage(<WorkflowPage namespace="shop" name="fulfil-order" />, answers, path);
const url = "GET /api/v1/workflows/shop/fulfil-order";
const none = { items: [], next: null };

it("says that it is loading", () => {
  show({ [url]: "never" });
  expect(screen.getByRole("status", { name: "Loading the workflow" })).toBeInTheDocument();
});

it("says that there is no such workflow", async () => {
  show({ [url]: refused(404, "no workflow shop/fulfil-order") });
  expect(await screen.findByText("Workflow shop/fulfil-order does not exist")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

it("shows the definition and that it has not run", async () => {
  show({ [url]: workflow, "GET /api/v1/runs": none });
  expect(await screen.findByText("It has not run yet")).toBeInTheDocument();
  expect(await screen.findByRole("textbox", { name: "Definition as deployed" })).toBeInTheDocument();
});

it("lists its recent runs", async () => {
  const runs = Array.from({ length: 12 }, (_, i) => run(`run_${i}`));
  show({ [url]: workflow, "GET /api/v1/runs?workflow=shop%2Ffulfil-order": { items: runs, next: "x" } });
  const table = await screen.findByRole("table", { name: "Recent runs" });
  expect(within(table).getAllByRole("row")).toHaveLength(13);
});

it("shows another version when it is chosen", async () => {
  const { user, location } = show({
    [url]: workflow,
    [`${url}?version=0.9.0`]: { ...workflow, version: "0.9.0", title: "The old one" },
    "GET /api/v1/runs": none,
  });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Version" }), "0.9.0");
  expect(await screen.findByText(/The old one/)).toBeInTheDocument();
  expect(location.history.at(-1)).toContain("version=0.9.0");
});

it("starts a run with the input and goes to it", async () => {
  const { user, location, requests } = show({
    [url]: workflow,
    "GET /api/v1/runs": none,
    "POST /api/v1/workflows/shop/fulfil-order/runs": run("run_new", { status: "pending" }),
  });
  await user.click(await screen.findByRole("button", { name: "Start run" }));
  await waitFor(() => expect(location.history.at(-1)).toBe("/runs/run_new"));
  expect(requests.find((one) => one.line.startsWith("POST"))!.body).toBe("{}");
});
