/**
 * The definition as a tree of tasks: what the graph draws. Reads leniently, because the server has
 * already judged the definition; what it does not know it shows as a plain task.
 */
import type { Json, JsonObject } from "../api/types";

export type TaskKind =
  | "call"
  | "do"
  | "emit"
  | "for"
  | "fork"
  | "listen"
  | "raise"
  | "run"
  | "set"
  | "switch"
  | "try"
  | "wait"
  | "task";

const kinds: readonly TaskKind[] = [
  "call",
  "emit",
  "for",
  "fork",
  "listen",
  "raise",
  "run",
  "set",
  "switch",
  "try",
  "wait",
  // Last: a `for` has a `do` as well.
  "do",
];

export interface SwitchCase {
  name: string;
  when: string | null;
  /** A task of the same scope, or "continue", "exit", "end". */
  then: string;
}

/** Tasks that run one after another (or, as a fork's branches, side by side). */
export interface Scope {
  role: "do" | "try" | "catch" | "branches";
  /** JSON pointer of the array, e.g. "/do/0/outer/do". */
  pointer: string;
  tasks: TaskOutline[];
}

export interface TaskOutline {
  name: string;
  /** JSON pointer, as the run's events name the task. */
  pointer: string;
  kind: TaskKind;
  /** What it does in a few words, e.g. "GET https://…" or "5 s". */
  summary: string;
  then: string | null;
  condition: string | null;
  cases: SwitchCase[];
  scopes: Scope[];
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
const escape = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

function duration(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) return "";
  const units = { days: "d", hours: "h", minutes: "min", seconds: "s", milliseconds: "ms" };
  return Object.entries(units)
    .filter(([key]) => value[key] !== undefined)
    .map(([key, unit]) => `${String(value[key])} ${unit}`)
    .join(" ");
}

function endpoint(value: Json | undefined): string {
  if (isObject(value)) return textOf(value.uri) ?? "";
  return textOf(value) ?? "";
}

function summarize(kind: TaskKind, task: JsonObject): string {
  const body = task[kind];
  const withs = isObject(task.with) ? task.with : {};
  switch (kind) {
    case "call":
      if (body !== "http") return String(body ?? "");
      return `${(textOf(withs.method) ?? "get").toUpperCase()} ${endpoint(withs.endpoint)}`;
    case "for":
      if (!isObject(body)) return "";
      return `each ${textOf(body.each) ?? "item"} ${Array.isArray(body.in) ? `of ${body.in.length}` : `in ${textOf(body.in) ?? "…"}`}`;
    case "fork":
      return isObject(body) && body.compete === true ? "first branch wins" : "all branches";
    case "raise": {
      const error = isObject(body) ? body.error : null;
      if (!isObject(error)) return textOf(error) ?? "";
      return textOf(error.title) ?? (textOf(error.type) ?? "").split("/").at(-1) ?? "";
    }
    case "run": {
      if (!isObject(body)) return "";
      if (isObject(body.workflow)) return `workflow ${String(body.workflow.name ?? "")}`;
      return Object.keys(body)[0] ?? "";
    }
    case "set":
      return isObject(body) ? Object.keys(body).join(", ") : (textOf(body) ?? "");
    case "wait":
      return duration(body);
    case "emit": {
      const event = isObject(body) && isObject(body.event) ? body.event : {};
      return isObject(event.with) ? (textOf(event.with.type) ?? "") : "";
    }
    case "listen": {
      const to = isObject(body) && isObject(body.to) ? body.to : {};
      return `for ${Object.keys(to)[0] ?? "an event"}`;
    }
    case "switch":
      return Array.isArray(body) ? `${body.length} ${body.length === 1 ? "case" : "cases"}` : "";
    case "try": {
      const caught = isObject(task.catch) ? task.catch : {};
      return caught.retry !== undefined ? "with retry" : "";
    }
    default:
      return "";
  }
}

function switchCases(body: Json | undefined): SwitchCase[] {
  if (!Array.isArray(body)) return [];
  return body.filter(isObject).flatMap((entry) =>
    Object.entries(entry).map(([name, one]) => ({
      name,
      when: isObject(one) ? textOf(one.when) : null,
      then: (isObject(one) ? textOf(one.then) : null) ?? "continue",
    })),
  );
}

function scopesOf(kind: TaskKind, task: JsonObject, pointer: string): Scope[] {
  const caught = isObject(task.catch) ? task.catch : {};
  const fork = isObject(task.fork) ? task.fork : {};
  const candidates: [Scope["role"], string, Json | undefined][] =
    kind === "try"
      ? [
          ["try", `${pointer}/try`, task.try],
          ["catch", `${pointer}/catch/do`, caught.do],
        ]
      : kind === "fork"
        ? [["branches", `${pointer}/fork/branches`, fork.branches]]
        : [["do", `${pointer}/do`, task.do]];
  return candidates
    .map(([role, at, list]) => ({ role, pointer: at, tasks: readTasks(list, at) }))
    .filter((scope) => scope.tasks.length > 0);
}

function readTasks(list: Json | undefined, pointer: string): TaskOutline[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry, index) => {
    if (!isObject(entry)) return [];
    return Object.entries(entry).map(([name, body]) => {
      const task = isObject(body) ? body : {};
      const at = `${pointer}/${index}/${escape(name)}`;
      const kind = kinds.find((candidate) => task[candidate] !== undefined) ?? "task";
      return {
        name,
        pointer: at,
        kind,
        summary: summarize(kind, task),
        then: textOf(task.then),
        condition: textOf(task.if),
        cases: kind === "switch" ? switchCases(task.switch) : [],
        scopes: scopesOf(kind, task, at),
      };
    });
  });
}

export function outlineOf(definition: JsonObject): Scope {
  return { role: "do", pointer: "/do", tasks: readTasks(definition.do, "/do") };
}

/** Every task of a scope, outer before inner. */
export function allTasks(scope: Scope): TaskOutline[] {
  return scope.tasks.flatMap((task) => [task, ...task.scopes.flatMap(allTasks)]);
}
