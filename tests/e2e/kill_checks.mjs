// What must hold after the kill test. Each check takes what was gathered and answers the violations
// it finds, as sentences; none means that it holds.
import { isDeepStrictEqual } from 'node:util';
import { deliveriesOf, outputOf, stepsOf } from './kill_workflow.mjs';

const started = /\bworkflow\.started\b/;
const completed = /\bworkflow\.completed\b/;
const endings = /\bworkflow\.(completed|faulted|cancelled)\b/;

/** `answers`: number -> ids that its key was answered with; `listed`: all runs of the workflow. */
export function checkIdentity(answers, listed) {
  const violations = [];
  const owner = new Map();
  for (const [number, ids] of answers) {
    if (ids.size !== 1) violations.push(`run ${number}: its key was answered with ${ids.size} ids: ${[...ids]}`);
    for (const id of ids) {
      if (owner.has(id)) violations.push(`runs ${owner.get(id)} and ${number} share the id ${id}`);
      owner.set(id, number);
    }
  }
  const seen = new Set(listed.map((run) => run.id));
  if (seen.size !== listed.length) violations.push(`the list of runs repeats ${listed.length - seen.size} of them`);
  if (seen.size !== answers.size) violations.push(`${answers.size} keys made ${seen.size} runs`);
  for (const [id, number] of owner) if (!seen.has(id)) violations.push(`run ${number} (${id}) is lost`);
  for (const id of seen) if (!owner.has(id)) violations.push(`nobody asked for run ${id}`);
  return violations;
}

/** `runs`: number -> the run's document. */
export function checkEnds(runs) {
  const violations = [];
  for (const [number, run] of runs) {
    if (run.status !== 'completed')
      violations.push(`run ${number} (${run.id}) is ${run.status}: ${JSON.stringify(run.error)}`);
    else if (!isDeepStrictEqual(run.output, outputOf(number)))
      violations.push(`run ${number} (${run.id}) gave ${JSON.stringify(run.output)}`);
  }
  return violations;
}

function countEnds(name, types, violations) {
  const count = (pattern) => types.filter((type) => pattern.test(type)).length;
  if (count(started) !== 1) violations.push(`${name} started ${count(started)} times`);
  if (count(completed) !== 1) violations.push(`${name} completed ${count(completed)} times`);
  if (count(endings) !== 1) violations.push(`${name} ended ${count(endings)} times`);
}

/** `history`: the items of a run's events. */
export function checkHistory(number, history) {
  const violations = [];
  countEnds(`run ${number}, by its history,`, history.map((item) => item.type), violations);
  return violations;
}

/** Sequences go up by one from `first`, without a hole and without a duplicate. */
export function checkSequences(name, events, first = 1) {
  const violations = [];
  let expected = first;
  for (const event of events) {
    const sequence = Number(event.sequence);
    if (sequence !== expected) violations.push(`${name}: ${sequence} follows ${expected - 1}`);
    expected = sequence + 1;
  }
  return violations;
}

/** Each run has exactly one start and one end on the feed. */
export function checkFeedEnds(events, ids) {
  const violations = [];
  const bySubject = new Map();
  for (const event of events) {
    const types = bySubject.get(event.subject) ?? [];
    types.push(event.type);
    bySubject.set(event.subject, types);
  }
  for (const id of ids) countEnds(`run ${id}, on the feed,`, bySubject.get(`runs/${id}`) ?? [], violations);
  return violations;
}

/** Two readings of the feed tell the same, as far as the shorter one goes. */
export function checkSameFeed(live, later) {
  for (let i = 0; i < Math.min(live.length, later.length); i += 1)
    if (!isDeepStrictEqual(live[i], later[i]))
      return [`the feed told event ${live[i].sequence} live otherwise than later`];
  return live.length === later.length ? [] : [`the live feed had ${live.length} events, later ${later.length}`];
}

/** The service saw each step under one key, no key for two steps, and no step left out or extra. */
export function checkLedger(ledger, numbers) {
  const violations = [];
  const expected = new Set([...numbers].flatMap(stepsOf));
  const owner = new Map();
  for (const step of expected) {
    const entry = ledger.steps[step];
    if (!entry) {
      violations.push(`step ${step} never reached the service`);
      continue;
    }
    if (entry.keys.length !== 1) violations.push(`step ${step} came under ${entry.keys.length} keys: ${entry.keys.join(' , ')}`);
    for (const key of entry.keys) {
      if (key === '') violations.push(`step ${step} came without an idempotency key`);
      else if (owner.has(key)) violations.push(`steps ${owner.get(key)} and ${step} share the key ${key}`);
      owner.set(key, step);
    }
    if (entry.deliveries < deliveriesOf(step)) violations.push(`step ${step} came ${entry.deliveries} times only`);
  }
  for (const step of Object.keys(ledger.steps)) if (!expected.has(step)) violations.push(`nobody asked for step ${step}`);
  return violations;
}

/** Deliveries that crashes added: those beyond what the steps needed. */
export function extraDeliveries(ledger) {
  let extra = 0;
  for (const [step, entry] of Object.entries(ledger.steps)) extra += Math.max(0, entry.deliveries - deliveriesOf(step));
  return extra;
}
