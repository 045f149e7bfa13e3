// The checker must find what it is for, and nothing else: histories by hand, and random ones beside a judge
// that tries everything.
import test from 'node:test';
import assert from 'node:assert/strict';
import { byKey, checkByKey, checkHistory, explain, prefixOf } from './linearizability.mjs';
import { inEveryOrder, randomHistory, registerModel, runRegister } from './linearizability_samples.mjs';
import { seeded } from './random.mjs';
import { approvalModel, counterModel, models, sharedRuns, startModel } from '../e2e/linearizable_models.mjs';

const ok = (call, end, input, answer) => ({ call, return: end, input, outcome: 'ok', answer });
const refused = (call, end, input, status) => ({ call, return: end, input, outcome: 'refused', answer: { status } });
const unknown = (call, input) => ({ call, return: null, input, outcome: 'unknown' });
const verdict = (model, ...history) => checkHistory(history, model).verdict;
const isLinearizable = (model, ...history) => assert.equal(verdict(model, ...history), 'linearizable');

/** Violated, and exactly when that operation is answered. */
function isViolatedAt(at, model, ...history) {
  const found = checkHistory(history, model);
  assert.equal(found.verdict, 'violated');
  assert.equal(history.indexOf(found.at), at, explain(found, model));
  assert.equal(verdict(model, ...prefixOf(history, found.answers)), 'violated');
  assert.equal(verdict(model, ...prefixOf(history, found.answers - 1)), 'linearizable');
}

// --- a register -----------------------------------------------------------------------------------

const write = (value) => ({ do: 'write', value });
const read = { do: 'read' };

test('a read beside a write may give either; two reads in a row may not go back', () => {
  const during = ok(0, 10, write(1));
  isLinearizable(registerModel, during, ok(2, 3, read, 0), ok(4, 5, read, 1));
  isViolatedAt(2, registerModel, during, ok(2, 3, read, 1), ok(4, 5, read, 0));
});

test('a stale read is found, and named', () => {
  isViolatedAt(1, registerModel, ok(0, 1, write(1)), ok(2, 3, read, 0), ok(4, 5, read, 1));
  const found = checkHistory([ok(0, 1, write(1)), ok(2, 3, read, 0)], registerModel);
  assert.match(explain(found, registerModel), /no order is left at answer 2: \[2\.0, 3\.0\].*"read"/);
});

test('what touches in time is at once', () => {
  isLinearizable(registerModel, ok(0, 1, write(1)), ok(1, 2, read, 0));
});

test('a write of unknown outcome takes effect late, or never', () => {
  isLinearizable(registerModel, unknown(0, write(1)), ok(1, 2, read, 0), ok(3, 4, read, 1));
  isLinearizable(registerModel, unknown(0, write(1)), ok(1, 2, read, 0));
  isLinearizable(registerModel, unknown(0, write(1)), ok(1, 2, write(2)), ok(3, 4, read, 2), ok(5, 6, read, 1));
});

test('a write of unknown outcome takes effect once, and not before its call', () => {
  isViolatedAt(3, registerModel, unknown(0, write(1)), ok(1, 2, read, 1), ok(3, 4, write(2)), ok(5, 6, read, 1));
  isViolatedAt(0, registerModel, ok(0, 1, read, 1), unknown(2, write(1)));
});

test('what was never sent is not there', () => {
  isViolatedAt(1, registerModel, { call: 0, return: null, input: write(1), outcome: 'unsent' }, ok(1, 2, read, 1));
});

test('keys are judged apart', () => {
  const history = [['a', 1], ['b', 2]].flatMap(([key, value]) => [ok(0, 1, write(value)), ok(2, 3, read, value)].map((op) => ({ ...op, model: 'register', key })));
  assert.deepEqual([...byKey(history).keys()], ['register a', 'register b']);
  const told = checkByKey(history, { register: registerModel });
  assert.deepEqual([told.keys, told.operations, told.violations], [2, 4, []]);
  history.at(-1).answer = 1;
  assert.deepEqual(checkByKey(history, { register: registerModel }).violations.map(({ key }) => key), ['register b']);
});

