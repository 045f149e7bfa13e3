import { Text } from "@codemirror/state";
import { expect, it } from "vitest";
import { jsonProblem, rangeOf } from "./problems";

const text = Text.of(["do:", "  - a:", "      swich: []", ""]);
const marked = (line: number, column: number) => {
  const { from, to } = rangeOf(text, { line, column, message: "" });
  return text.sliceString(from, to);
};

it("marks the word a problem stands at", () => expect(marked(3, 7)).toBe("swich"));
it("marks the line where there is no word", () => expect(marked(1, 4)).toBe("do:"));
it("stays inside the text for places beyond it", () => {
  expect(marked(99, 99)).toBe("");
  expect(marked(2, 99)).toBe("  - a:");
});

it("finds nothing wrong with JSON", () => expect(jsonProblem('{"a":[1]}')).toBeNull());
it("says where JSON breaks", () => {
  expect(jsonProblem('{\n  "a": 1,\n  b\n}')).toMatchObject({ line: 3, column: 3 });
});
it("says that JSON ends too early at its end", () => {
  expect(jsonProblem('{\n  "a":')).toMatchObject({ line: 2 });
});
