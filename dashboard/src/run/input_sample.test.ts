import { expect, it } from "vitest";
import { inputSample, missingNames } from "./input_sample";

const definition = {
  input: {
    schema: {
      document: {
        type: "object",
        required: ["order", "items"],
        properties: {
          order: {
            type: "object",
            properties: { id: { type: "string" }, total: { type: "number", minimum: 1 }, kind: { enum: ["a"] } },
          },
          items: { type: "array", items: { type: "string" } },
          currency: { default: "EUR" },
          any: {},
        },
      },
    },
  },
};

it("makes an input from the declared schema", () => {
  expect(JSON.parse(inputSample(definition))).toEqual({
    order: { id: "", total: 1, kind: "a" },
    items: [""],
    currency: "EUR",
    any: null,
  });
});

it("starts from an empty object where nothing is declared", () => {
  expect(inputSample({})).toBe("{}");
  expect(inputSample({ input: { schema: { resource: { endpoint: "https://x" } } } })).toBe("{}");
});

it("names what is required and missing", () => {
  expect(missingNames(definition, { order: {} })).toEqual(["items"]);
  expect(missingNames(definition, 5)).toEqual(["order", "items"]);
  expect(missingNames({}, null)).toEqual([]);
});
