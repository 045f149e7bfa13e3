import { describe, expect, it } from "vitest";
import type { JsonObject } from "../api/types";
import { layout, type Box, type Picture } from "./layout";
import { allTasks, outlineOf } from "./outline";

const set = { set: { a: 1 } };
const picture = (tasks: JsonObject[]) => layout(outlineOf({ do: tasks }));
const box = (p: Picture, id: string): Box => p.boxes.find((one) => one.id === id)!;
const lines = (p: Picture) => p.lines.map((line) => `${line.from}>${line.to}`);

/** No two boxes of one parent may overlap, and none may leave its parent. */
function expectTidy(p: Picture) {
  for (const a of p.boxes) {
    const parent = a.parent === null ? { width: p.width, height: p.height } : box(p, a.parent);
    expect(a.x, `${a.id} left`).toBeGreaterThanOrEqual(0);
    expect(a.x + a.width, `${a.id} right`).toBeLessThanOrEqual(parent.width);
    expect(a.y + a.height, `${a.id} bottom`).toBeLessThanOrEqual(parent.height);
    for (const b of p.boxes) {
      if (a.id >= b.id || a.parent !== b.parent) continue;
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(apart, `${a.id} and ${b.id} overlap`).toBe(true);
    }
  }
}

describe("layout", () => {
  it("stacks a sequence between start and end", () => {
    const p = picture([{ a: set }, { b: set }]);
    expect(lines(p)).toEqual(["start>/do/0/a", "/do/0/a>/do/1/b", "/do/1/b>end"]);
    expect(box(p, "/do/0/a").y).toBeLessThan(box(p, "/do/1/b").y);
    expectTidy(p);
  });

  it("draws a workflow without tasks as its two ends", () => {
    expect(picture([]).boxes.map((one) => one.id)).toEqual(["start", "end"]);
  });

  it("puts the branches of a switch side by side and names their lines", () => {
    const p = picture([
      { route: { switch: [{ big: { when: ".n > 5", then: "b" } }, { small: { then: "c" } }] } },
      { b: { ...set, then: "end" } },
      { c: set },
    ]);
    expect(box(p, "/do/1/b").y).toBe(box(p, "/do/2/c").y);
    expect(p.lines.find((line) => line.to === "/do/1/b")?.label).toBe("big");
    expect(p.lines.find((line) => line.to === "/do/2/c")?.label).toBe("small");
    expect(lines(p)).toContain("/do/1/b>end");
    expect(lines(p)).not.toContain("/do/1/b>/do/2/c");
    expectTidy(p);
  });

  it("adds the way on of a switch without a default", () => {
    const p = picture([{ s: { switch: [{ x: { when: ".x", then: "end" } }] } }, { next: set }]);
    expect(p.lines.find((line) => line.to === "/do/1/next")?.label).toBe("otherwise");
  });

  it("runs lines over ranks on the right and back on the left", () => {
    const p = picture([
      { a: { switch: [{ skip: { when: ".x", then: "c" } }] } },
      { b: set },
      { c: { ...set, then: "a" } },
    ]);
    const over = p.lines.find((line) => line.from === "/do/0/a" && line.to === "/do/2/c")!;
    const back = p.lines.find((line) => line.from === "/do/2/c")!;
    const column = box(p, "/do/1/b");
    expect(over.rail).toBeGreaterThan(column.x + column.width);
    expect(back.rail).toBeLessThan(column.x);
    expectTidy(p);
  });

  it("frames loops, forks and try with its catch, at any depth", () => {
    const p = picture([
      {
        each: {
          for: { each: "x", in: ".xs" },
          do: [
            {
              guarded: {
                try: [{ call: { call: "http", with: { method: "get", endpoint: "http://x" } } }],
                catch: { do: [{ repair: set }, { report: set }] },
              },
            },
            { par: { fork: { branches: [{ l: set }, { r: { do: [{ deep: set }] } }] } } },
          ],
        },
      },
    ]);
    const call = box(p, "/do/0/each/do/0/guarded/try/0/call");
    expect(call.parent).toBe("/do/0/each/do/0/guarded/try");
    expect(box(p, call.parent!).label).toBe("try");
    const l = box(p, "/do/0/each/do/1/par/fork/branches/0/l");
    const r = box(p, "/do/0/each/do/1/par/fork/branches/1/r");
    expect(l.y).toBe(r.y);
    expect(r.kind).toBe("frame");
    expectTidy(p);
  });

  it("keeps parents before children, as the graph needs them", () => {
    const p = picture([{ o: { do: [{ i: { do: [{ d: set }] } }] } }]);
    const seen = new Set<string>();
    for (const one of p.boxes) {
      if (one.parent !== null) expect(seen.has(one.parent)).toBe(true);
      seen.add(one.id);
    }
  });
});

it("summarizes what tasks do", () => {
  const tasks = allTasks(
    outlineOf({
      do: [
        { c: { call: "http", with: { method: "post", endpoint: { uri: "https://a/b" } } } },
        { w: { wait: { seconds: 5 } } },
        { f: { for: { each: "pet", in: ".pets" }, do: [{ x: set }] } },
        { r: { raise: { error: { type: "https://x/errors/timeout", status: 408 } } } },
        { s: { set: { a: 1, b: 2 } } },
        { odd: { dance: true } },
      ],
    }),
  );
  expect(tasks.map((task) => [task.kind, task.summary])).toEqual([
    ["call", "POST https://a/b"],
    ["wait", "5 s"],
    ["for", "each pet in .pets"],
    ["set", "a"],
    ["raise", "timeout"],
    ["set", "a, b"],
    ["task", ""],
  ]);
});
