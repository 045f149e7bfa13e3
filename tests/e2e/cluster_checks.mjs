// What must hold after the cluster's chaos test. Each check takes what was gathered and answers the violations
// that it finds, as sentences; none means that it holds.
import { stepsOf } from './cluster_workflow.mjs';

/** `documents`: number -> the run; `feeds`: tenant -> FeedTally; `planned`: number -> {tenant, input}. */
export function checkEndings(documents, feeds, planned) {
  const violations = [];
  for (const [number, { tenant }] of planned) {
    const run = documents.get(number);
    if (!run) {
      violations.push(`run ${number} was never accepted`);
      continue;
    }
    const name = `run ${number} of ${tenant} (${run.id})`;
    if (run.status !== 'completed') violations.push(`${name} is ${run.status}: ${JSON.stringify(run.error)}`);
    else if (run.output?.number !== number) violations.push(`${name} gave ${JSON.stringify(run.output)}`);
    const told = feeds.get(tenant)?.runs.get(run.id) ?? { started: 0, completed: 0, ended: 0 };
    for (const [what, times] of [['started', told.started], ['completed', told.completed], ['ended', told.ended]])
      if (times !== 1) violations.push(`${name}, on the feed, ${what} ${times} times`);
  }
  return violations;
}

/** The service saw each step of each run under one key, no key for two steps, and no step left out or extra. */
export function checkKeys(ledger, planned) {
  const violations = [];
  const expected = new Set([...planned.values()].flatMap(({ input }) => stepsOf(input)));
  const owner = new Map();
  for (const step of expected) {
    const keys = [...(ledger.steps.get(step)?.keys() ?? [])];
    if (keys.length === 0) violations.push(`step ${step} never reached the service`);
    if (keys.length > 1) violations.push(`step ${step} came under ${keys.length} keys: ${keys.join(' , ')}`);
    for (const key of keys) {
      if (key === '') violations.push(`step ${step} came without an idempotency key`);
      else if (owner.has(key)) violations.push(`steps ${owner.get(key)} and ${step} share the key ${key}`);
      owner.set(key, step);
    }
  }
  for (const step of ledger.steps.keys()) if (!expected.has(step)) violations.push(`nobody asked for step ${step}`);
  return violations;
}

/** What the runs added up is what the service counted, each key once: run by run, and in all. */
export function checkBalance(documents, ledger, planned) {
  const violations = [];
  let [told, counted] = [0, 0];
  for (const keys of ledger.steps.values()) for (const { amount } of keys.values()) counted += amount;
  for (const [number, run] of documents) {
    if (run.status !== 'completed') continue;
    const total = run.output?.total ?? 0;
    told += total;
    let steps = 0;
    for (const step of stepsOf(planned.get(number).input))
      for (const { amount } of ledger.steps.get(step)?.values() ?? []) steps += amount;
    if (total !== steps) violations.push(`run ${number} (${run.id}) adds up to ${total}, the service counted ${steps} for it`);
  }
  if (told !== counted) violations.push(`the runs add up to ${told}, the service counted ${counted}`);
  return violations;
}

/** `later`: what a reading of the whole feed gave afterwards; both must be whole and the same. */
export function checkFeed(followed, later, newest) {
  const violations = [...followed.violations, ...later.violations.map((each) => `read again, ${each}`)];
  for (const [how, tally] of [['as followed', followed], ['read again', later]])
    if (tally.last !== newest) violations.push(`the feed of ${followed.name}, ${how}, ends with ${tally.last}, but the newest is ${newest}`);
  for (let i = 1; i <= Math.min(followed.last, later.last); i += 1)
    if (followed.digests[i] !== later.digests[i]) {
      violations.push(`the feed of ${followed.name} told event ${i} live otherwise than later`);
      break;
    }
  return violations;
}

/** Every shard has a living owner, and shares differ by one at most. `names`: of the nodes that live. */
export function checkShares(status, names, shards = 256) {
  if (!status) return ['no node tells what the cluster is like'];
  const violations = [];
  const living = new Map(status.nodes.filter(({ name, state }) => names.includes(name) && state === 'active').map((node) => [node.id, node]));
  for (const name of names)
    if (![...living.values()].some((node) => node.name === name)) violations.push(`${name} is not among the active nodes`);
  for (const node of status.nodes)
    if (!living.has(node.id)) violations.push(`${node.name} (${node.id}, ${node.state}) is still listed`);
  const shares = new Map([...living.keys()].map((id) => [id, 0]));
  const seen = new Set();
  for (const { shard, node } of status.shards) {
    if (seen.has(shard)) violations.push(`shard ${shard} is listed twice`);
    seen.add(shard);
    if (living.has(node)) shares.set(node, shares.get(node) + 1);
    else violations.push(`shard ${shard} belongs to ${node === null ? 'nobody' : `${node}, which is not there`}`);
  }
  for (let shard = 0; shard < shards; shard += 1) if (!seen.has(shard)) violations.push(`shard ${shard} is not listed`);
  const counts = [...shares.values()];
  if (Math.max(...counts) - Math.min(...counts) > 1) violations.push(`the shares are ${counts.join(', ')}`);
  for (const [id, count] of shares)
    if (living.get(id).shards !== count) violations.push(`${living.get(id).name} is said to have ${living.get(id).shards} shards, and has ${count}`);
  return violations;
}

/** Requests during a fault that began at `begun`: what is not done is refused with 503 and Retry-After, and nothing else is said. */
export function checkAnswers(name, attempts, begun = 0) {
  const violations = [];
  for (const { tenant, node, what, ok, excused, status, retryAfter, problem, error, sent } of attempts) {
    const who = `${name}: a ${what} of ${tenant} through ${node}, sent at ${Math.round(sent - begun)} ms,`;
    if (ok || excused) continue;
    if (error) violations.push(`${who} was not answered: ${error}`);
    else if (status !== 503) violations.push(`${who} was answered with ${status}: ${problem}`);
    else if (!(Number(retryAfter) >= 1)) violations.push(`${who} was answered with 503 without Retry-After`);
  }
  return violations;
}

/** A request that a partition was in the way of was answered in time all the same. */
export function checkSlowest(name, slowest, limit_ms, begun = 0) {
  if (!slowest || slowest.ms <= limit_ms) return [];
  const { what, tenant, node, status, error, sent } = slowest.attempt;
  return [`${name}: a ${what} of ${tenant} through ${node}, sent at ${Math.round(sent - begun)} ms, took ${Math.round(slowest.ms)} ms (${status ?? error}), more than ${limit_ms}`];
}

export function checkRecovery(name, ms, limit_ms) {
  if (ms === undefined || ms <= limit_ms) return [];
  return [`${name}: recovery took ${ms === Infinity ? 'for ever' : `${Math.round(ms)} ms`}, more than ${limit_ms}`];
}
