// The fake server's memory: workflows, runs, feed, supervision tree.
import { randomUUID, createHash } from "node:crypto";
import { Cancelled, Fault, createEngine } from "./engine.mjs";
import { readDefinition } from "./validate.mjs";

const now = () => new Date().toISOString().replace("Z", "000Z");
const feedKept = 5000;
const runsKept = 3000;

export function createWorld({ speed = 1, failureRate } = {}) {
  const startedAt = Date.now();
  const workflows = new Map();
  const runs = new Map();
  const feed = [];
  const listeners = new Set();
  let sequence = 0;

  function publish(type, subject, data, { run = null, durable = true } = {}) {
    const event = {
      specversion: "1.0", id: randomUUID(), source: "/tenants/default", type, subject, time: now(), data,
    };
    if (durable) {
      event.sequence = String(++sequence);
      feed.push({ event, run });
      if (feed.length > feedKept) feed.shift();
    }
    for (const listener of listeners) listener(event, run);
  }

  // --- workflows -----------------------------------------------------------------------------
  const itemOf = ({ namespace, name, version, digest, created_at, title }) => ({
    namespace, name, version, digest, created_at, title,
  });
  const newest = (versions) => [...versions.values()].at(-1);

  function deploy(text) {
    const { definition, problems } = readDefinition(text);
    if (problems.length > 0) return { status: 422, problems };
    const { namespace, name, version, title = null } = definition.document;
    const key = `${namespace}/${name}`;
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    const versions = workflows.get(key) ?? new Map();
    const known = versions.get(version);
    if (known && known.digest !== digest) return { status: 409 };
    if (!known) {
      versions.set(version, {
        namespace, name, version, title, digest, created_at: now(), source: text, definition,
      });
      workflows.set(key, versions);
      publish("dev.steward.workflow.deployed.v1", `workflows/${key}`, itemOf(versions.get(version)));
    }
    return { status: 201, item: itemOf(versions.get(version)) };
  }

  function workflow(namespace, name, version) {
    const versions = workflows.get(`${namespace}/${name}`);
    const found = version ? versions?.get(version) : versions && newest(versions);
    if (!found) return null;
    const { source, definition } = found;
    return { ...itemOf(found), versions: [...versions.keys()].reverse(), source, definition };
  }

  // --- runs ----------------------------------------------------------------------------------
  const summary = ({ input, output, ...rest }) => rest;

  function start(found, input, { backdate = 0 } = {}) {
    const id = `run_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
    const at = new Date(Date.now() - backdate).toISOString().replace("Z", "000Z");
    const data = {
      id, workflow: { namespace: found.namespace, name: found.name, version: found.version },
      status: "pending", input, output: null, error: null, created_at: at, started_at: null,
      ended_at: null, attempts: 1,
    };
    const entry = { data, events: [], wish: null };
    runs.set(id, entry);
    while (runs.size > runsKept) runs.delete(runs.keys().next().value);

    const tell = (type) => publish(`io.serverlessworkflow.workflow.${type}.v1`, `runs/${id}`, summary(data), { run: id });
    const record = (type, task, attempt, detail) => {
      const item = { seq: entry.events.length + 1, time: now(), type, task, attempt, data: detail };
      entry.events.push(item);
      return item;
    };
    let before = "running";
    const hooks = {
      step(type, task, attempt, detail) {
        if (type === "retried") data.attempts += 1;
        const full = `io.serverlessworkflow.task.${type}.v1`;
        const item = record(full, task, attempt, structuredClone(detail));
        publish(full, `runs/${id}`, item, { run: id, durable: false });
      },
      status(status) {
        before = status;
        if (entry.wish || data.status === status) return;
        data.status = status;
        tell("status-changed");
      },
      async gate() {
        if (entry.wish === "cancel") throw new Cancelled();
        while (entry.wish === "suspend") await new Promise((done) => setTimeout(done, 50));
        if (entry.wish === "cancel") throw new Cancelled();
      },
    };
    entry.act = (action) => {
      const final = ["completed", "faulted", "cancelled"].includes(data.status);
      const fits = action === "resume" ? data.status === "suspended" : !final && (action === "cancel" || data.status !== "suspended");
      if (!fits) return false;
      if (action === "suspend") {
        entry.wish = "suspend";
        data.status = "suspended";
        tell("suspended");
      } else if (action === "resume") {
        entry.wish = null;
        data.status = before;
        tell("resumed");
      } else {
        entry.wish = "cancel";
      }
      return true;
    };

    (async () => {
      await new Promise((done) => setTimeout(done, 30));
      data.status = "running";
      data.started_at = now();
      record("io.serverlessworkflow.workflow.started.v1", null, 1, { input });
      tell("started");
      try {
        data.output = await createEngine(hooks, { speed, failureRate }).execute(found.definition, input);
        data.status = "completed";
      } catch (cause) {
        data.status = cause instanceof Cancelled ? "cancelled" : "faulted";
        if (!(cause instanceof Cancelled)) {
          data.error = cause instanceof Fault ? cause.problem : new Fault("runtime", 500, String(cause), "").problem;
        }
      }
      data.ended_at = now();
      record(`io.serverlessworkflow.workflow.${data.status}.v1`, null, 1, data.error ? { error: data.error } : {});
      tell(data.status);
    })();
    return data;
  }

  function listRuns({ status, workflow: key, limit = 50, cursor }) {
    const matching = [...runs.values()]
      .map((entry) => entry.data)
      .reverse()
      .filter((run) => (!status || run.status === status) && (!key || `${run.workflow.namespace}/${run.workflow.name}` === key));
    const from = cursor ? matching.findIndex((run) => run.id === cursor) + 1 : 0;
    const items = matching.slice(from, from + limit);
    return { items, next: from + limit < matching.length ? items.at(-1).id : null };
  }

  function stats() {
    const counts = {};
    for (const { data } of runs.values()) counts[data.status] = (counts[data.status] ?? 0) + 1;
    return {
      runs: counts, version: "0.1.0-fake", uptime_s: Math.floor((Date.now() - startedAt) / 1000),
      started_at: new Date(startedAt).toISOString(),
    };
  }

  // --- tree ----------------------------------------------------------------------------------
  const actors = new Map();
  function actor(path, strategy, parent) {
    const node = {
      path, name: path.split("/").at(-1), strategy, restarts: 0, since: Date.now(), state: "running",
      last_reason: null, children: [], hidden: 0,
    };
    actors.set(path, node);
    parent?.children.push(node);
    return node;
  }
  const root = actor("root", "one_for_one", null);
  const store = actor("root/store", "rest_for_one", root);
  actor("root/store/journal", null, store);
  actor("root/store/reader-1", null, store);
  actor("root/store/reader-2", null, store);
  for (const leaf of ["timers", "feed", "http-client"]) actor(`root/${leaf}`, null, root);
  const tenants = actor("root/tenants", "one_for_one", root);
  const tenant = actor("root/tenants/default", "one_for_one", tenants);
  actor("root/tenants/default/runner", null, tenant);
  const awake = actor("root/tenants/default/runs", "one_for_one", tenant);
  const gateway = actor("root/gateway", "one_for_one", root);
  actor("root/gateway/listener", null, gateway);
  actor("root/gateway/feed-subscribers", null, gateway);

  function view(node) {
    const { since, children, ...rest } = node;
    let shown = children;
    if (node === awake) {
      const live = [...runs.values()].filter(({ data }) => ["running", "waiting", "suspended"].includes(data.status));
      shown = live.slice(0, 8).map(({ data }) => ({
        path: `root/tenants/default/runs/${data.id}`, name: data.id, strategy: null, restarts: 0, state: data.status === "running" ? "running" : "idle",
        since: Date.parse(data.created_at), last_reason: null, children: [], hidden: 0,
      }));
      rest.hidden = Math.max(0, live.length - 8);
    }
    return {
      ...rest, mailbox: Math.random() < 0.7 ? 0 : Math.floor(Math.random() * 6),
      up_us: node.state === "running" ? (Date.now() - since) * 1000 : 0, children: shown.map(view),
    };
  }

  function kill(path) {
    const node = actors.get(path);
    if (!node || node === root) return false;
    const reason = "killed by operator";
    node.state = "restarting";
    node.last_reason = reason;
    const say = (kind) => publish(`dev.steward.supervision.${kind}.v1`, `actors/${path}`, { path, reason, restarts: node.restarts });
    say("exited");
    setTimeout(() => {
      node.state = "running";
      node.restarts += 1;
      node.since = Date.now();
      say("restarted");
    }, 700);
    return true;
  }

  return {
    deploy, workflow, start, listRuns, stats, kill, feed, listeners, publish,
    workflows: () => [...workflows.values()].map((versions) => itemOf(newest(versions))),
    run: (id) => runs.get(id),
    tree: () => view(root),
    newest: () => sequence,
    oldest: () => Number(feed[0]?.event.sequence ?? 0),
  };
}
