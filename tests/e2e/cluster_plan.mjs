// What the chaos test does to a cluster, and when: drawn from a seed, before anything runs.
import { between } from '../support/random.mjs';

// `recovers`: from when on writes must go through the nodes that a fault leaves alone. 'begin': others
// take over; 'end': not before it is over, since the owner lives and can't be reached, or there is no database.
// `out`: the node itself answers nobody meanwhile. `serves`: it must go on answering, too.
// `partition`: nothing but silence on the network, so every request must be answered in time.
// `target`: node, way (from one node to another), or database.
export const kinds = {
  kill: { target: 'node', recovers: 'begin', out: true, title: 'kill (SIGKILL), restart after the takeover' },
  kill_at_once: { target: 'node', recovers: 'begin', out: true, title: 'kill (SIGKILL), restart at once' },
  pause: { target: 'node', recovers: 'begin', out: true, title: 'pause (SIGSTOP) beyond the lease' },
  cut_nodes: { target: 'node', recovers: 'end', network: true, partition: true, title: 'partition from the other nodes' },
  cut_database: { target: 'node', recovers: 'begin', network: true, partition: true, title: 'partition from the database' },
  cut_both: { target: 'node', recovers: 'begin', network: true, partition: true, title: 'partition from nodes and database' },
  deaf_way: { target: 'way', recovers: 'end', network: true, partition: true, title: 'loss from one node to another' },
  deaf_database: { target: 'node', recovers: 'begin', network: true, partition: true, title: 'loss from a node to the database, or back' },
  slow: { target: 'node', recovers: 'begin', serves: true, network: true, title: 'slow link' },
  database_fast: { target: 'database', recovers: 'end', title: 'PostgreSQL restart, fast' },
  database_immediate: { target: 'database', recovers: 'end', title: 'PostgreSQL restart, immediate' },
  drain_end: { target: 'node', recovers: 'begin', out: true, title: 'drain by SIGTERM, restart' },
  drain_stay: { target: 'node', recovers: 'begin', serves: true, title: 'drain by request, forwards, restart' },
};

/** How long a fault of this kind is on. */
function holdOf(random, kind, lease_ms) {
  const beyond = between(random, lease_ms + 2500, lease_ms + 4500); // so that a takeover is seen whole
  switch (kind) {
    case 'kill': return beyond;
    case 'kill_at_once': return between(random, 0, 500);
    case 'pause': return beyond;
    case 'database_fast':
    case 'database_immediate': return between(random, 0, 2000);
    case 'drain_end': return between(random, 0, 1000);
    case 'drain_stay': return between(random, 2000, 4000);
    case 'slow': return between(random, 3000, 8000);
    default: return random() < 0.3 ? between(random, 300, lease_ms) : beyond; // partitions: blips too
  }
}

function shuffled(random, items) {
  const deck = [...items];
  for (let i = deck.length - 1; i > 0; i -= 1) {
    const j = between(random, 0, i);
    [deck[i], deck[j]] = [deck[j], deck[i]];
  }
  return deck;
}

/** The nodes that a fault touches: what is asked of them meanwhile is not promised to work. */
export function touched(fault) {
  return [fault.node, fault.to].filter((node) => node !== undefined);
}

/**
 * `events` faults, each {faults: [one or two], pause_ms}. Every kind comes before any comes again; a
 * second one at the same time touches others than the first, and leaves a node alone.
 */
export function planFaults(random, { events, nodes, lease_ms, network = true, only = [] }) {
  const possible = Object.keys(kinds).filter((kind) => (network || !kinds[kind].network) && (only.length === 0 || only.includes(kind)));
  if (possible.length === 0) throw new Error('no kind of fault is possible');
  let deck = [];
  const draw = () => {
    if (deck.length === 0) deck = shuffled(random, possible);
    const kind = deck.pop();
    const [node, to] = shuffled(random, Array.from({ length: nodes }, (_, i) => i));
    const { target } = kinds[kind];
    const hold_ms = holdOf(random, kind, lease_ms);
    return {
      kind,
      short: kinds[kind].partition === true && hold_ms <= lease_ms,
      node: target === 'database' ? undefined : node,
      to: target === 'way' ? to : undefined,
      back: random() < 0.5, // which direction of two
      hold_ms,
    };
  };
  const fits = (first, second) => {
    const both = [...touched(first), ...touched(second)];
    if (kinds[first.kind].target === 'database' && kinds[second.kind].target === 'database') return false;
    return new Set(both).size === both.length && both.length < nodes;
  };
  return Array.from({ length: events }, () => {
    const faults = [draw()];
    if (random() < 0.25) {
      const second = draw();
      if (fits(faults[0], second)) faults.push({ ...second, after_ms: between(random, 0, 1000) });
      else deck.push(second.kind); // for the next event
    }
    return { faults, pause_ms: between(random, 0, 1500) };
  });
}

/** The name under which an event's figures stand. */
export const kindOf = ({ faults: [{ kind, short }, second] }) => (second ? 'two_at_once' : short ? `${kind}, short` : kind);

export function titleOf(kind) {
  const [name, short] = kind.split(', ');
  if (kind === 'two_at_once') return 'two at once';
  return `${kinds[name].title}${short ? ', shorter than the lease' : ''}`;
}

export function describe({ faults }, names) {
  return faults
    .map(({ kind, node, to, hold_ms }) => [
      kind, ...(node === undefined ? [] : [names[node]]), ...(to === undefined ? [] : ['to', names[to]]), `for ${(hold_ms / 1000).toFixed(1)} s`,
    ].join(' '))
    .join(' + ');
}
