// What the comparison reads and decides, without starting anything.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { flows } from './node-red/flows.mjs';
import { workflows } from './n8n/workflows.mjs';
import { decide, isLarge, price } from './order.mjs';
import { freePorts, inBatches } from './place.mjs';
import { readPss, watchTree } from './process_tree.mjs';
import { compare, ratiosOf } from './ratios.mjs';
import { failures, notOffered, report } from './report.mjs';

const figures = { runs_per_s: 1000, p50_us: 500, p99_us: 2000, cpu_us_per_run: 40 };

test('a ratio above 1 speaks for Steward, for throughput as for time, CPU and memory', () => {
  const peer = { runs_per_s: 250, p50_us: 1000, p99_us: 1000, cpu_us_per_run: 4444 };
  assert.deepEqual(ratiosOf(figures, peer), { runs_per_s: 4, p50_us: 2, p99_us: 0.5, cpu_us_per_run: 111 });
  assert.deepEqual(ratiosOf({ kib_per_sleeper: 0.8 }, { kib_per_sleeper: 24 }), { kib_per_sleeper: 30 });
});

test('what is nothing, less than nothing or not there has no ratio', () => {
  assert.deepEqual(ratiosOf({ kib_per_sleeper: 0 }, { kib_per_sleeper: 24 }), {});
  assert.deepEqual(ratiosOf({ kib_per_sleeper: 1 }, { kib_per_sleeper: -3 }), {});
  assert.deepEqual(ratiosOf(undefined, figures), {});
});

test('every variant of a peer is set beside the same number of clients of Steward', () => {
  const steward = { sync: [{ variant: '', clients: 1, ...figures }, { variant: '', clients: 64, ...figures, runs_per_s: 8000 }], batch: null };
  const peer = {
    sync: [{ variant: '', clients: 64, ...figures }, { variant: 'no step recorded', clients: 1, ...figures, runs_per_s: 500 }],
    batch: { runs_per_s: 5 },
    sleep: { error: 'gone' },
  };
  const ratios = compare(steward, peer);
  assert.deepEqual(ratios.sync.map((r) => [r.variant, r.clients, r.runs_per_s]), [['', 64, 8], ['no step recorded', 1, 2]]);
  assert.deepEqual(Object.keys(ratios), ['sync']);
});

const system = { name: 'A', version: '1', durability: 'fsync', per_run: 'all', sync: null, batch: null, sleep: null };

test('a system that failed is told with its reason, one that has no such thing is told apart', () => {
  const systems = [
    { ...system, error: 'not installed: npm ci failed\nmore' },
    { ...system, name: 'B', sync: { error: 'no answer' }, batch: { runs_per_s: 1 } },
  ];
  assert.deepEqual(failures(systems), [['A', 'everything', 'not installed: npm ci failed'], ['B', 'sync', 'no answer']]);
  assert.deepEqual(notOffered(systems), [['B', 'sleep']]);
});

test('the report has each system with its durability, its figures and its ratios', () => {
  const sync = [{ variant: '', clients: 16, ...figures, generator_pct: 9, steal_pct: 1, others_pct: 30 }];
  const text = report({
    machine: { commit: 'abc', cores: 2, model: 'm', kernel: 'k' },
    settings: { rounds: 1, seconds: 2 },
    systems: [{ ...system, name: 'Steward', sync }, { ...system, name: 'Slow', sync, ratios: { sync: [{ runs_per_s: 7.5 }] } }, { ...system, name: 'Gone', error: 'no such package' }],
  });
  assert.match(text, /Slow +1 +fsync +all/);
  assert.match(text, /Slow +16 +1000 +x 7\.5 +500/);
  assert.match(text, /Gone +everything +no such package/);
  assert.match(text, /Others took up to 31 %/);
});

test('the proportional memory of a process is read, and a process that is gone has none', () => {
  assert.equal(readPss('55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:  900 kB\nPss:   420 kB\nPss_Dirty:  300 kB\n'), 420);
  assert.equal(readPss(''), 0);
});

test('ports are taken only where all that are needed are free', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  assert.ok((await freePorts(port - 1, 2)) > port);
  taken.close();
});

test('batches make up the count', async () => {
  const sizes = [];
  await inBatches(2500, async (size) => sizes.push(size));
  assert.deepEqual(sizes, [1000, 1000, 500]);
});

test('the CPU of a tree of processes is counted', () => {
  const used = watchTree([{ pid: process.pid }]);
  const until = process.cpuUsage().user + 100_000;
  while (process.cpuUsage().user < until);
  assert.ok(used() >= 80_000);
});

test('the three steps that are JavaScript decide as the workflow does', () => {
  const run = (quantity) => {
    const priced = price({ customer: 'Ada', quantity, unit_price: 14.5 });
    return decide(priced, !isLarge(priced));
  };
  assert.deepEqual(run(3), { customer: 'Ada', total: 43.5, approved: true });
  assert.equal(run(100).approved, false);
});

test('every wire of the flows and workflows of others leads to a node', () => {
  const ids = new Set(flows.map((n) => n.id));
  assert.deepEqual(flows.flatMap((n) => n.wires ?? []).flat().filter((id) => !ids.has(id)), []);
  for (const { nodes, connections } of workflows) {
    const names = new Set(nodes.map((n) => n.name));
    const wired = Object.entries(connections).flatMap(([from, { main }]) => [from, ...main.flat().map((c) => c.node)]);
    assert.deepEqual(wired.filter((name) => !names.has(name)), []);
  }
});
