// Whether a concurrent history could have been one thing after the other: Wing & Gong's search with
// Lowe's memory of configurations, as Porcupine does it. See linearization_search.mjs for the search.
//
// A history is a list of operations {input, call, return, outcome, answer, ...}: times of one monotonic
// clock, and what the caller was told:
//   ok, refused   it was answered within [call, return]
//   unknown       it may have taken effect at any time after its call, or never will
//   unsent        it never reached anybody; left out
//
// A model says what one thing after the other would have answered:
//   init              the state at the beginning
//   step(state, op)   all states that op may lead to; none: it can't have been answered so. Of an unknown
//                     operation only those in which it took effect, and at least all that any answer to it
//                     could lead to; `answer` must not be looked at then.
//   key(state)        a text; states with one key are one
//   show(state)       optional: for people; the key otherwise
import { searchOrder } from './linearization_search.mjs';

/** The operations in the order of their calls, apart: those that were answered, those that are open. */
function sorted(history) {
  const byCall = history.filter((op) => op.outcome !== 'unsent').sort((a, b) => a.call - b.call);
  const isOpen = (op) => op.outcome === 'unknown';
  return { answered: byCall.filter((op) => !isOpen(op)), open: byCall.filter(isOpen) };
}

/**
 * What was known right after the first `count` answers: who was not answered by then may or may not have
 * taken effect, and who had not called is not there.
 */
export function prefixOf(history, count) {
  const answers = inOrderOfReturn(history).slice(0, count);
  const known = new Set(answers);
  const until = answers.at(-1)?.return ?? -Infinity;
  const prefix = [];
  for (const op of history) {
    if (known.has(op) || (op.outcome === 'unknown' && op.call <= until)) prefix.push(op);
    else if (op.call <= until && op.outcome !== 'unsent') prefix.push({ ...op, outcome: 'unknown', answer: undefined, return: null });
  }
  return prefix;
}

function inOrderOfReturn(history) {
  return history.filter((op) => op.outcome === 'ok' || op.outcome === 'refused').sort((a, b) => a.return - b.return);
}

/**
 * The first answer after which no order is left: each prefix of a linearizable history is linearizable. It
 * mostly is the one at which the search got stuck, but what others were answered later may have stopped it
 * earlier. When the time is over it is the first that is known to be one too many.
 */
function shortestViolation(history, stuck, model, deadline) {
  const byReturn = inOrderOfReturn(history);
  let good = byReturn.filter((op) => op.return < stuck.until).length;
  let bad = byReturn.length;
  let before = stuck;
  for (let stride = 1; bad - good > 1; stride *= 2) {
    const count = Math.min(good + stride, (good + bad) >> 1);
    const found = searchOrder(sorted(prefixOf(history, count)), model, deadline);
    if (found.verdict === 'undecided') break;
    if (found.verdict === 'linearizable') [good, before] = [count, found];
    else bad = count;
  }
  return { verdict: 'violated', at: byReturn[bad - 1], prefix: prefixOf(history, bad), answers: bad, before };
}

/**
 * Answers {verdict, explored}; the verdict is
 *   'linearizable'   and `order` is one
 *   'violated'       `at` is the operation at whose return no order is left, `prefix` the history until then,
 *                    `answers` how many answers that has, `before` an {order, state} without `at`
 *   'undecided'      the time was not enough
 */
export function checkHistory(history, model, { patience_ms = 60_000 } = {}) {
  const deadline = performance.now() + patience_ms;
  const found = searchOrder(sorted(history), model, deadline);
  if (found.verdict !== 'violated') return found;
  return { ...shortestViolation(history, found, model, deadline), explored: found.explored };
}

/** A history's parts that have nothing to do with each other: linearizable if each of them is. */
export function byKey(history, keyOf = (op) => `${op.model} ${op.key}`) {
  const parts = new Map();
  for (const op of history) {
    const key = keyOf(op);
    if (parts.has(key)) parts.get(key).push(op);
    else parts.set(key, [op]);
  }
  return parts;
}

/**
 * Each key's history by the model that its operations name. `late` counts the operations of unknown outcome
 * that must have taken effect for the answers to be what they are.
 */
export function checkByKey(history, models, options = {}) {
  const begun = performance.now();
  const told = { keys: 0, operations: 0, longest: 0, late: 0, undecided: [], violations: [] };
  for (const [key, part] of byKey(history)) {
    const found = checkHistory(part, models[part[0].model], options);
    told.keys += 1;
    told.operations += part.length;
    told.longest = Math.max(told.longest, part.length);
    if (found.verdict === 'linearizable') told.late += found.order.filter((op) => op.outcome === 'unknown').length;
    if (found.verdict === 'undecided') told.undecided.push(key);
    if (found.verdict === 'violated') told.violations.push({ key, ...found });
  }
  return { ...told, ms: performance.now() - begun };
}

const shownTime = (time) => (time === null || time === undefined ? '...' : time.toFixed(1));

/** One operation as a line for people. */
export function shownOperation(op) {
  const answer = op.answer === undefined ? '' : ` ${JSON.stringify(op.answer)}`;
  const who = [op.process, op.url].filter((word) => word !== undefined).map((word) => `${word} `).join('');
  return `[${shownTime(op.call)}, ${shownTime(op.return)}] ${who}${JSON.stringify(op.input)} -> ${op.outcome}${answer}`;
}

/** What is wrong, for people: the answer that fits nowhere, and what it was up against. */
export function explain({ at, answers, prefix, before }, model, lines = 12) {
  const show = model.show ?? model.key;
  const beside = prefix.filter((op) => op !== at && op.call <= at.return && (op.outcome === 'unknown' || op.return >= at.call));
  return [
    `no order is left at answer ${answers}: ${shownOperation(at)}`,
    `  without it the state could be ${show(before.state)}, after`,
    ...before.order.slice(-lines).map((op) => `    ${shownOperation(op)}`),
    '  at the same time there were',
    ...beside.slice(-lines).map((op) => `    ${shownOperation(op)}`),
  ].join('\n');
}
