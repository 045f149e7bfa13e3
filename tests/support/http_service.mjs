// A local HTTP service for tests to call, and the ledger of what it was asked.
//
//   node tests/support/http_service.mjs        prints {"port":N,"url":"http://127.0.0.1:N"} and serves
//
// ANY  /status/{code}          that status, {"status":code}
// ANY  /delay/{ms}             200 after so many milliseconds
// ANY  /flaky/{name}?fail=N    503 the first N times for each idempotency key, then 200
// ANY  /echo                   {method, path, query, headers, body}
// GET  /pet/{id}               {id, name, status}; PUT and POST answer the body under that id
// ANY  /redirect?to=URL&status=302
// GET  /big?bytes=N            N bytes of text; &gzip=1: compressed
// ANY  /reset                  closes the connection without an answer
// GET  /ledger                 {requests, connections, steps: {step: {keys, deliveries, first_ms, last_ms}}}
// DELETE /ledger               forgets it
//
// A step is the query parameter `step`, or `step` of a JSON body: what the caller sees as one thing
// to do. All deliveries of one step should carry one and the same Idempotency-Key.
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { pathToFileURL } from 'node:url';

/** What was asked, by step. */
export class Ledger {
  constructor() {
    this.clear();
  }

  clear() {
    this.requests = 0;
    this.steps = new Map();
  }

  record(step, key, now) {
    this.requests += 1;
    if (!step) return;
    let entry = this.steps.get(step);
    if (!entry) {
      entry = { keys: new Map(), first_ms: now, last_ms: now };
      this.steps.set(step, entry);
    }
    entry.keys.set(key, (entry.keys.get(key) ?? 0) + 1);
    entry.last_ms = now;
  }

  toJSON() {
    const steps = {};
    for (const [step, entry] of this.steps) {
      let deliveries = 0;
      for (const count of entry.keys.values()) deliveries += count;
      steps[step] = {
        keys: [...entry.keys.keys()],
        deliveries,
        first_ms: entry.first_ms,
        last_ms: entry.last_ms,
      };
    }
    return { requests: this.requests, steps };
  }
}

function json(response, status, value, headers = {}) {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function readBody(request, then) {
  if (request.method === 'GET' || request.method === 'HEAD') {
    request.resume();
    then('');
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => then(Buffer.concat(chunks).toString('utf8')));
}

function parsed(text) {
  if (!text || (text[0] !== '{' && text[0] !== '[')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Starts a service on a free port of 127.0.0.1. Answers {server, ledger, url, port, close}. */
export async function startService({ port = 0 } = {}) {
  const ledger = new Ledger();
  const flaky = new Map(); // name and key -> failures so far
  let connections = 0;

  const answers = {
    status: ({ response, part }) => {
      const code = Number(part);
      if (code === 204 || code === 304) return response.writeHead(code).end();
      return json(response, code, { status: code });
    },
    delay: ({ response, part }) => {
      setTimeout(() => json(response, 200, { waited_ms: Number(part) }), Number(part));
    },
    flaky: ({ response, part, url, key }) => {
      const place = `${part}\n${key}`;
      const failures = flaky.get(place) ?? 0;
      if (failures < Number(url.searchParams.get('fail') ?? 1)) {
        flaky.set(place, failures + 1);
        return json(response, 503, { name: part, failures: failures + 1 });
      }
      return json(response, 200, { name: part, failures });
    },
    echo: ({ request, response, url, body }) =>
      json(response, 200, {
        method: request.method,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body,
      }),
    pet: ({ request, response, part, body }) => {
      const id = /^\d+$/.test(part) ? Number(part) : part;
      if (request.method === 'GET') return json(response, 200, { id, name: `Pet ${part}`, status: 'available' });
      return json(response, 200, { ...(typeof body === 'object' ? body : {}), id });
    },
    redirect: ({ response, url }) => {
      response.writeHead(Number(url.searchParams.get('status') ?? 302), {
        location: url.searchParams.get('to') ?? '/echo',
        'content-length': 0,
      });
      response.end();
    },
    big: ({ response, url }) => {
      const bytes = Buffer.alloc(Number(url.searchParams.get('bytes') ?? 0), 'x');
      const gzip = url.searchParams.has('gzip');
      const sent = gzip ? gzipSync(bytes) : bytes;
      response.writeHead(200, {
        'content-type': 'text/plain',
        'content-length': sent.length,
        ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      });
      response.end(sent);
    },
    reset: ({ request }) => request.socket.destroy(),
    ledger: ({ request, response }) => {
      if (request.method === 'DELETE') {
        ledger.clear();
        flaky.clear();
      }
      return json(response, 200, { connections, ...ledger.toJSON() });
    },
  };

  const server = http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const [, name, part = ''] = url.pathname.split('/');
    readBody(request, (text) => {
      const body = parsed(text);
      const key = request.headers['idempotency-key'] ?? '';
      const step = url.searchParams.get('step') ?? (typeof body === 'object' ? body?.step : undefined);
      if (name !== 'ledger') ledger.record(step, key, Date.now());
      const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
      if (!answer) return json(response, 404, { error: 'no such path' });
      return answer({ request, response, url, part: decodeURIComponent(part), body, key });
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    socket.setNoDelay(true);
    socket.on('error', () => {});
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, resolve);
  });
  const bound = server.address().port;
  return {
    server,
    ledger,
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const service = await startService({ port: Number(process.env.PORT ?? 0) });
  console.log(JSON.stringify({ port: service.port, url: service.url }));
  process.stdin.on('end', () => process.exit(0)); // whoever started it has gone
  process.stdin.resume();
}
