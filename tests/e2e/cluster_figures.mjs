// From what became of each request during a fault to figures. Pure: times are milliseconds of one clock.

/** The value that `share` of the values are not above; undefined of none. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function byPair(attempts) {
  const pairs = new Map();
  for (const attempt of [...attempts].sort((a, b) => a.sent - b.sent)) {
    const name = `${attempt.tenant} through ${attempt.node}`;
    if (!pairs.has(name)) pairs.set(name, []);
    pairs.get(name).push(attempt);
  }
  return pairs;
}

const isWrite = (attempt) => attempt.what === 'write';

/**
 * How long after `from` every tenant's write went through each of the `nodes` again, for good: for each, the
 * first success after its last failure among the writes sent in [from, until). Infinity: one never did.
 */
export function recoveryOf(attempts, { tenants, nodes, from, until = Infinity }) {
  const pairs = byPair(attempts.filter(isWrite));
  let slowest = { ms: 0, pair: undefined };
  for (const tenant of tenants)
    for (const node of nodes) {
      const pair = `${tenant} through ${node}`;
      const writes = (pairs.get(pair) ?? []).filter(({ sent }) => sent >= from);
      const failed = writes.findLast(({ ok, excused, sent }) => !ok && !excused && sent < until);
      const success = writes.find(({ ok, sent }) => ok && (!failed || sent >= failed.ended));
      const ms = !success ? Infinity : failed ? success.ended - from : 0;
      if (ms > slowest.ms) slowest = { ms, pair };
    }
  return slowest;
}

/** For each tenant and node whose writes were refused: for how long, from the first that was to the next that was not. */
export function refusedOf(attempts) {
  const refused = new Map();
  for (const [pair, writes] of byPair(attempts.filter(isWrite))) {
    let since;
    let ms = 0;
    for (const { ok, excused, sent, ended } of writes) {
      if (!ok && !excused) since ??= sent;
      if (ok && since !== undefined) {
        ms += ended - since;
        since = undefined;
      }
    }
    if (since !== undefined) ms += writes.at(-1).ended - since;
    if (ms > 0) refused.set(pair, ms);
  }
  return refused;
}

/** The request that was longest without an answer, beyond what it said it would wait, of those sent in [from, until). */
export function slowestOf(attempts, from, until) {
  let slowest;
  for (const attempt of attempts) {
    if (attempt.sent < from || attempt.sent >= until || attempt.excused) continue;
    const ms = attempt.ended - attempt.sent - attempt.wait_ms;
    if (!slowest || ms > slowest.ms) slowest = { ms, attempt };
  }
  return slowest;
}

/** Rows of one kind of fault as one: `events` as summarised by cluster_faults.mjs. */
export function sumUp(events) {
  const spread = (values) => {
    const known = values.filter((value) => value !== undefined);
    return { p50: percentile(known, 0.5), p99: percentile(known, 0.99), max: percentile(known, 1) };
  };
  const refused = events.flatMap(({ refused_ms }) => refused_ms);
  return {
    events: events.length,
    recovery: spread(events.map(({ recovery_ms }) => recovery_ms)),
    everywhere: spread(events.map(({ everywhere_ms }) => everywhere_ms)),
    after: spread(events.map(({ after_ms }) => after_ms)),
    refused: { pairs: refused.length, ...spread(refused) },
    refusals: events.reduce((sum, each) => sum + each.refusals, 0),
    slowest_ms: percentile(events.map(({ slowest_ms }) => slowest_ms).filter((ms) => ms !== undefined), 1),
  };
}

const seconds = (ms) => (ms === undefined ? '-' : ms === Infinity ? 'never' : (ms / 1000).toFixed(2));

const spreadOf = (name, of) => [
  [`${name}: p50`, (sum) => seconds(of(sum).p50)], ['p99', (sum) => seconds(of(sum).p99)], ['max', (sum) => seconds(of(sum).max)],
];

/** The table for people: seconds. */
export function tableOf(sums, titleOf) {
  const columns = [
    ['times', ({ events }) => `${events}`],
    ...spreadOf('recovery', ({ recovery }) => recovery),
    ...spreadOf('everywhere', ({ everywhere }) => everywhere),
    ...spreadOf('after its end', ({ after }) => after),
    ...spreadOf('each refused for', ({ refused }) => refused),
    ['requests refused', ({ refusals }) => `${refusals}`],
    ['longest answer', ({ slowest_ms }) => seconds(slowest_ms)],
  ];
  const head = ['fault', ...columns.map(([name]) => name)];
  const rows = Object.entries(sums).sort().map(([kind, sum]) => [titleOf(kind), ...columns.map(([, cell]) => cell(sum))]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  return [head, ...rows].map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')).join('\n');
}
