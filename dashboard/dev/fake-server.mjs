// An in-memory stand-in for a Steward server: the API's shapes with living data, for looking at
// the dashboard and for its end-to-end test. Nothing of it is shipped.
//
//   PORT=8090 QUIET=1 SPEED=0.3 node dev/fake-server.mjs
//
// QUIET: no runs but those that are asked for. SPEED: 0.3 means calls and waits take 30 % as long.
// EMPTY: no workflows and no pack either. NOPACK: no pack installed yet. DIST: serve this folder as the gateway would serve the dashboard.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import { ownerAnswer } from "./fake/owner_api.mjs";
import { createSalon } from "./fake/salon_world.mjs";
import { samples } from "./fake/samples.mjs";
import { createWorld } from "./fake/world.mjs";

const port = Number(process.env.PORT ?? 8090);
const world = createWorld({ speed: Number(process.env.SPEED ?? 1) });
const salon = createSalon(world.publish, { installed: !process.env.EMPTY && !process.env.NOPACK });
if (!process.env.EMPTY) for (const sample of samples) world.deploy(sample.text);

const types = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
};
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:";

function answer(response, status, body, type = "application/json") {
  response.writeHead(status, { "Content-Type": type });
  response.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
}
function problem(response, status, title, detail, errors) {
  const body = { type: "about:blank", title, status, detail, ...(errors && { errors }) };
  answer(response, status, JSON.stringify(body), "application/problem+json");
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

async function page(path, response) {
  const root = process.env.DIST;
  if (!root) return problem(response, 404, "Not found", `nothing is at ${path}`);
  const asset = path !== "/" && extname(path) !== "";
  const file = join(root, normalize(asset ? path : "/index.html"));
  try {
    const bytes = await readFile(file);
    const cache = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    response.writeHead(200, {
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
      "Cache-Control": cache,
      "Content-Security-Policy": policy,
    });
    response.end(bytes);
  } catch {
    problem(response, 404, "Not found", `nothing is at ${path}`);
  }
}

async function api(request, response, url) {
  const parts = url.pathname.slice("/api/v1/".length).split("/").map(decodeURIComponent);
  const route = `${request.method} ${parts[0]}/${parts.length}`;
  const query = Object.fromEntries(url.searchParams);
  const missing = () => problem(response, 404, "Not found", `nothing is at ${url.pathname}`);

  if (["autonomous", "packs", "records", "internal"].includes(parts[0])) {
    const text = await bodyOf(request);
    const found = ownerAnswer(salon, request.method, parts, query, text === "" ? undefined : JSON.parse(text));
    if (!found) return missing();
    if (found.title) return problem(response, found.status, found.title, found.detail, found.errors);
    return answer(response, found.status, found.body);
  }
  if (route === "GET stats/1") return answer(response, 200, world.stats());
  if (route === "GET tree/1") return answer(response, 200, world.tree());
  if (route === "POST tree/2" && parts[1] === "kill") {
    const { path } = JSON.parse(await bodyOf(request));
    return world.kill(path) ? answer(response, 202, {}) : problem(response, 404, "Not found", `no actor is at ${path}`);
  }
  if (route === "GET workflows/1") return answer(response, 200, { items: world.workflows(), next: null });
  if (route === "POST workflows/1") {
    const result = world.deploy(await bodyOf(request));
    if (result.status === 201) return answer(response, 201, result.item);
    if (result.status === 409) return problem(response, 409, "Conflict", "this version is deployed with other content");
    return problem(response, 422, "Invalid definition", `${result.problems.length} problem(s)`, result.problems);
  }
  if (parts[0] === "workflows" && parts.length >= 3) {
    const found = world.workflow(parts[1], parts[2], query.version);
    if (!found) return missing();
    if (route === "GET workflows/3") {
      if (request.headers.accept === "application/yaml") return answer(response, 200, found.source, "application/yaml");
      return answer(response, 200, found);
    }
    if (route === "POST workflows/4") return answer(response, 202, world.start(found, JSON.parse((await bodyOf(request)) || "{}")));
  }
  if (route === "GET runs/1") {
    return answer(response, 200, world.listRuns({ ...query, limit: Number(query.limit ?? 50) }));
  }
  if (parts[0] === "runs" && parts.length >= 2) {
    const run = world.run(parts[1]);
    if (!run) return missing();
    if (route === "GET runs/2") return answer(response, 200, run.data);
    if (route === "GET runs/3") return answer(response, 200, { items: run.events, next: null });
    if (route === "POST runs/3") {
      if (run.act(parts[2])) return answer(response, 200, run.data);
      return problem(response, 409, "Conflict", `a ${run.data.status} run cannot do that: ${parts[2]}`);
    }
  }
  return missing();
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const handled = url.pathname.startsWith("/api/v1/") ? api(request, response, url) : page(url.pathname, response);
  handled.catch((cause) => problem(response, 500, "Internal error", String(cause)));
});

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname !== "/api/v1/feed") return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (client) => {
    const run = url.searchParams.get("run");
    const after = url.searchParams.get("after");
    const send = (event) => client.send(JSON.stringify(event));
    send({
      specversion: "1.0", id: "opened", source: "/tenants/default", type: "dev.steward.feed.opened.v1",
      time: new Date().toISOString(), data: { oldest: String(world.oldest()), newest: String(world.newest()) },
    });
    const fits = (event, of) => (run ? of === run : event.sequence !== undefined);
    if (after !== null) {
      for (const { event, run: of } of world.feed) {
        if (Number(event.sequence) > Number(after) && fits(event, of)) send(event);
      }
    }
    const listener = (event, of) => fits(event, of) && send(event);
    world.listeners.add(listener);
    client.on("close", () => world.listeners.delete(listener));
  });
});

if (!process.env.QUIET && !process.env.EMPTY) {
  const bag = samples.flatMap((sample) => Array.from({ length: sample.weight }, () => sample));
  const startOne = () => {
    const sample = bag[Math.floor(Math.random() * bag.length)];
    const { document } = world.workflow(...sample.text.match(/(?:namespace|name): (\S+)/g).map((t) => t.split(" ")[1])).definition;
    world.start(world.workflow(document.namespace, document.name), sample.input());
  };
  for (let i = 0; i < 90; ++i) startOne();
  const loop = () => {
    startOne();
    setTimeout(loop, 300 + Math.random() * 1500);
  };
  loop();
}

if (!process.env.QUIET) setInterval(() => salon.step(), 7000);

server.listen(port, "127.0.0.1", () => console.log(`fake server on http://127.0.0.1:${port}`));