// --- starts ---------------------------------------------------------------------------------------

const start = (body) => ({ do: 'start', body });
const find = (id) => ({ do: 'find', id });

test('one key has one run and one body', () => {
  isLinearizable(startModel, ok(0, 5, start('x'), { id: 1, body: 'x' }), ok(1, 6, start('x'), { id: 1, body: 'x' }), refused(2, 7, start('y'), 422), ok(8, 9, find(1), { id: 1, body: 'x' }));
  isViolatedAt(1, startModel, ok(0, 1, start('x'), { id: 1, body: 'x' }), ok(2, 3, start('x'), { id: 2, body: 'x' }));
  isViolatedAt(1, startModel, ok(0, 5, start('x'), { id: 1, body: 'x' }), ok(0, 6, start('x'), { id: 2, body: 'x' }));
  isViolatedAt(1, startModel, ok(0, 1, start('x'), { id: 1, body: 'x' }), ok(2, 3, start('y'), { id: 1, body: 'x' }));
  isViolatedAt(0, startModel, refused(0, 1, start('x'), 422), ok(2, 3, start('x'), { id: 1, body: 'x' }));
  isViolatedAt(1, startModel, ok(0, 1, start('x'), { id: 1, body: 'x' }), refused(2, 3, find(1), 404));
});

test('a start of unknown outcome has the id that is told later', () => {
  isLinearizable(startModel, unknown(0, start('x')), refused(1, 2, start('y'), 422), ok(3, 4, start('x'), { id: 1, body: 'x' }));
  isViolatedAt(2, startModel, unknown(0, start('x')), refused(1, 2, start('y'), 422), ok(3, 4, start('y'), { id: 1, body: 'y' }));
});

test('a run of two keys is found', () => {
  const operations = ['a', 'b'].map((key) => ({ model: 'start', key, answer: { id: 1 } }));
  assert.match(sharedRuns(operations).join(), /run 1 was given to a and b/);
  assert.deepEqual(sharedRuns([operations[0], operations[0]]), []);
});

// --- approvals ------------------------------------------------------------------------------------

const answer = (what, by) => ({ do: what, by });
const pending = { status: 'pending', by: null };
const approved = (by) => ({ status: 'approved', by });
const rejected = (by) => ({ status: 'rejected', by });

test('of two who answer at once one is heard', () => {
  const first = ok(0, 5, answer('approve', 'a'), approved('a'));
  isLinearizable(approvalModel, first, refused(1, 6, answer('reject', 'b'), 409), ok(1, 2, read, pending), ok(3, 4, read, approved('a')));
  isViolatedAt(1, approvalModel, first, ok(1, 6, answer('reject', 'b'), rejected('b')));
  isViolatedAt(1, approvalModel, first, ok(1, 6, answer('approve', 'b'), approved('b')));
  isViolatedAt(2, approvalModel, first, ok(1, 2, read, approved('a')), ok(3, 4, read, pending));
  isViolatedAt(0, approvalModel, refused(0, 1, answer('approve', 'a'), 409), ok(2, 3, read, pending));
});

test('an answer of unknown outcome wins late, or not at all', () => {
  const lost = unknown(0, answer('reject', 'a'));
  isLinearizable(approvalModel, lost, ok(1, 2, read, pending), refused(3, 4, answer('approve', 'b'), 409), ok(5, 6, read, rejected('a')));
  isLinearizable(approvalModel, lost, ok(1, 2, answer('approve', 'b'), approved('b')), ok(5, 6, read, approved('b')));
  isViolatedAt(2, approvalModel, lost, ok(1, 2, answer('approve', 'b'), approved('b')), ok(5, 6, read, rejected('a')));
});

// --- counters -------------------------------------------------------------------------------------

