// Judges a definition roughly as the server does: every problem at once, each at its line.
import { LineCounter, isMap, isSeq, parseDocument } from "yaml";

const kinds = [
  "call", "do", "emit", "for", "fork", "listen", "raise", "run", "set", "switch", "try", "wait",
];
const common = ["if", "input", "output", "export", "timeout", "then", "metadata"];
const companions = {
  call: ["with"], for: ["while", "do"], try: ["catch"], listen: ["foreach"], run: [], do: [],
};

/** Returns {definition, problems}; the definition counts only without problems. */
export function readDefinition(text) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2" });
  const problems = [];
  const at = (offset) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line, column: col };
  };
  const report = (pointer, node, detail, expected) =>
    problems.push({ pointer, detail, ...(expected && { expected }), ...at(node?.range?.[0]) });

  for (const error of document.errors) {
    problems.push({ pointer: "", detail: error.message.split("\n")[0], ...at(error.pos[0]) });
  }
  if (problems.length > 0) return { definition: null, problems };
  const root = document.contents;
  if (!isMap(root)) {
    report("", root, "a definition is an object", "document, do");
    return { definition: null, problems };
  }

  const head = root.get("document", true);
  if (!isMap(head)) report("/document", root, "`document` is missing", "an object");
  else {
    for (const key of ["dsl", "namespace", "name", "version"]) {
      if (typeof head.get(key) !== "string") {
        report(`/document/${key}`, head, `\`${key}\` is missing`, "text");
      }
    }
  }
  for (const pair of root.items) {
    if (!["document", "input", "output", "use", "do", "timeout", "schedule", "evaluate"].includes(pair.key.value)) {
      report(`/${pair.key.value}`, pair.key, `unknown key \`${pair.key.value}\``, "document, do, input, output, use");
    }
  }

  function tasks(list, pointer) {
    if (!isSeq(list) || list.items.length === 0) {
      report(pointer, list ?? root, "at least one task is needed", "a list of tasks");
      return;
    }
    const names = list.items.flatMap((item) => (isMap(item) ? item.items.map((p) => p.key.value) : []));
    list.items.forEach((item, index) => {
      if (!isMap(item) || item.items.length !== 1) {
        report(`${pointer}/${index}`, item, "a task is an object with one name", "name: {...}");
        return;
      }
      const [{ key, value }] = item.items;
      const here = `${pointer}/${index}/${key.value}`;
      if (names.indexOf(key.value) !== names.lastIndexOf(key.value) && names.indexOf(key.value) !== index) {
        report(here, key, `two tasks are named \`${key.value}\``, "names that differ within one list");
      }
      task(value, here, key, names);
    });
  }

  function target(node, pointer, names) {
    const to = node?.value;
    if (to !== undefined && !["continue", "exit", "end", ...names].includes(to)) {
      report(pointer, node, `there is no task \`${to}\` here`, `continue, exit, end, ${names.join(", ")}`);
    }
  }

  function task(node, pointer, key, names) {
    if (!isMap(node)) {
      report(pointer, key, "a task is an object", kinds.join(", "));
      return;
    }
    const keys = node.items.map((pair) => pair.key.value);
    const kind = kinds.filter((one) => one !== "do" || !keys.includes("for")).find((one) => keys.includes(one));
    if (!kind) report(pointer, key, "nothing says what this task does", kinds.join(", "));
    const allowed = [...common, ...(kind ? [kind, ...(companions[kind] ?? [])] : kinds)];
    for (const pair of node.items) {
      if (kind && !allowed.includes(pair.key.value)) {
        report(`${pointer}/${pair.key.value}`, pair.key, `unknown key \`${pair.key.value}\``, allowed.join(", "));
      }
    }
    target(node.get("then", true), `${pointer}/then`, names);
    if (kind === "do" || kind === "for") tasks(node.get("do", true), `${pointer}/do`);
    if (kind === "fork") tasks(node.getIn(["fork", "branches"], true), `${pointer}/fork/branches`);
    if (kind === "try") {
      tasks(node.get("try", true), `${pointer}/try`);
      const rescue = node.getIn(["catch", "do"], true);
      if (rescue) tasks(rescue, `${pointer}/catch/do`);
    }
    if (kind === "switch" && isSeq(node.get("switch", true))) {
      node.get("switch", true).items.forEach((entry, index) => {
        for (const pair of isMap(entry) ? entry.items : []) {
          target(pair.value?.get?.("then", true), `${pointer}/switch/${index}/${pair.key.value}/then`, names);
        }
      });
    }
  }

  tasks(root.get("do", true), "/do");
  return { definition: problems.length === 0 ? document.toJS() : null, problems };
}
