// The search for an order: from each configuration one of the operations that may come next is tried, and a
// configuration that was looked at is not looked at again.
//
// A configuration is which operations have had their turn, and the state. Unanswered operations need not
// have one: who has used fewer of them than another, and is the same otherwise, can do all that the other
// can. So the other is passed over; and so that it comes later, configurations are looked at in the order
// of how many unanswered operations they have used, and depth first among those.

/** Where a search is: `last` is the last answered operation that had its turn, `left` are those before it that had not. */
function placeAfter(place, op, state, { last = place.last, left = place.left, used = place.used, level = place.level }) {
  return { before: place, op, state, last, left, used, level };
}

/** After the answered operation `index` had its turn. */
function withAnswered(place, index, op, state) {
  if (index < place.last) return placeAfter(place, op, state, { left: place.left.filter((i) => i !== index) });
  const left = [...place.left];
  for (let i = place.last + 1; i < index; i += 1) left.push(i);
  return placeAfter(place, op, state, { last: index, left });
}

/** The answered operations before which nobody else has to have a turn, and the time until which that is so. */
function firstsOf({ last, left }, answered) {
  const found = [];
  let until = Infinity;
  const mayCome = (i) => {
    if (answered[i].call > until) return false;
    found.push(i);
    until = Math.min(until, answered[i].return);
    return true;
  };
  if (left.every(mayCome)) for (let i = last + 1; i < answered.length && mayCome(i); i += 1);
  return { found, until };
}

/** Configurations that were looked at, of each the least sets of unanswered operations that were used. */
class Memory {
  #seen = new Map();

  /** Whether this is news. `used`: a bit for each unanswered operation. */
  add(key, used) {
    const known = this.#seen.get(key);
    if (!known) {
      this.#seen.set(key, [used]);
      return true;
    }
    if (known.some((other) => (other & used) === other)) return false;
    known.push(used);
    return true;
  }
}

/** Places that were not looked at yet: those that have used the fewest unanswered operations first, the newest of them first. */
class Agenda {
  #levels = [];
  #lowest = 0;

  add(place) {
    (this.#levels[place.level] ??= []).push(place);
  }

  /** Places lead to others of their level and the next only: a level that is empty stays so. */
  next() {
    while (this.#lowest < this.#levels.length) {
      const place = this.#levels[this.#lowest].pop();
      if (place) return place;
      this.#lowest += 1;
    }
    return undefined;
  }
}

/**
 * The unanswered operations with a bit for each. Of those that ask for the same the one that called first
 * can stand for all: it has its turn before the others, which `after` tells.
 */
function withBits(open) {
  const same = new Map();
  return open.map((op, i) => {
    const bit = 1n << BigInt(i);
    const text = JSON.stringify(op.input);
    const after = same.get(text) ?? 0n;
    same.set(text, bit);
    return { op, bit, after };
  });
}

function orderTo(place) {
  const order = [];
  for (let at = place; at.op; at = at.before) order.push(at.op);
  return order.reverse();
}

/**
 * {verdict, explored, order, state, until}: an order of operations that the model gives and its last state. If
 * none has all of them it is the one that came furthest: it lacks nobody who was answered before `until`. Both
 * lists are in the order of their calls.
 */
export function searchOrder({ answered, open }, model, deadline = Infinity) {
  const openOnes = withBits(open);
  const memory = new Memory();
  const agenda = new Agenda();
  agenda.add({ op: undefined, state: model.init, last: -1, left: [], used: 0n, level: 0 });
  let furthest = { until: -Infinity };
  const told = (verdict, explored) => ({ verdict, explored, order: orderTo(furthest.place), state: furthest.place.state, until: furthest.until });
  for (let explored = 0; ; explored += 1) {
    const place = agenda.next();
    if (!place) return told('violated', explored);
    if (explored % 256 === 255 && performance.now() > deadline) return told('undecided', explored);
    const { state, last, left, used, level } = place;
    if (!memory.add(`${last} ${left.join(',')} ${model.key(state)}`, used)) continue;

    const firsts = firstsOf(place, answered);
    if (firsts.until > furthest.until) furthest = { place, until: firsts.until };
    if (firsts.found.length === 0) return told('linearizable', explored);
    for (const { op, bit, after } of openOnes) {
      if (op.call > firsts.until) break;
      if ((used & bit) !== 0n || (used & after) !== after) continue;
      for (const next of model.step(state, op)) agenda.add(placeAfter(place, op, next, { used: used | bit, level: level + 1 }));
    }
    for (const index of firsts.found.reverse()) // so that who called first is looked at first
      for (const next of model.step(state, answered[index])) agenda.add(withAnswered(place, index, answered[index], next));
  }
}
