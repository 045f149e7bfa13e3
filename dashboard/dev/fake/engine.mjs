// Walks a definition as a run would, slowly enough to watch. Understands just enough jq for
// paths and comparisons; whatever else an expression says counts as true and stays as it is.
import { setTimeout as sleep } from "node:timers/promises";

const errors = "https://serverlessworkflow.io/spec/1.0.0/errors/";

export class Fault extends Error {
  constructor(kind, status, detail, instance, title = `${kind[0].toUpperCase()}${kind.slice(1)} error`) {
    super(detail);
    this.problem = { type: kind.includes("/") ? kind : errors + kind, status, instance, title, detail };
  }
}
export class Cancelled extends Error {}

function bare(text) {
  return /^\s*\$\{([\s\S]*)\}\s*$/.exec(text)?.[1].trim() ?? text.trim();
}

function term(text, data, scope) {
  if (/^(".*"|-?\d+(\.\d+)?|true|false|null)$/.test(text)) return JSON.parse(text);
  const path = /^(\$\w+)?((?:\.?\w+|\.)*)$/.exec(text);
  if (!path) return undefined;
  const start = path[1] ? scope[path[1]] : data;
  return path[2].split(".").filter(Boolean).reduce((value, key) => value?.[key], start) ?? null;
}

function evaluate(text, data, scope) {
  const source = bare(text);
  const comparison = /^(\S+)\s*(==|!=|>=|<=|>|<)\s*(\S+)$/.exec(source);
  if (comparison) {
    const [a, b] = [term(comparison[1], data, scope), term(comparison[3], data, scope)];
    const operators = {
      "==": a === b, "!=": a !== b, ">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b,
    };
    return operators[comparison[2]];
  }
  const sum = /^(\S+)\s*([+*])\s*(\S+)$/.exec(source);
  if (sum) {
    const [a, b] = [term(sum[1], data, scope), term(sum[3], data, scope)];
    return sum[2] === "+" ? (a ?? 0) + (b ?? 0) : (a ?? 0) * (b ?? 0);
  }
  const value = term(source, data, scope);
  return value === undefined ? source : value;
}

function fill(template, data, scope) {
  if (typeof template === "string") {
    return template.trim().startsWith("${") ? evaluate(template, data, scope) : template;
  }
  if (Array.isArray(template)) return template.map((one) => fill(one, data, scope));
  if (template && typeof template === "object") {
    return Object.fromEntries(Object.entries(template).map(([k, v]) => [k, fill(v, data, scope)]));
  }
  return template;
}

