// Figures and plans of the cluster test: what is measured is what happened, and a seed gives the plan back.
import test from 'node:test';
import assert from 'node:assert/strict';
import { seeded } from '../support/random.mjs';
import { percentile, recoveryOf, refusedOf, slowestOf, sumUp, tableOf } from './cluster_figures.mjs';
import { kindOf, kinds, planFaults, titleOf, touched } from './cluster_plan.mjs';
import { planRuns } from './cluster_workload.mjs';

const write = (sent, ok, more = {}) =>
  ({ tenant: 'a', node: 'n1', what: 'write', sent, ended: sent + 10, ok, excused: false, wait_ms: 0, ...more });

test('percentiles', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual([0.5, 0.99, 1].map((share) => percentile(values, share)), [50, 99, 100]);
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([], 0.5), undefined);
});

test('recovery ends with the first success after the last failure', () => {
  const where = { tenants: ['a'], nodes: ['n1'], from: 100 };
  assert.equal(recoveryOf([write(90, false), write(110, true)], where).ms, 0);
  assert.equal(recoveryOf([write(110, false), write(200, true), write(300, false), write(400, true), write(500, true)], where).ms, 310);
  assert.deepEqual(recoveryOf([write(110, false)], where), { ms: Infinity, pair: 'a through n1' });
  assert.equal(recoveryOf([], where).ms, Infinity, 'nothing measured is not recovered');
});

test('recovery is that of the slowest pair, and looks at the pairs it is asked for', () => {
  const attempts = [write(110, true), write(110, false, { tenant: 'b' }), write(200, true, { tenant: 'b' }), write(110, false, { node: 'n2' })];
  const asked = { tenants: ['a', 'b'], nodes: ['n1'], from: 100 };
  assert.deepEqual(recoveryOf(attempts, asked), { ms: 110, pair: 'b through n1' });
  assert.equal(recoveryOf(attempts, { ...asked, nodes: ['n1', 'n2'] }).ms, Infinity);
});

test('failures after the window are of another phase, but success may come there', () => {
  const where = { tenants: ['a'], nodes: ['n1'], from: 100, until: 300 };
  assert.equal(recoveryOf([write(110, false), write(200, true), write(400, false), write(500, true)], where).ms, 110);
  assert.equal(recoveryOf([write(110, false), write(400, true)], where).ms, 310);
});

test('other requests and excused ones don\'t count', () => {
  const where = { tenants: ['a'], nodes: ['n1'], from: 100 };
  assert.equal(recoveryOf([write(110, false, { what: 'start' }), write(120, false, { excused: true }), write(130, true)], where).ms, 0);
});

test('refused time is the sum over its stretches', () => {
  const attempts = [
    write(0, true), write(100, false), write(200, false), write(300, true), write(400, false), write(500, true),
    write(0, true, { node: 'n2' }), write(100, false, { node: 'n3' }), write(200, false, { node: 'n3' }),
  ];
  assert.deepEqual([...refusedOf(attempts)], [['a through n1', 210 + 110], ['a through n3', 110]]);
});

test('the longest answer is beyond the own wait, and within the time', () => {
  const attempts = [
    write(100, true, { ended: 1300, wait_ms: 1000, what: 'start' }), write(110, false, { ended: 610 }),
    write(50, true, { ended: 9000 }), write(700, true, { ended: 9000 }), write(120, true, { ended: 9000, excused: true }),
  ];
  assert.equal(slowestOf(attempts, 100, 600).ms, 500);
  assert.equal(slowestOf([], 0, 1), undefined);
});

test('events of a kind become a row', () => {
  const event = (recovery_ms, refused_ms) => ({ recovery_ms, everywhere_ms: 2, after_ms: 1, refused_ms, refusals: 2, slowest_ms: undefined });
  const row = sumUp([event(1000, [10, 30]), event(3000, [20]), event(undefined, [])]);
  assert.deepEqual(row.recovery, { p50: 1000, p99: 3000, max: 3000 });
  assert.deepEqual(row.refused, { pairs: 3, p50: 20, p99: 30, max: 30 });
  assert.deepEqual([row.events, row.refusals], [3, 6]);
  const table = tableOf({ kill: row }, () => 'killed');
  assert.match(table, /^fault.*\nkilled +3 +1\.00 +3\.00/);
});

test('plans: all kinds, one node always left alone, and the same from the same seed', () => {
  const plan = (seed, more = {}) => planFaults(seeded(seed), { events: 100, nodes: 3, lease_ms: 3000, ...more });
  assert.deepEqual(plan(5), plan(5));
  assert.notDeepEqual(plan(5), plan(6));
  const events = plan(5);
  const all = events.flatMap(({ faults }) => faults);
  assert.deepEqual(new Set(all.map(({ kind }) => kind)), new Set(Object.keys(kinds)));
  const named = new Set(events.map(kindOf));
  assert.ok(named.has('two_at_once') && named.has('cut_database, short'), [...named].join());
  for (const kind of named) assert.match(titleOf(kind), /^[^,]+/);
  assert.equal(titleOf('cut_both, short'), 'partition from nodes and database, shorter than the lease');
  for (const { faults } of events) {
    const nodes = faults.flatMap(touched);
    assert.ok(nodes.length < 3 && new Set(nodes).size === nodes.length, JSON.stringify(faults));
    assert.ok(faults.filter(({ kind }) => kinds[kind].target === 'database').length < 2);
  }
  for (const { kind, hold_ms } of all) if (kind === 'pause' || kind === 'kill') assert.ok(hold_ms > 3000);
  assert.ok(plan(5, { network: false }).flatMap(({ faults }) => faults).every(({ kind }) => !kinds[kind].network));
  assert.deepEqual(new Set(plan(5, { only: ['slow'] }).flatMap(({ faults }) => faults).map(({ kind }) => kind)), new Set(['slow']));
  assert.throws(() => plan(5, { network: false, only: ['slow'] }));
});

test('runs: each in its tenant, told within the time, some held to the end', () => {
  const plan = planRuns(seeded(1), { runs: 1000, tenants: ['a', 'b'], whole_ms: 100_000 });
  assert.deepEqual(plan.map(({ input }) => input.number), Array.from({ length: 1000 }, (_, i) => i + 1));
  assert.equal(plan.filter(({ tenant }) => tenant === 'a').length, 500);
  for (const { starts, word_at, input } of plan) {
    assert.ok(starts >= 0 && starts <= word_at && word_at <= 1);
    assert.ok(input.laps >= 1 && starts * 100_000 + input.laps * input.rest_ms < 115_000);
  }
  const held = plan.filter(({ input }) => input.held).length;
  assert.ok(held > 300 && held < 500, `${held} are held`);
});
