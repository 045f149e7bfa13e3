// The kill test's own checks must find what they are for.
import test from 'node:test';
import assert from 'node:assert/strict';
import {
  checkEnds, checkFeedEnds, checkHistory, checkIdentity, checkLedger, checkSameFeed, checkSequences, extraDeliveries,
} from './kill_checks.mjs';
import { deliveriesOf, outputOf, stepsOf } from './kill_workflow.mjs';

const idsOf = (entries) => new Map(entries.map(([number, ...ids]) => [number, new Set(ids)]));
const event = (sequence, type, subject) => ({ sequence: String(sequence), type: `io.serverlessworkflow.${type}.v1`, subject });

test('one id for each key and each of them listed once is in order', () => {
  assert.deepEqual(checkIdentity(idsOf([[1, 'a'], [2, 'b']]), [{ id: 'b' }, { id: 'a' }]), []);
});

test('lost, doubled, shared and unknown runs are named', () => {
  assert.match(checkIdentity(idsOf([[1, 'a'], [2, 'b']]), [{ id: 'a' }]).join(), /run 2 \(b\) is lost/);
  assert.match(checkIdentity(idsOf([[1, 'a', 'b']]), [{ id: 'a' }, { id: 'b' }]).join(), /answered with 2 ids/);
  assert.match(checkIdentity(idsOf([[1, 'a'], [2, 'a']]), [{ id: 'a' }]).join(), /share the id a/);
  assert.match(checkIdentity(idsOf([[1, 'a']]), [{ id: 'a' }, { id: 'c' }]).join(), /nobody asked for run c/);
  assert.match(checkIdentity(idsOf([[1, 'a']]), [{ id: 'a' }, { id: 'a' }]).join(), /repeats 1/);
});

test('a run that is not completed, or with another output, is named', () => {
  const good = { id: 'a', status: 'completed', output: outputOf(1) };
  assert.deepEqual(checkEnds(new Map([[1, good]])), []);
  assert.match(checkEnds(new Map([[1, { ...good, status: 'waiting' }]])).join(), /is waiting/);
  assert.match(checkEnds(new Map([[1, { ...good, output: null }]])).join(), /gave null/);
});

test('a history has one start and one end', () => {
  const once = [{ type: 'workflow.started' }, { type: 'task.completed' }, { type: 'workflow.completed' }];
  assert.deepEqual(checkHistory(1, once), []);
  assert.equal(checkHistory(1, once.slice(0, 2)).length, 2);
  assert.equal(checkHistory(1, [...once, once[2]]).length, 2);
  assert.equal(checkHistory(1, [...once, { type: 'workflow.faulted' }]).length, 1);
});

test('holes and repetitions of the feed are named', () => {
  const feed = (...sequences) => sequences.map((n) => event(n, 'x', 's'));
  assert.deepEqual(checkSequences('feed', feed(1, 2, 3)), []);
  assert.deepEqual(checkSequences('feed', feed(1, 3)), ['feed: 3 follows 1']);
  assert.deepEqual(checkSequences('feed', feed(1, 2, 2)), ['feed: 2 follows 2']);
  assert.deepEqual(checkSequences('feed', feed(2)), ['feed: 2 follows 0']);
});

test('each run starts and ends once on the feed', () => {
  const feed = [event(1, 'workflow.started', 'runs/a'), event(2, 'workflow.completed', 'runs/a')];
  assert.deepEqual(checkFeedEnds(feed, ['a']), []);
  assert.equal(checkFeedEnds(feed, ['a', 'b']).length, 3);
  assert.equal(checkFeedEnds([...feed, feed[1]], ['a']).length, 2);
});

test('a feed that tells otherwise later is named', () => {
  const feed = [event(1, 'a', 's'), event(2, 'b', 's')];
  assert.deepEqual(checkSameFeed(feed, structuredClone(feed)), []);
  assert.match(checkSameFeed(feed, [feed[0], event(2, 'c', 's')]).join(), /event 2/);
  assert.equal(checkSameFeed(feed, feed.slice(0, 1)).length, 1);
});

test('the ledger shows one key for each step and no key twice', () => {
  const ledger = () => ({
    steps: Object.fromEntries(stepsOf(1).map((step) => [step, { keys: [`k-${step}`], deliveries: deliveriesOf(step) }])),
  });
  assert.deepEqual(checkLedger(ledger(), [1]), []);
  assert.equal(extraDeliveries(ledger()), 0);

  const two = ledger();
  two.steps['1/first'].keys.push('other');
  assert.match(checkLedger(two, [1]).join(), /1\/first came under 2 keys/);
  const none = ledger();
  none.steps['1/first'].keys = [''];
  assert.match(checkLedger(none, [1]).join(), /without an idempotency key/);
  const shared = ledger();
  shared.steps['1/room-a'].keys = ['k-1/room-b'];
  assert.match(checkLedger(shared, [1]).join(), /share the key/);
  const missing = ledger();
  delete missing.steps['1/flaky'];
  assert.match(checkLedger(missing, [1]).join(), /never reached/);
  const few = ledger();
  few.steps['1/flaky'].deliveries = 2;
  assert.match(checkLedger(few, [1]).join(), /2 times only/);
  const extra = ledger();
  extra.steps['1/first'].deliveries = 4;
  assert.equal(extraDeliveries(extra), 3);
  assert.equal(checkLedger(ledger(), [1, 2]).length, 4);
  assert.match(checkLedger(ledger(), []).join(), /nobody asked for step/);
});