function toMs(duration) {
  if (typeof duration === "string") {
    const found = /^P(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(duration) ?? [];
    return ((+found[1] || 0) * 3600 + (+found[2] || 0) * 60 + (+found[3] || 0)) * 1000;
  }
  const units = { days: 864e5, hours: 36e5, minutes: 6e4, seconds: 1e3, milliseconds: 1 };
  return Object.entries(duration ?? {}).reduce((sum, [key, n]) => sum + n * (units[key] ?? 0), 0);
}

/**
 * `run` tells: step(type, task, attempt, data), status(name), and `gate()`, which waits while the
 * run is suspended and throws Cancelled once it is cancelled.
 */
export function createEngine(run, { speed = 1, failureRate = 0.12 } = {}) {
  async function pass(ms) {
    const end = Date.now() + ms * speed;
    do {
      await run.gate();
      await sleep(Math.min(100, Math.max(1, end - Date.now())));
    } while (Date.now() < end);
    await run.gate();
  }

  async function list(tasks, pointer, data, scope, attempt) {
    let index = 0;
    let steps = 0;
    while (index < tasks.length) {
      const [name, task] = Object.entries(tasks[index])[0];
      const [output, then] = await one(name, task, `${pointer}/${index}/${name}`, data, scope, attempt);
      data = output;
      if (then === "end" || then === "exit") return [data, then];
      const next = tasks.findIndex((entry) => Object.keys(entry)[0] === then);
      index = next >= 0 ? next : index + 1;
      if (++steps > 500) throw new Fault("runtime", 500, "too many steps", pointer);
    }
    return [data, "continue"];
  }

  async function one(name, task, pointer, data, scope, attempt) {
    await run.gate();
    if (task.if !== undefined && !evaluate(task.if, data, scope)) {
      run.step("skipped", pointer, attempt, { name });
      return [data, "continue"];
    }
    run.step("started", pointer, attempt, { name, input: data });
    try {
      let [output, then] = await body(name, task, pointer, data, scope, attempt);
      if (task.output?.as !== undefined) output = fill(task.output.as, output, scope);
      run.step("completed", pointer, attempt, { name, output });
      return [output, then ?? task.then ?? "continue"];
    } catch (cause) {
      if (cause instanceof Cancelled) run.step("cancelled", pointer, attempt, { name });
      else if (cause instanceof Fault) run.step("faulted", pointer, attempt, { name, error: cause.problem });
      throw cause;
    }
  }

  async function body(name, task, pointer, data, scope, attempt) {
    if (task.set !== undefined) return [fill(task.set, data, scope)];
    if (task.wait !== undefined) {
      run.status("waiting");
      await pass(Math.min(toMs(task.wait), 20_000));
      run.status("running");
      return [data];
    }
    if (task.call !== undefined) {
      await pass(120 + Math.random() * 900);
      if (Math.random() < failureRate) {
        throw new Fault("communication", 503, `${task.with?.endpoint?.uri ?? task.with?.endpoint ?? task.call} answered 503 Service Unavailable`, pointer);
      }
      return [{ ...data, [name]: { status: 200, took_ms: Math.round(Math.random() * 900), ok: true } }];
    }
    if (task.raise !== undefined) {
      const error = task.raise.error ?? {};
      throw new Fault(error.type ?? "runtime", error.status ?? 500, String(fill(error.detail ?? error.title ?? "raised", data, scope)), pointer, error.title);
    }
    if (task.switch !== undefined) {
      for (const entry of task.switch) {
        const [, branch] = Object.entries(entry)[0];
        if (branch.when === undefined || evaluate(branch.when, data, scope)) return [data, branch.then];
      }
      return [data];
    }
    if (task.for !== undefined) {
      const items = evaluate(task.for.in, data, scope);
      for (const [index, item] of (Array.isArray(items) ? items : []).entries()) {
        const inner = { ...scope, [`$${task.for.each ?? "item"}`]: item, [`$${task.for.at ?? "index"}`]: index };
        await pass(60);
        [data] = await list(task.do, `${pointer}/do`, data, inner, 1);
      }
      return [data];
    }
    if (task.fork !== undefined) {
      const branches = task.fork.branches.map((entry, index) => {
        const [branch, inner] = Object.entries(entry)[0];
        return one(branch, inner, `${pointer}/fork/branches/${index}/${branch}`, data, scope, 1);
      });
      const settled = await Promise.allSettled(branches);
      const failed = settled.find((result) => result.status === "rejected");
      if (failed) throw failed.reason;
      return [settled.map((result) => result.value[0])];
    }
    if (task.try !== undefined) return attemptAll(task, pointer, data, scope);
    if (task.do !== undefined) return [(await list(task.do, `${pointer}/do`, data, scope, attempt))[0]];
    await pass(200 + Math.random() * 500);
    return [data];
  }

  async function attemptAll(task, pointer, data, scope) {
    const limit = task.catch?.retry?.limit?.attempt?.count ?? (task.catch?.retry ? 3 : 1);
    for (let attempt = 1; ; ++attempt) {
      try {
        return [(await list(task.try, `${pointer}/try`, data, scope, attempt))[0]];
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        if (attempt < limit) {
          const delay = Math.min(toMs(task.catch.retry.delay) || 300, 2000) * attempt;
          run.step("retried", pointer, attempt, { name: pointer.split("/").at(-1), delay_ms: delay, error: cause.problem });
          run.status("waiting");
          await pass(delay);
          run.status("running");
          continue;
        }
        if (!task.catch) throw cause;
        const inner = { ...scope, $error: cause.problem };
        if (!task.catch.do) return [data, task.catch.then];
        return [(await list(task.catch.do, `${pointer}/catch/do`, data, inner, 1))[0], task.catch.then];
      }
    }
  }

  return { execute: async (definition, input) => (await list(definition.do, "/do", input, {}, 1))[0] };
}
