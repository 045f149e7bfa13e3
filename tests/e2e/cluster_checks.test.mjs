// The cluster test's own checks must find what they are for.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Ledger } from '../support/counting_service.mjs';
import {
  checkAnswers, checkBalance, checkEndings, checkFeed, checkKeys, checkRecovery, checkShares, checkSlowest,
} from './cluster_checks.mjs';
import { FeedTally } from './cluster_feeds.mjs';
import { stepsOf } from './cluster_workflow.mjs';

const planned = new Map([[1, { tenant: 'a', input: { number: 1, laps: 2 } }], [2, { tenant: 'b', input: { number: 2, laps: 1 } }]]);

const event = (sequence, type, subject) => ({ sequence: String(sequence), type: `io.serverlessworkflow.${type}.v1`, subject });
function tallyOf(name, ...events) {
  const tally = new FeedTally(name);
  for (const each of events) tally.push(each);
  return tally;
}
const life = (id) => [event(1, 'workflow.started', `runs/${id}`), event(2, 'task.completed', `runs/${id}`), event(3, 'workflow.completed', `runs/${id}`)];

/** A service that was asked for every step once, and runs that have believed it. */
function wellDone() {
  const ledger = new Ledger(() => 0.5);
  const documents = new Map();
  for (const [number, { input }] of planned) {
    let total = 0;
    for (const step of stepsOf(input)) total += ledger.count(step, `key of ${step}`);
    documents.set(number, { id: `r${number}`, status: 'completed', output: { number, total } });
  }
  const feeds = new Map([['a', tallyOf('a', ...life('r1'))], ['b', tallyOf('b', ...life('r2'))]]);
  return { ledger, documents, feeds };
}

test('runs that were accepted, completed and told once are in order', () => {
  const { ledger, documents, feeds } = wellDone();
  assert.deepEqual(checkEndings(documents, feeds, planned), []);
  assert.deepEqual(checkKeys(ledger, planned), []);
  assert.deepEqual(checkBalance(documents, ledger, planned), []);
});

test('a run that is missing, unfinished, wrong, or ended twice is named', () => {
  const findings = (spoil) => {
    const all = wellDone();
    spoil(all);
    return checkEndings(all.documents, all.feeds, planned).join();
  };
  assert.match(findings(({ documents }) => documents.delete(2)), /run 2 was never accepted/);
  assert.match(findings(({ documents }) => (documents.get(1).status = 'faulted')), /run 1 of a \(r1\) is faulted/);
  assert.match(findings(({ documents }) => (documents.get(1).output = { number: 2 })), /gave/);
  assert.match(findings(({ feeds }) => feeds.get('a').push(event(4, 'workflow.completed', 'runs/r1'))), /r1\), on the feed, completed 2 times/);
  assert.match(findings(({ feeds }) => feeds.get('a').push(event(4, 'workflow.faulted', 'runs/r1'))), /r1\), on the feed, ended 2 times/);
  assert.match(findings(({ feeds }) => feeds.set('b', tallyOf('b'))), /r2\), on the feed, started 0 times/);
});

test('the same key again is in order', () => {
  const { ledger, documents } = wellDone();
  ledger.count('1/first', 'key of 1/first');
  assert.deepEqual(checkKeys(ledger, planned), []);
  assert.deepEqual(checkBalance(documents, ledger, planned), []);
});

test('a second key, a shared one, none, and steps that are missing or extra are named', () => {
  const findings = (spoil) => {
    const { ledger } = wellDone();
    spoil(ledger);
    return checkKeys(ledger, planned).join();
  };
  assert.match(findings((ledger) => ledger.count('1/lap-0', 'other')), /1\/lap-0 came under 2 keys/);
  assert.match(findings((ledger) => ledger.steps.set('1/first', new Map([['key of 2/first', { amount: 1 }]]))), /share the key/);
  assert.match(findings((ledger) => ledger.steps.set('1/first', new Map([['', { amount: 1 }]]))), /without an idempotency key/);
  assert.match(findings((ledger) => ledger.steps.delete('2/heard')), /2\/heard never reached/);
  assert.match(findings((ledger) => ledger.count('3/first', 'k')), /nobody asked for step 3\/first/);
});

test('a ledger that does not balance is named, by its run and in all', () => {
  const { ledger, documents } = wellDone();
  ledger.count('1/lap-0', 'other');
  assert.match(checkBalance(documents, ledger, planned).join('\n'), /run 1 \(r1\) adds up to .*\nthe runs add up to/);
  const less = wellDone();
  less.documents.get(2).output.total -= 1;
  assert.equal(checkBalance(less.documents, less.ledger, planned).length, 2);
  // What nobody has in his run was counted all the same.
  const more = wellDone();
  more.ledger.count('9/first', 'k');
  assert.match(checkBalance(more.documents, more.ledger, planned).join(), /the runs add up to/);
  const lost = wellDone();
  lost.documents.delete(1);
  assert.match(checkBalance(lost.documents, lost.ledger, planned).join(), /the runs add up to/);
});

