// Reading the feeds of all tenants through whichever node, for as long as the cluster is mistreated.
import { createHash } from 'node:crypto';
import { sleep } from '../support/client.mjs';
import { bearer } from '../support/cluster.mjs';
import { openFeed } from '../support/sse.mjs';

const patience_ms = 4000; // of silence, after which another node is asked: this one may be stopped or cut off
const digestOf = (event) => createHash('sha256').update(JSON.stringify(event)).digest().readUIntBE(0, 6);

/** What a reader has seen of one tenant's feed: every event once and in order, or what was wrong. */
export class FeedTally {
  last = 0;
  violations = [];
  /** One number for each event, to compare with what the feed says later. */
  digests = [];
  /** run id -> {started, completed, ended} */
  runs = new Map();

  constructor(name) {
    this.name = name;
  }

  push(event) {
    const sequence = Number(event.sequence);
    if (sequence !== this.last + 1 && this.violations.length < 20)
      this.violations.push(`the feed of ${this.name}: ${sequence} follows ${this.last}`);
    if (sequence <= this.last) return;
    this.last = sequence;
    this.digests[sequence] = digestOf(event);
    this.#count(event);
  }

  #count({ type, subject }) {
    const happened = /\bworkflow\.(started|completed|faulted|cancelled)\b/.exec(type)?.[1];
    if (!happened || !subject?.startsWith('runs/')) return;
    const id = subject.slice('runs/'.length);
    let run = this.runs.get(id);
    if (!run) this.runs.set(id, (run = { started: 0, completed: 0, ended: 0 }));
    if (happened in run) run[happened] += 1;
    if (happened !== 'started') {
      run.ended += 1;
      run.ended_at = performance.now();
    }
  }

  get ended() {
    let count = 0;
    for (const run of this.runs.values()) if (run.ended > 0) count += 1;
    return count;
  }
}

/** Follows one tenant's feed; when a node fails it or is silent, it goes on after the last event at another. */
export class FeedReader {
  hops = 0;
  #stopped = false;
  #feed;

  constructor(cluster, tenant) {
    this.cluster = cluster;
    this.tenant = tenant;
    this.tally = new FeedTally(tenant);
    this.done = this.#follow();
  }

  async #follow() {
    let node;
    while (!this.#stopped) {
      node = this.cluster.anyNode(node);
      if (!node) {
        await sleep(100);
        continue;
      }
      let heard = performance.now();
      this.#feed = openFeed(node.url, {
        after: this.tally.last,
        headers: bearer(this.tenant),
        onEvent: (event) => {
          heard = performance.now();
          if (event.sequence !== undefined) this.tally.push(event);
        },
      });
      const watch = setInterval(() => {
        if (performance.now() - heard > patience_ms) this.#feed.close();
      }, 500);
      await this.#feed.ended;
      clearInterval(watch);
      if (this.#stopped) return;
      this.hops += 1;
      await sleep(100);
    }
  }

  /** Goes on until it has read so far, or patience is over. */
  async reach(sequence, whole_ms = 60_000) {
    for (const deadline = Date.now() + whole_ms; this.tally.last < sequence && Date.now() < deadline; ) await sleep(100);
  }

  async stop() {
    this.#stopped = true;
    this.#feed?.close();
    await this.done;
  }
}
