// A server in memory that knows just what linearizable_workload.mjs asks for, and lies on request: so that
// the test can be seen to find what it is for.
import http from 'node:http';
import { sleep } from '../support/client.mjs';
import { between, seeded } from '../support/random.mjs';

/** The lies, and how often each is told where it can be. */
const chances = {
  'two runs for a key': 0.05,
  'another body': 0.05,
  'forgotten start': 0.5, // a key has one first start
  'two winners': 0.05,
  'stale approval': 0.05,
  'lost update': 0.05,
  'stale count': 0.05,
  'forgotten count': 0.05,
  'refused but done': 0.05,
};
export const lies = Object.keys(chances);

class Fake {
  constructor(lie, random) {
    this.lie = lie;
    this.random = random;
    this.runs = new Map(); // key -> run
    this.approvals = new Map();
    this.records = new Map(); // path -> versions, newest last
    this.count = 0;
  }

  lies(lie) {
    return this.lie === lie && this.random() < chances[lie];
  }

  next() {
    this.count += 1;
    return this.count;
  }

  start(key, body) {
    const known = this.runs.get(key);
    if (known && JSON.stringify(known.input) !== JSON.stringify(body) && !this.lies('another body')) return [422];
    if (known && !this.lies('two runs for a key')) return [200, known];
    const run = { id: `run-${this.next()}`, input: body };
    if (!this.lies('forgotten start')) this.runs.set(key, run);
    return [202, run];
  }

  find(id) {
    const found = [...this.runs.values()].find((run) => run.id === id);
    return found ? [200, found] : [404];
  }

  ask() {
    const id = `apr-${this.next()}`;
    this.approvals.set(id, { status: 'pending', response: { responded_by: null } });
    return [201, { approval: { approval_id: id } }];
  }

  answer(id, { action, responded_by }) {
    if (this.approvals.get(id).status !== 'pending' && !this.lies('two winners')) return [409];
    this.approvals.set(id, { status: action === 'approve' ? 'approved' : 'rejected', response: { responded_by } });
    return [200, this.approvals.get(id)];
  }

  approval(id) {
    return [200, this.lies('stale approval') ? { status: 'pending', response: { responded_by: null } } : this.approvals.get(id)];
  }

  record(path) {
    const versions = this.records.get(path);
    if (!versions) return [404];
    return [200, this.lies('stale count') ? (versions.at(-2) ?? versions.at(-1)) : versions.at(-1)];
  }

  write(path, data, headers) {
    const versions = this.records.get(path) ?? [];
    const fits = headers['if-none-match'] ? versions.length === 0 : headers['if-match'] === `"${versions.at(-1)?.version}"`;
    if (!fits && !this.lies('lost update')) return [412];
    const record = { version: this.next(), data };
    if (!this.lies('forgotten count')) this.records.set(path, [...versions, record]);
    if (this.lies('refused but done')) return [412];
    return [200, record];
  }

  /** [status, document] of a request. */
  do(method, path, headers, body) {
    if (method === 'POST' && path.endsWith('/runs')) return this.start(headers['idempotency-key'], body);
    if (path.startsWith('/api/v1/runs/')) return this.find(path.split('/').at(-1));
    if (path.endsWith('/decisions')) return this.ask();
    if (path.endsWith('/action')) return this.answer(path.split('/').at(-2), body);
    if (path.includes('/approvals/')) return this.approval(path.split('/').at(-1));
    if (path.startsWith('/api/v1/records/')) return method === 'GET' ? this.record(path) : this.write(path, body, headers);
    return [200, {}]; // what prepares the rest
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** {url, close}. `breaks`: how often a request has no answer, or 503: before it was done, or after. */
export async function startFake({ lie = '', breaks = 0, seed = 1 } = {}) {
  const random = seeded(seed);
  const fake = new Fake(lie, random);
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    await sleep(between(random, 0, 3));
    const broken = random() < breaks;
    if (broken && random() < 0.5) return response.writeHead(503, { 'retry-after': '1' }).end();
    const [status, document] = fake.do(request.method, request.url, request.headers, parsed(text));
    await sleep(between(random, 0, 3));
    if (broken) return request.socket.destroy();
    return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? { status }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