const create = (by) => ({ do: 'create', by, n: 0 });
const change = (from, by, n) => ({ do: 'write', basis: { by: from.by, version: from.version }, by, n });
const at = (by, n, version) => ({ by, n, version });
const made = [ok(0, 1, create('a'), at('a', 0, 1)), refused(0, 1, create('b'), 412)];
const [zero, one] = [at('a', 0, 1), at('c', 1, 2)];

test('a counter moves by whoever has read it last', () => {
  isLinearizable(counterModel, ...made, ok(2, 4, change(zero, 'c', 1), one), refused(2, 4, change(zero, 'd', 1), 412), ok(5, 6, read, one));
  isViolatedAt(3, counterModel, ...made, ok(2, 4, change(zero, 'c', 1), one), ok(2, 5, change(zero, 'd', 1), at('d', 1, 3))); // a lost update
  isViolatedAt(3, counterModel, ...made, ok(2, 3, change(zero, 'c', 1), one), ok(4, 5, read, zero));
  isViolatedAt(2, counterModel, ...made, refused(2, 3, change(zero, 'c', 1), 412));
  isViolatedAt(2, counterModel, ...made, refused(2, 3, read, 404));
  isViolatedAt(2, counterModel, ...made, ok(2, 3, change(zero, 'c', 1), at('c', 1, 1))); // a version twice
  isViolatedAt(3, counterModel, ...made, ok(2, 3, change(zero, 'c', 1), one), ok(4, 5, read, at('c', 1, 3)));
});

test('a change of unknown outcome comes late, if what it was made of is still there', () => {
  const lost = unknown(2, change(zero, 'c', 1));
  isLinearizable(counterModel, ...made, lost, ok(3, 4, read, zero), ok(5, 6, read, one), ok(7, 8, change(one, 'e', 2), at('e', 2, 5)));
  isViolatedAt(4, counterModel, ...made, lost, ok(3, 4, change(zero, 'd', 1), at('d', 1, 3)), ok(5, 6, read, at('c', 1, 4)));
  isViolatedAt(4, counterModel, ...made, lost, refused(3, 4, change(zero, 'd', 1), 412), ok(5, 6, read, zero)); // refused for the sake of what never came
});

// --- beside a judge that tries everything -----------------------------------------------------------

for (const [name, model] of Object.entries({ register: registerModel, ...models }))
  test(`random small histories of a ${name} are judged as by trying every order`, () => {
    const random = seeded(7);
    const seen = { linearizable: 0, violated: 0 };
    for (let i = 0; i < 400; i += 1) {
      const history = randomHistory(name, random);
      const found = checkHistory(history, model);
      assert.equal(found.verdict, inEveryOrder(history, model) ? 'linearizable' : 'violated', JSON.stringify(history, null, 1));
      seen[found.verdict] += 1;
      if (found.verdict === 'violated') {
        assert.equal(inEveryOrder(prefixOf(history, found.answers), model), false);
        assert.equal(inEveryOrder(prefixOf(history, found.answers - 1), model), true);
      }
    }
    assert.ok(seen.linearizable > 40 && seen.violated > 40, JSON.stringify(seen));
  });

// --- in time --------------------------------------------------------------------------------------

const sizes = [{ values: 3, unknown: 0 }, { values: 3, unknown: 0.005 }, { values: 1000, unknown: 0.005 }];
for (const how of sizes)
  test(`2,000 operations of 8 clients on one register, ${JSON.stringify(how)}, are decided in time`, () => {
    const history = runRegister({ operations: 2000, clients: 8, ...how }, seeded(3));
    const within = (limit_ms, wanted) => {
      const from = performance.now();
      const found = checkHistory(history, registerModel);
      assert.equal(found.verdict, wanted);
      assert.ok(performance.now() - from < limit_ms, `it took ${performance.now() - from} ms, ${found.explored} configurations`);
      return found;
    };
    within(5000, 'linearizable');
    const last = history.filter((op) => op.outcome === 'ok' && op.input.do === 'read').at(-20);
    last.answer = -1;
    assert.equal(within(5000, 'violated').at, last);
  });
