// Clients that start runs, answer approvals and count in records, all at once and about the same things,
// and write down what they were told. Whoever makes the faults is somebody else:
//
//   const workload = await start({ urls, keys: { acme: 'its key' }, seed: 1 });
//   ... faults ...
//   const operations = await workload.stop();     // when there are no more faults
//   const verdict = judge(operations);            // linearizable_judge.mjs
import { Client, atMost, sleep } from '../support/client.mjs';
import { History } from '../support/history.mjs';
import { between, seeded } from '../support/random.mjs';
import { agentLimits, pack, requests, workflow } from './linearizable_requests.mjs';

const hot_ms = 250; // so long most clients are at the same subject

/** One door to each server for each tenant. */
class Doors {
  constructor(urls, keys, sockets) {
    this.tenants = Object.keys(keys);
    this.urls = urls;
    this.clients = new Map();
    for (const [tenant, key] of Object.entries(keys))
      for (const url of urls) this.clients.set(`${tenant} ${url}`, new Client(url, { sockets, headers: key ? { authorization: `Bearer ${key}` } : {} }));
  }

  of(tenant, url) {
    return this.clients.get(`${tenant} ${url}`);
  }

  /** One request, once. */
  ask(tenant, url, { method, path, body, headers = {} }) {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const type = sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) };
    return this.of(tenant, url).request(method, `/api/v1${path}`, { headers: { ...type, ...headers }, body: sent, timeout_ms: 10_000 });
  }

  close() {
    for (const client of this.clients.values()) client.close();
  }
}

/** What the operations need to be there. */
async function prepare(client) {
  await client.deploy(workflow);
  const json = { 'content-type': 'application/json' };
  for (const [path, body] of [['/packs/linear', pack], ['/autonomous/agents/asker/config', agentLimits], ['/collections/linear', {}]]) {
    const answer = await client.insist('PUT', `/api/v1${path}`, { headers: json, body: JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`PUT ${path} was answered with ${answer.status}: ${answer.text}`);
  }
}

/** The subjects of one tenant and model: one at a time is in use, and those before it are remembered. */
class Shelf {
  #opening;
  #used = 0;

  constructor(tenant, model, seed, doors) {
    Object.assign(this, { tenant, model, seed, doors, subjects: [], how: requests[model] });
  }

  /** Mostly the newest; undefined when there can't be one now. */
  async subject(random, url) {
    if (this.subjects.length > 1 && random() < 0.05) return this.subjects[between(random, Math.max(0, this.subjects.length - 20), this.subjects.length - 1)];
    if (this.subjects.length > 0 && this.#used < this.how.uses) {
      this.#used += 1;
      return this.subjects.at(-1);
    }
    this.#opening ??= this.#open(url).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(url) {
    const name = `${this.model}-${this.seed}-${this.tenant}-${this.subjects.length}`;
    const ask = (what) => this.doors.ask(this.tenant, url, what);
    const subject = await this.how.open(ask, name).catch(() => undefined);
    if (!subject) return undefined;
    this.#used = 0;
    this.subjects.push(subject);
    return subject;
  }
}

class Workload {
  #stopping = false;
  #tokens = 0;
  #clients;

  constructor({ urls, keys, seed, clients, pause_ms }) {
    this.history = new History();
    this.doors = new Doors(urls, keys, clients);
    this.pause_ms = pause_ms;
    this.seed = seed;
    this.shelves = this.doors.tenants.flatMap((tenant) => Object.keys(requests).map((model) => new Shelf(tenant, model, seed, this.doors)));
  }

  async prepare() {
    for (const tenant of this.doors.tenants) await prepare(this.doors.of(tenant, this.doors.urls[0]));
  }

  run(clients) {
    this.#clients = Array.from({ length: clients }, (_, i) => this.#client(i));
  }

  async #client(process) {
    const random = seeded(this.seed * 1000 + process);
    while (!this.#stopping) {
      const url = this.doors.urls[between(random, 0, this.doors.urls.length - 1)];
      const hot = Math.floor(performance.now() / hot_ms) % this.shelves.length;
      const shelf = this.shelves[random() < 0.7 ? hot : between(random, 0, this.shelves.length - 1)];
      const subject = await shelf.subject(random, url);
      const operation = subject && await this.#operate(process, shelf, subject, shelf.how.choose(random, subject, this.#token()), url);
      const isAnswered = operation?.outcome === 'ok' || operation?.outcome === 'refused';
      await sleep(isAnswered ? between(random, 0, this.pause_ms) : between(random, 10, 60));
    }
  }

  /** Tells operations apart in what the server keeps of them. */
  #token() {
    this.#tokens += 1;
    return `t${this.#tokens}`;
  }

  async #operate(process, { tenant, model, how }, subject, input, url) {
    const about = { process, model, key: `${tenant}/${subject.key}`, input, url };
    const operation = await this.history.record(about, () => this.doors.ask(tenant, url, how.request(subject, input)), (answer) => how.read(answer, input));
    how.learn(subject, operation);
    return operation;
  }

  /** Everything is looked at once more at each server: what was promised is still so. */
  async #lookAtAll(patience_ms) {
    const all = this.shelves.flatMap((shelf) => shelf.subjects.flatMap((subject) => this.doors.urls.map((url) => ({ shelf, subject, url }))));
    const deadline = Date.now() + patience_ms;
    await atMost(16, all, async ({ shelf, subject, url }) => {
      for (;;) {
        const { outcome, why } = await this.#operate('last', shelf, subject, shelf.how.last(subject, this.#token()), url);
        if (outcome === 'ok' || outcome === 'refused') return;
        if (Date.now() > deadline) throw new Error(`${shelf.model} ${subject.key} can't be looked at: ${why}`);
        await sleep(50);
      }
    });
  }

  /** Ends the clients, looks at everything a last time, and answers all operations. */
  async stop({ patience_ms = 60_000 } = {}) {
    this.#stopping = true;
    await Promise.all(this.#clients);
    try {
      await this.#lookAtAll(patience_ms);
    } finally {
      this.doors.close();
    }
    return this.history.operations;
  }
}

/**
 * `urls`: servers, any of which may be asked; `keys`: tenant -> API key, or '' where none is needed. The same
 * seed may be used once with one store only. Answers once the clients are at it.
 */
export async function start({ urls, keys, seed, clients = 8, pause_ms = 6 }) {
  const workload = new Workload({ urls, keys, seed, clients, pause_ms });
  await workload.prepare();
  workload.run(clients);
  return workload;
}
