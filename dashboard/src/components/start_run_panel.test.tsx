import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { refused, renderPage } from "../../test/render_page";
import { workflow } from "../../test/samples";
import { StartRunPanel } from "./start_run_panel";

// The plain field stands in for the editor: what is tested is what the panel makes of the text.
vi.mock("../editor/code_editor", () => ({
  CodeEditor: ({ label, value, onChange }: { label: string; value: string; onChange: (v: string) => void }) => (
    <textarea aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} />
  ),
}));

const declared = {
  ...workflow,
  definition: { ...workflow.definition, input: { schema: { document: { required: ["order"] } } } },
};
const type = (text: string) => fireEvent.change(screen.getByRole("textbox"), { target: { value: text } });
let requests: { line: string; body: string | null }[];
let user: ReturnType<typeof renderPage>["user"];

beforeEach(() => {
  ({ requests, user } = renderPage(<StartRunPanel workflow={declared} />, {
    "POST /api/v1/workflows/shop/fulfil-order/runs": refused(400, "the tenant is full"),
  }));
});

it("says where the JSON breaks, and does not send it", () => {
  type('{\n "a": }');
  expect(screen.getByRole("status")).toHaveTextContent(/^Line 2:/);
  expect(screen.getByRole("button", { name: "Start run" })).toBeDisabled();
});

it("names what the declared input still needs", () => {
  type("{}");
  expect(screen.getByRole("status")).toHaveTextContent("also needs order");
  type('{"order":1}');
  expect(screen.getByRole("status")).toHaveTextContent("Valid JSON.");
});

it("shows why the server refused", async () => {
  type('{"order": 1}');
  await user.click(screen.getByRole("button", { name: "Start run" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("the tenant is full");
  expect(requests[0]!.body).toBe('{"order":1}');
});
