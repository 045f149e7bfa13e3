// How the cluster looks from outside while a fault is on: a writer for each tenant at each node, and what
// became of every write.
import { sleep } from '../support/client.mjs';
import { bearer } from '../support/cluster.mjs';

const beat_ms = 300; // between a write's end and the next

/** The collection that the writes go to. */
export const probes = 'probes';

/** What became of one request, as the figures want it; `incarnation` of `node` when it was sent. */
export function attemptOf({ tenant, node, incarnation, sent, ended, answer, error, wait_ms = 0, what }) {
  return {
    tenant, node: node.name, sent, ended, wait_ms, what,
    ok: answer !== undefined && answer.status < 300,
    status: answer?.status,
    retryAfter: answer?.headers['retry-after'],
    problem: answer && answer.status >= 300 ? answer.text.slice(0, 300) : undefined,
    error: error && (error.code ?? error.message),
    // Whoever was killed, stopped or is ending in between may break a connection off.
    excused: !node.answers || node.pid !== incarnation,
  };
}

export class Prober {
  #cluster;
  #window;
  #between = []; // what others asked while no fault was on: it is judged with the next
  #writers = [];
  #count = 0;

  constructor(cluster) {
    this.#cluster = cluster;
  }

  /** Begins to write; answers what `stop` and `attempts` belong to. */
  start() {
    this.#window = { attempts: this.#between.splice(0), running: true };
    for (const node of this.#cluster.nodes)
      for (const tenant of this.#cluster.tenants) this.#writers.push(this.#write(this.#window, node, tenant));
    return this.#window;
  }

  /** Adds what others asked. */
  add(attempt) {
    (this.#window?.running ? this.#window.attempts : this.#between).push(attempt);
  }

  async #write(window, node, tenant) {
    await sleep(Math.random() * beat_ms); // so that they don't come all at once
    while (window.running) {
      if (!node.answers) {
        await sleep(20);
        continue;
      }
      this.#count += 1;
      const asked = {
        headers: { ...bearer(tenant), 'content-type': 'application/json' },
        body: JSON.stringify({ count: this.#count }),
        timeout_ms: 15_000,
      };
      const [sent, incarnation] = [performance.now(), node.pid];
      const outcome = await node.client.request('PUT', `/api/v1/records/${probes}/${node.name}`, asked).then(
        (answer) => ({ answer }),
        (error) => ({ error }),
      );
      window.attempts.push(attemptOf({ tenant, node, incarnation, sent, ended: performance.now(), what: 'write', ...outcome }));
      await sleep(beat_ms);
    }
  }

  async stop() {
    this.#window.running = false;
    await Promise.all(this.#writers.splice(0));
  }
}