test('holes, repetitions and an early end of a feed are named', () => {
  const good = () => tallyOf('a', ...life('r1'));
  assert.deepEqual(checkFeed(good(), good(), 3), []);
  assert.match(checkFeed(tallyOf('a', life('r1')[0], life('r1')[2]), good(), 3).join(), /feed of a: 3 follows 1/);
  assert.match(checkFeed(tallyOf('a', ...life('r1'), life('r1')[2]), good(), 3).join(), /feed of a: 3 follows 3/);
  assert.match(checkFeed(tallyOf('a', ...life('r1').slice(0, 2)), good(), 3).join(), /as followed, ends with 2, but the newest is 3/);
  assert.match(checkFeed(good(), tallyOf('a', life('r1')[1]), 3).join(), /read again, the feed of a: 2 follows 0/);
  assert.match(checkFeed(good(), tallyOf('a', ...life('other')), 3).join(), /told event 1 live otherwise than later/);
});

const healthy = () => ({
  nodes: [{ id: 'x', name: 'n1', state: 'active', shards: 2 }, { id: 'y', name: 'n2', state: 'active', shards: 1 }],
  shards: [{ shard: 0, node: 'x' }, { shard: 1, node: 'y' }, { shard: 2, node: 'x' }],
});

test('shards that all have a living owner, in equal shares, are in order', () => {
  assert.deepEqual(checkShares(healthy(), ['n1', 'n2'], 3), []);
});

test('shards without a living owner, unequal shares and nodes too many or too few are named', () => {
  const findings = (spoil, names = ['n1', 'n2']) => {
    const status = healthy();
    spoil(status);
    return checkShares(status, names, 3).join();
  };
  assert.match(checkShares(undefined, ['n1'], 3).join(), /no node tells/);
  assert.match(findings(({ shards }) => (shards[1].node = null)), /shard 1 belongs to nobody/);
  assert.match(findings(({ shards }) => (shards[1].node = 'z')), /shard 1 belongs to z, which is not there/);
  assert.match(findings(({ nodes }) => (nodes[1].state = 'draining')), /n2 is not among the active.*n2 \(y, draining\) is still listed.*shard 1 belongs to y/);
  assert.match(findings(({ shards }) => shards.pop()), /shard 2 is not listed/);
  assert.match(findings(({ shards }) => (shards[2].shard = 1)), /shard 1 is listed twice/);
  assert.match(findings(({ shards }) => (shards[1].node = 'x')), /the shares are 3, 0/);
  assert.match(findings(({ nodes }) => (nodes[0].shards = 3)), /n1 is said to have 3 shards, and has 2/);
  assert.match(findings(() => {}, ['n1', 'n2', 'n3']), /n3 is not among the active nodes/);
});

const attempt = (more) => ({ tenant: 'a', node: 'n1', what: 'write', sent: 0, ok: false, excused: false, ...more });

test('answers other than 503 with Retry-After are named, unless their node was killed', () => {
  const findings = (more) => checkAnswers('f', [attempt(more)]);
  assert.deepEqual(findings({ ok: true, status: 200 }), []);
  assert.deepEqual(findings({ status: 503, retryAfter: '1' }), []);
  assert.deepEqual(findings({ error: 'ECONNRESET', excused: true }), []);
  assert.match(findings({ status: 503 }).join(), /503 without Retry-After/);
  assert.match(findings({ status: 500, problem: 'oh' }).join(), /answered with 500: oh/);
  assert.match(findings({ error: 'ECONNRESET' }).join(), /sent at 0 ms, was not answered: ECONNRESET/);
});

test('what took too long is named', () => {
  assert.deepEqual(checkSlowest('f', undefined, 2500), []);
  assert.deepEqual(checkSlowest('f', { ms: 2400, attempt: attempt({ status: 503 }) }, 2500), []);
  assert.match(checkSlowest('f', { ms: 2600, attempt: attempt({ status: 503 }) }, 2500).join(), /took 2600 ms \(503\)/);
  assert.deepEqual(checkRecovery('kill', undefined, 5000), []);
  assert.deepEqual(checkRecovery('kill', 4999, 5000), []);
  assert.match(checkRecovery('kill', 5001, 5000).join(), /took 5001 ms/);
  assert.match(checkRecovery('kill', Infinity, 5000).join(), /for ever/);
});
