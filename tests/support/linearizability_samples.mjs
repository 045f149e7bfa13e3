// Histories for the test of the checker, and a judge without any cleverness to compare it with.
import { between } from './random.mjs';

/** A number that is written and read; 0 at first. `swap` writes if it is what was expected. */
export const registerModel = {
  init: 0,
  step(state, { input, outcome, answer }) {
    if (input.do === 'write') return [input.value];
    if (input.do === 'read') return outcome === 'ok' && answer === state ? [state] : [];
    const fits = state === input.expected;
    if (outcome === 'refused') return fits ? [] : [state];
    return fits ? [input.value] : [];
  },
  key: String,
};

/** Whether any order of any choice of the unanswered operations is one that the model gives. */
export function inEveryOrder(history, model) {
  const sent = history.filter((op) => op.outcome !== 'unsent');
  const answered = sent.filter((op) => op.outcome !== 'unknown');
  const open = sent.filter((op) => op.outcome === 'unknown');
  for (let chosen = 0; chosen < 2 ** open.length; chosen += 1) {
    const taken = [...answered, ...open.filter((_, i) => chosen & (1 << i))];
    for (const order of permutations(taken)) if (isInTime(order) && isAnswered(order, model)) return true;
  }
  return false;
}

function* permutations(items) {
  if (items.length === 0) yield [];
  for (const [i, first] of items.entries())
    for (const rest of permutations(items.toSpliced(i, 1))) yield [first, ...rest];
}

/** Nobody comes before who was done when it began. */
function isInTime(order) {
  return order.every((op, i) => order.slice(i + 1).every((later) => later.outcome === 'unknown' || later.return >= op.call));
}

function isAnswered(order, model) {
  let states = [model.init];
  for (const op of order) states = states.flatMap((state) => model.step(state, op));
  return states.length > 0;
}

const oneOf = (random, items) => items[between(random, 0, items.length - 1)];

/** What somebody might ask and be told: ([input, outcomes]), where an outcome is what is answered or a status. */
const asked = {
  register: (random) => oneOf(random, [
    [{ do: 'write', value: between(random, 1, 2) }, [true]],
    [{ do: 'read' }, [0, 1, 2]],
    [{ do: 'swap', expected: between(random, 0, 2), value: between(random, 1, 2) }, [true, { status: 412 }]],
  ]),
  start: (random) => {
    const body = oneOf(random, ['x', 'x', 'y']);
    const runs = [{ id: 1, body }, { id: 1, body }, { id: 2, body }];
    return oneOf(random, [[{ do: 'start', body }, [...runs, { status: 422 }]], [{ do: 'find', id: 1 }, [runs[0], runs[0], { status: 404 }]]]);
  },
  approval: (random, i) => {
    const [what, status] = oneOf(random, [['approve', 'approved'], ['reject', 'rejected']]);
    const read = [{ status: 'pending', by: null }, { status: 'approved', by: between(random, 0, 3) }, { status: 'rejected', by: between(random, 0, 3) }];
    return oneOf(random, [[{ do: what, by: i }, [{ status, by: i }, { status: 409 }, { status: 409 }]], [{ do: 'read' }, read]]);
  },
  counter: (random, i) => {
    const some = (by) => ({ by, n: by, version: by + between(random, 1, 2) });
    const basis = some(between(random, 0, 1));
    return oneOf(random, [
      [{ do: 'create', by: i, n: i }, [some(i), { status: 412 }]],
      [{ do: 'write', basis: { by: basis.by, version: basis.version }, by: i, n: i }, [some(i), { status: 412 }]],
      [{ do: 'read' }, [some(0), some(between(random, 0, 3)), { status: 404 }]],
    ]);
  },
};

/** One to six operations with answers as they come, right or wrong. */
export function randomHistory(name, random) {
  return Array.from({ length: between(random, 1, 6) }, (_, i) => {
    const [input, answers] = asked[name](random, i);
    const call = between(random, 0, 20);
    if (random() < 0.25) return { call, return: null, input, outcome: 'unknown' };
    const answer = oneOf(random, answers);
    // A status that is a number is a refusal's; an approval has its own.
    const outcome = typeof answer.status === 'number' ? 'refused' : 'ok';
    return { call, return: call + between(random, 0, 15), input, outcome, answer };
  });
}

/** What clients of a register that works see: each operation takes effect at some moment before its answer. */
export function runRegister({ operations, clients, values, unknown }, random) {
  const history = [];
  const busy = Array.from({ length: clients }, () => undefined);
  let now = 0;
  let state = 0;
  while (history.length < operations || busy.some(Boolean)) {
    now += 1;
    const client = between(random, 0, clients - 1);
    const op = busy[client];
    if (!op) {
      if (history.length === operations) continue;
      const input = random() < 0.5 ? { do: 'read' } : { do: 'write', value: between(random, 1, values) };
      busy[client] = { process: client, call: now, return: null, input, outcome: 'unknown' };
      history.push(busy[client]);
    } else if (!op.hasTaken) {
      if (op.input.do === 'read') op.answer = state;
      else state = op.input.value;
      op.hasTaken = true;
    } else {
      busy[client] = undefined;
      if (random() < unknown) delete op.answer;
      else Object.assign(op, { return: now, outcome: 'ok' });
    }
  }
  return history;
}
