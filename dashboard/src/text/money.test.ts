import { expect, it } from "vitest";
import { formatMoney, formatShare } from "./money";
import { inWords } from "./words";

it("keeps whole amounts whole and shows parts in full", () => {
  expect(formatMoney(1500, "EUR")).toMatch(/1[.,]500/);
  expect(formatMoney(1500, "EUR")).not.toMatch(/[.,]00\D*$/);
  expect(formatMoney(12.5, "EUR")).toMatch(/12[.,]50/);
});

it("says nothing of what is not known, and survives an odd currency", () => {
  expect(formatMoney(null, "INR")).toBe("–");
  expect(formatMoney(500, "not a currency")).toBe("500");
  expect(formatMoney(500, undefined)).toBe("500");
  expect(formatShare(null)).toBe("–");
  expect(formatShare(0.953)).toBe("95 %");
});

it("spells out words that it has no better words for", () => {
  expect(inWords("full_auto")).toBe("Acts alone");
  expect(inWords("birthday_greeting")).toBe("Birthday greeting");
  expect(inWords(null)).toBe("–");
});
