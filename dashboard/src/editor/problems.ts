/** Problems of a text, with where they stand, for the editor and the list beside it. */
import type { Text } from "@codemirror/state";

export interface TextProblem {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  message: string;
  /** What would have been right, if known. */
  expected?: string | undefined;
  pointer?: string | undefined;
}

/** The stretch of text to mark: the word at the place, or the rest of its line. */
export function rangeOf(text: Text, problem: TextProblem): { from: number; to: number } {
  const line = text.line(Math.min(Math.max(1, problem.line), text.lines));
  const from = Math.min(line.from + Math.max(0, problem.column - 1), line.to);
  const word = /^[^\s:,[\]{}]+/.exec(line.text.slice(from - line.from));
  const to = word ? from + word[0].length : line.to;
  return from === to ? { from: line.from, to: Math.max(line.to, line.from) } : { from, to };
}

/** Where JSON.parse stumbled. Engines say it differently, so the place is found by line or offset. */
export function jsonProblem(text: string): TextProblem | null {
  try {
    JSON.parse(text);
    return null;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const place = /line (\d+) column (\d+)/.exec(said);
    const message = said.replace(/^JSON\.parse: /, "").replace(/ in JSON at position.*$| \(line.*$|, "[\s\S]*$/, "");
    if (place) return { line: Number(place[1]), column: Number(place[2]), message };
    const offset = /position (\d+)/.exec(said);
    const before = text.slice(0, offset ? Number(offset[1]) : text.length);
    const lines = before.split("\n");
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message };
  }
}
