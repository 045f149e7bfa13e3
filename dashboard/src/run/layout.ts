/**
 * Where the graph's boxes and lines go. Workflows are structured, so no general graph layout is
 * needed: a scope is laid out in ranks from top to bottom (a task stands below everything that can
 * lead to it), a task with scopes of its own is a frame around them, and lines that pass over ranks
 * run beside the column. Pure arithmetic: no DOM, same picture every time. Units are pixels.
 */
import type { Scope, TaskOutline } from "./outline";

export interface Box {
  /** The task's pointer; "start" and "end" for the two ends of the workflow. */
  id: string;
  kind: "task" | "frame" | "scope" | "terminal";
  task: TaskOutline | null;
  label: string;
  /** Relative to the parent box. */
  x: number;
  y: number;
  width: number;
  height: number;
  parent: string | null;
}

export interface Line {
  id: string;
  from: string;
  to: string;
  label: string | null;
  /** Set when the line runs beside the column: absolute x of its vertical part. */
  rail: number | null;
}

export interface Picture {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

export const sizes = {
  taskWidth: 208,
  taskHeight: 54,
  terminalWidth: 72,
  terminalHeight: 28,
  rankGap: 40,
  labelGap: 18,
  columnGap: 24,
  padding: 16,
  header: 48,
  scopeHeader: 26,
  rail: 18,
};

interface Link {
  from: number;
  to: number;
  label: string | null;
}

/** A block whose own place is not known yet: boxes and rails are relative to it. */
interface Laid {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
}

const leaves = (target: string) => target === "exit" || target === "end";

/** Who leads to whom inside a scope; the index `tasks.length` is the scope's end. */
function linksOf(tasks: readonly TaskOutline[]): Link[] {
  const end = tasks.length;
  const byName = new Map(tasks.map((task, index) => [task.name, index]));
  const resolve = (target: string | null, index: number) => {
    if (target === null || target === "continue") return index + 1;
    return leaves(target) ? end : (byName.get(target) ?? index + 1);
  };
  return tasks.flatMap((task, index) => {
    if (task.kind === "raise") return [];
    const links: Link[] = task.cases.map((one) => ({
      from: index,
      to: resolve(one.then, index),
      label: one.name,
    }));
    const exhaustive = task.cases.some((one) => one.when === null);
    if (!exhaustive) {
      const label = task.cases.length > 0 ? "otherwise" : null;
      links.push({ from: index, to: resolve(task.then, index), label });
    }
    // Cases that lead to the same task share a line.
    const merged = new Map<number, Link>();
    for (const link of links) {
      const same = merged.get(link.to);
      if (same) same.label = [same.label, link.label].filter(Boolean).join(", ") || null;
      else merged.set(link.to, link);
    }
    return [...merged.values()];
  });
}

function ranksOf(count: number, links: readonly Link[]): number[] {
  const ranks: number[] = [];
  for (let i = 0; i <= count; ++i) {
    const before = links.filter((link) => link.to === i && link.from < i);
    const reached = before.map((link) => ranks[link.from]! + 1);
    // A task nothing leads to (behind an `exit`) stands below its predecessor.
    ranks.push(reached.length > 0 ? Math.max(...reached) : i === 0 ? 0 : ranks[i - 1]! + 1);
  }
  // The end stands below all.
  ranks[count] = Math.max(ranks[count]!, ...ranks.slice(0, count).map((rank) => rank + 1));
  return ranks;
}

function shift(laid: Laid, x: number, y: number): void {
  for (const box of laid.boxes) {
    if (box.parent !== null) continue;
    box.x += x;
    box.y += y;
  }
}

function layTask(task: TaskOutline): Laid {
  if (task.scopes.length === 0) {
    const { taskWidth: width, taskHeight: height } = sizes;
    const box: Box = {
      id: task.pointer, kind: "task", task, label: task.name, x: 0, y: 0, width, height, parent: null,
    };
    return { width, height, boxes: [box], lines: [] };
  }
  const frame: Box = {
    id: task.pointer, kind: "frame", task, label: task.name, x: 0, y: 0, width: 0, height: 0, parent: null,
  };
  const result: Laid = { width: 0, height: 0, boxes: [frame], lines: [] };
  const named = task.scopes.length > 1 || task.scopes[0]!.role === "catch";
  let x = sizes.padding;
  let tallest = 0;
  for (const scope of task.scopes) {
    const inner = scope.role === "branches" ? layBranches(scope) : layScope(scope);
    const top = named ? sizes.scopeHeader : 0;
    if (named) {
      result.boxes.push({
        id: scope.pointer,
        kind: "scope",
        task: null,
        label: scope.role,
        x,
        y: sizes.header,
        width: inner.width + 2 * sizes.padding,
        height: inner.height + top + sizes.padding,
        parent: task.pointer,
      });
      adoptInto(result, inner, scope.pointer, sizes.padding, top);
      x += inner.width + 2 * sizes.padding + sizes.padding;
      tallest = Math.max(tallest, inner.height + top + sizes.padding);
    } else {
      adoptInto(result, inner, task.pointer, x, sizes.header);
      x += inner.width + sizes.padding;
      tallest = Math.max(tallest, inner.height);
    }
  }
  frame.width = Math.max(x, sizes.taskWidth + 2 * sizes.padding);
  frame.height = sizes.header + tallest + sizes.padding;
  result.width = frame.width;
  result.height = frame.height;
  return result;
}

function adoptInto(result: Laid, inner: Laid, parent: string, x: number, y: number): void {
  shift(inner, x, y);
  for (const box of inner.boxes) if (box.parent === null) box.parent = parent;
  result.boxes.push(...inner.boxes);
  result.lines.push(...inner.lines);
}

function layBranches(scope: Scope): Laid {
  const result: Laid = { width: 0, height: 0, boxes: [], lines: [] };
  for (const task of scope.tasks) {
    const laid = layTask(task);
    shift(laid, result.width === 0 ? 0 : result.width + sizes.columnGap, 0);
    result.width += laid.width + (result.width === 0 ? 0 : sizes.columnGap);
    result.height = Math.max(result.height, laid.height);
    result.boxes.push(...laid.boxes);
    result.lines.push(...laid.lines);
  }
  return result;
}

/** `terminals`: with the workflow's start and end, for the outermost scope. */
function layScope(scope: Scope, terminals = false): Laid {
  const { tasks } = scope;
  const links = linksOf(tasks).filter((link) => terminals || link.to < tasks.length);
  const ranks = ranksOf(tasks.length, links);
  const laidTasks = tasks.map(layTask);
  const rankCount = ranks[tasks.length]!;
  const rows = Array.from({ length: rankCount }, (_, rank) =>
    tasks.map((_task, index) => index).filter((index) => ranks[index] === rank),
  );
  const rowWidth = (row: number[]) =>
    row.reduce((sum, index) => sum + laidTasks[index]!.width, 0) +
    sizes.columnGap * Math.max(0, row.length - 1);
  const column = Math.max(sizes.taskWidth, ...rows.map(rowWidth));

  // Lines that pass over ranks, or go back, run on a rail: forward on the right, back on the left.
  const beside = links.filter((link) => ranks[link.to]! - ranks[link.from]! !== 1);
  const right = beside.filter((link) => link.to > link.from);
  const left = beside.filter((link) => link.to <= link.from);
  const margin = (count: number) => (count === 0 ? 0 : count * sizes.rail + 6);
  const originX = margin(left.length);
  const result: Laid = {
    width: originX + column + margin(right.length),
    height: 0,
    boxes: [],
    lines: [],
  };

  const terminal = (id: string, label: string, y: number): Box => ({
    id,
    kind: "terminal",
    task: null,
    label,
    x: originX + (column - sizes.terminalWidth) / 2,
    y,
    width: sizes.terminalWidth,
    height: sizes.terminalHeight,
    parent: null,
  });

  let y = 0;
  if (terminals) {
    result.boxes.push(terminal("start", "Start", 0));
    y += sizes.terminalHeight + sizes.rankGap;
  }
  rows.forEach((row, rank) => {
    let x = originX + (column - rowWidth(row)) / 2;
    let tallest = 0;
    for (const index of row) {
      const laid = laidTasks[index]!;
      shift(laid, x, y);
      x += laid.width + sizes.columnGap;
      tallest = Math.max(tallest, laid.height);
      result.boxes.push(...laid.boxes);
      result.lines.push(...laid.lines);
    }
    const labelled = links.some((link) => link.label && ranks[link.from] === rank);
    y += tallest + sizes.rankGap + (labelled ? sizes.labelGap : 0);
  });
  if (terminals) {
    result.boxes.push(terminal("end", "End", y));
    y += sizes.terminalHeight;
  } else {
    y -= sizes.rankGap;
  }
  result.height = Math.max(y, 0);

  const idOf = (index: number) => (index === tasks.length ? "end" : tasks[index]!.pointer);
  if (terminals && tasks.length > 0) {
    result.lines.push({ id: `start>${idOf(0)}`, from: "start", to: idOf(0), label: null, rail: null });
  }
  for (const link of links) {
    const onRight = right.indexOf(link);
    const onLeft = left.indexOf(link);
    const rail =
      onRight >= 0
        ? originX + column + (onRight + 1) * sizes.rail
        : onLeft >= 0
          ? originX - (onLeft + 1) * sizes.rail
          : null;
    const [from, to] = [idOf(link.from), idOf(link.to)];
    // The rail is relative to its scope until the scope has its place.
    result.lines.push({ id: `${from}>${to}`, from, to, label: link.label, rail });
  }
  return result;
}

/** Lays out the whole workflow, with rails made absolute. */
export function layout(outline: Scope): Picture {
  const laid = layScope(outline, true);
  const byId = new Map(laid.boxes.map((box) => [box.id, box]));
  const offsetOf = (id: string | null): number => {
    const box = id === null ? undefined : byId.get(id);
    return box ? box.x + offsetOf(box.parent) : 0;
  };
  const innerX = (box: Box | undefined): number => {
    if (!box || box.parent === null) return 0;
    const parent = byId.get(box.parent)!;
    // A scope's content begins at its padding inside of the frame that holds it.
    return offsetOf(box.parent) + (parent.kind === "terminal" ? 0 : sizes.padding);
  };
  for (const line of laid.lines) {
    if (line.rail !== null) line.rail += innerX(byId.get(line.from));
  }
  return { boxes: laid.boxes, lines: laid.lines, width: laid.width, height: laid.height };
}
