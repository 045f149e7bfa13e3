import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const css = readFileSync("src/styles/app.css", "utf8");

function variables(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0]!;
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

const statuses = ["running", "waiting", "suspended", "completed", "faulted"];
const surfaces = ["page", "surface", "sunken", "hover"];
const pairs = [
  ...["text", "muted", "accent", ...statuses].flatMap((ink) => surfaces.map((under) => [ink, under])),
  ...statuses.map((status) => [status, `${status}-soft`]),
  ["pending", "neutral-soft"],
  ["cancelled", "neutral-soft"],
  ["accent", "accent-soft"],
  ["text", "accent-soft"],
  ["muted", "accent-soft"],
  ["text", "faulted-soft"],
  ["text", "waiting-soft"],
  ["text", "suspended-soft"],
  ["text", "neutral-soft"],
] as [string, string][];

it.each([":root", ':root[data-mantine-color-scheme="dark"]'])("text can be read in %s (AA)", (selector) => {
  const colours = variables(selector);
  const weak = pairs
    .map(([ink, under]) => ({ pair: `${ink} on ${under}`, ratio: contrast(colours[ink]!, colours[under]!) }))
    .filter(({ ratio }) => !(ratio >= 4.5));
  expect(weak).toEqual([]);
});
