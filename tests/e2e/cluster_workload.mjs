// The runs that live while a cluster is mistreated: started, told their word, and at last let go, each through
// whichever node answers.
import { atMost, sleep } from '../support/client.mjs';
import { between } from '../support/random.mjs';
import { attemptOf } from './cluster_prober.mjs';

/**
 * The inputs of all runs. Most are started early and live long: half of those to the very end (`held`), the
 * others end by themselves anywhere in between. A fifth are short and start all along. `starts` and `word_at` are
 * shares of the whole time, which is about `whole_ms`.
 */
export function planRuns(random, { runs, tenants, whole_ms }) {
  return Array.from({ length: runs }, (_, i) => {
    const number = i + 1;
    const short = random() < 0.2;
    const starts = short ? random() * 0.95 : random() * 0.15;
    const lasts_ms = (short ? 0.02 + random() * 0.1 : random() * (1 - starts)) * whole_ms;
    const laps = short ? between(random, 1, 3) : between(random, 2, 8);
    return {
      tenant: tenants[i % tenants.length],
      input: { number, laps, rest_ms: Math.max(200, Math.round(lasts_ms / laps)), held: !short && random() < 0.5 },
      starts,
      word_at: Math.min(1, starts + random() * (1 - starts)),
      waits_s: random() < 0.05 ? 1 : 0, // now and then somebody waits for the end
    };
  });
}

export class Workload {
  /** number -> ids that its key was answered with */
  answers = new Map();
  accepted = 0;
  attempts = 0;

  /** `violations` gets answers that are wrong at once; `prober` hears of every request. */
  constructor({ cluster, prober, plan, seed, violations }) {
    Object.assign(this, { cluster, prober, plan, seed, violations });
    this.planned = new Map(plan.map((run) => [run.input.number, run]));
  }

  #observe(tenant, what, wait_ms) {
    return {
      onAttempt: (node, outcome) => {
        this.attempts += 1;
        this.prober.add(attemptOf({ tenant, node, incarnation: node.pid, wait_ms, what, ...outcome }));
      },
    };
  }

  async start({ tenant, input, waits_s }) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `chaos-${this.seed}-${input.number}` };
    if (waits_s) headers.prefer = `wait=${waits_s}`;
    const answer = await this.cluster.insist(tenant, 'POST', '/api/v1/workflows/e2e/chaos/runs',
      { headers, body: JSON.stringify(input) }, this.#observe(tenant, 'start', waits_s * 1000));
    if (![200, 201, 202].includes(answer.status)) {
      this.violations.push(`starting run ${input.number} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
      return;
    }
    const ids = this.answers.get(input.number) ?? new Set();
    if (ids.size === 0) this.accepted += 1;
    this.answers.set(input.number, ids.add(answer.json.id));
  }

  async #publish(tenant, event) {
    const answer = await this.cluster.insist(tenant, 'POST', '/api/v1/events', {
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ specversion: '1.0', source: '/chaos', ...event }),
    }, this.#observe(tenant, 'event', 0));
    if (answer.status >= 300) this.violations.push(`publishing ${event.id} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
  }

  /** Does what is due when `progress()` (0 to 1) has come so far; ends when all is started and told. */
  async live(progress, width = 48) {
    const due = this.plan.flatMap((run) => [
      { at: run.starts, act: () => this.start(run) },
      { at: run.word_at, act: () => this.#publish(run.tenant, { type: 'chaos.word', id: `word-${run.input.number}`, data: { number: run.input.number } }) },
    ]);
    due.sort((a, b) => a.at - b.at);
    await atMost(width, due, async ({ at, act }) => {
      while (progress() < at) await sleep(20);
      await act().catch((error) => this.violations.push(error.message));
    });
  }

  /** Lets those go that wait to the end. */
  async finish() {
    await Promise.all(this.cluster.tenants.map((tenant) => this.#publish(tenant, { type: 'chaos.finish', id: 'finish' })));
  }

  /** The same keys once more: still the same runs. */
  async repeat(numbers) {
    await atMost(32, numbers, (number) => this.start({ ...this.planned.get(number), waits_s: 0 }));
  }

  /** number -> document, of the accepted runs, each read through some node. */
  async documents() {
    const documents = new Map();
    await atMost(32, [...this.answers], async ([number, ids]) => {
      const { tenant } = this.planned.get(number);
      const answer = await this.cluster.insist(tenant, 'GET', `/api/v1/runs/${[...ids][0]}`);
      documents.set(number, answer.status === 200 ? answer.json : { id: [...ids][0], status: `answered with ${answer.status}` });
    });
    return documents;
  }
}
