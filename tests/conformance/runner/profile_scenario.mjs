// Plays one scenario of the profile against a runtime and says where it is not as expected.
import { parseDocument } from 'yaml';
import { differences, errorDifferences, memberDifferences } from './matching.mjs';
import { withRuntime } from './runtime.mjs';
import { objection } from './second_opinion.mjs';
import { startServices } from './services.mjs';
import { TaskHistory } from './tasks.mjs';

const patience_ms = 8_000;

/** A definition as text: `document` is filled in where it says nothing. */
function textOf(definition, name) {
  const document = {
    dsl: '1.0.3',
    namespace: 'conformance',
    name,
    version: '0.1.0',
    ...definition.document,
  };
  return JSON.stringify({ ...definition, document });
}

const sourceOf = ({ text, definition }) => text ?? textOf(definition, 'main');

/** Whether the profile refuses what the published schema accepts: a decision beyond the schema. */
export function isBeyondSchema(scenario) {
  const isDefinition = scenario.expect.problems?.every(({ at }) => at !== ''); // else it is no readable text at all
  if (!isDefinition) return false;
  const document = parseDocument(sourceOf(scenario));
  return document.errors.length === 0 && objection(document.toJS()) === undefined;
}

/** The published schema must accept what the profile does, unless the scenario says why not. */
function schemaProblems({ expect, schemaDiffers }, text) {
  if (expect.problems) return [];
  const found = objection(parseDocument(text).toJS());
  if (found && !schemaDiffers) return [`the published schema refuses it: ${found}`];
  return !found && schemaDiffers
    ? ['the published schema accepts it, though the scenario says otherwise']
    : [];
}

/** A construct that a runtime does not have at all is not refused for the reason that is looked for. */
const isMissing = (detail, says) =>
  /not supported by this version/.test(detail) && !/not supported/.test(says);

function refusalProblems(expected, found) {
  return expected.flatMap(({ at, says = '', line }) => {
    const fits = ({ pointer, detail, expected: hint = '', line: where }) =>
      pointer === at &&
      `${detail} ${hint}`.includes(says) &&
      !isMissing(detail, says) &&
      (line === undefined || where === line);
    if (found.some(fits)) return [];
    const all = found.map(
      ({ pointer, detail, line: where }) => `${pointer || '/'}: ${detail} (line ${where})`,
    );
    return [`no problem at ${at || '/'} that says "${says}"; there are:\n${all.join('\n')}`];
  });
}

function requestProblems(expected, requests, place = 'request') {
  const listed = expected.$unordered ?? expected;
  const shown = requests
    .map(({ service, method, path }) => `${service}: ${method} ${path}`)
    .join(', ');
  if (listed.length !== requests.length)
    return [`${requests.length} requests came, not ${listed.length}: ${shown}`];
  const problemsOf = ({ headers = {}, ...rest }, request) => [
    ...memberDifferences(rest, request, place),
    ...memberDifferences(headers, request.headers, `${place} header`),
  ];
  if (!expected.$unordered)
    return listed.flatMap((one, i) =>
      problemsOf(one, requests[i]).map((text) => `${i + 1}. ${text}`),
    );
  const left = [...requests];
  return listed.flatMap((one) => {
    const at = left.findIndex((request) => problemsOf(one, request).length === 0);
    if (at < 0) return [`no request is ${JSON.stringify(one)}; there are ${shown}`];
    left.splice(at, 1);
    return [];
  });
}

/** Whether requests carry one and the same Idempotency-Key, or each its own. */
function keyProblems(expected, requests) {
  const keys = requests.map(({ headers }) => headers['idempotency-key']);
  if (keys.includes(undefined)) return ['a request carries no Idempotency-Key'];
  const count = new Set(keys).size;
  return count === (expected === 'same' ? 1 : keys.length)
    ? []
    : [`${keys.length} requests carry ${count} keys: ${keys.join(', ')}`];
}

function runProblems(expect, run) {
  const problems = [];
  if (expect.status && run.status !== expect.status)
    problems.push(
      `the run is ${run.status}, not ${expect.status}${run.error ? `: ${JSON.stringify(run.error)}` : ''}`,
    );
  if ('output' in expect) problems.push(...differences(expect.output, run.output, '/output'));
  if (expect.error) problems.push(...errorDifferences(expect.error, run.error ?? undefined));
  return problems;
}

/** Problems with what is told of a run that has ended: its tasks' order, its events, and what must not be seen. */
async function pastProblems(runtime, expect, run) {
  const problems = [];
  const history = await runtime.history(run.id);
  const started = new TaskHistory(history).started();
  if (expect.order && differences(expect.order, started).length > 0)
    problems.push(`tasks ran as ${started.join(', ')}, not ${expect.order.join(', ')}`);
  if (expect.hidden && JSON.stringify([run, history]).includes(expect.hidden))
    problems.push(`"${expect.hidden}" can be seen in the run or its history`);
  if (expect.lifecycle)
    problems.push(...differences(expect.lifecycle, await runtime.lifecycle(run.id), 'lifecycle'));
  return problems;
}

function timeProblems({ atLeast = 0, atMost = Infinity }, ms) {
  if (ms < atLeast) return [`it took ${ms} ms, less than ${atLeast}`];
  return ms > atMost ? [`it took ${ms} ms, more than ${atMost}`] : [];
}

/** Waits until a workflow has so many runs that ended, and compares the first ones. */
async function runsProblems(runtime, references, { of = 'main', are, within = patience_ms }) {
  const reference = references.get(of);
  const deadline = Date.now() + within;
  let runs;
  do {
    runs = await runtime.runs_of(reference);
    if (runs.length >= are.length) break;
    await runtime.moment();
  } while (Date.now() < deadline);
  if (runs.length < are.length)
    return [`${of} had ${runs.length} runs after ${within} ms, not ${are.length}`];
  const problems = [];
  for (const [i, expected] of are.entries()) {
    const run = await runtime.end_of(runs[i].id, patience_ms);
    problems.push(...memberDifferences(expected, run, `run ${i + 1}`));
  }
  return problems;
}

/** Publishes the events of one moment, one after the other. */
async function publish(runtime, events, moment) {
  for (const { when = 'waiting', event } of events)
    if (when === moment)
      await runtime.publish({ specversion: '1.0', source: 'https://conformance.test', ...event });
}

/** Starts a run and sees it to its end, with the events and the cancellation of the scenario. */
async function played(runtime, scenario, reference, requests) {
  const events = scenario.publish ?? [];
  const from = Date.now();
  const id = await runtime.start_run(reference, scenario.input);
  await publish(runtime, events, 'started');
  if (events.some(({ when = 'waiting' }) => when === 'waiting'))
    await runtime.until(id, ({ status }) => status === 'waiting', patience_ms);
  await publish(runtime, events, 'waiting');
  if (scenario.crash) {
    const isTime = ({ status }) =>
      scenario.crash === 'waiting' ? status === 'waiting' : requests.length > 0;
    await runtime.until(id, isTime, patience_ms);
    await runtime.crash();
  }
  if (scenario.cancel) {
    const wanted = scenario.expect.requests?.length ?? 0;
    await runtime.until(
      id,
      ({ status }) =>
        status === (scenario.cancel === true ? 'waiting' : scenario.cancel) && requests.length >= wanted,
      patience_ms,
    );
    await runtime.cancel(id);
  }
  const run = await runtime.end_of(id, patience_ms);
  return { run, ms: Date.now() - from };
}

/** Plays a scenario; `requests` is where its services put what they are asked. Answers the problems. */
export async function play(runtime, scenario, requests) {
  const { expect } = scenario;
  const references = new Map();
  for (const other of scenario.with ?? []) {
    const { reference, problems } = await runtime.deploy(textOf(other, 'other'));
    if (problems) return [`a definition beside it is refused: ${JSON.stringify(problems)}`];
    references.set(reference.name, reference);
  }
  const text = sourceOf(scenario);
  const second = schemaProblems(scenario, text);
  const { reference, problems } = await runtime.deploy(text);
  if (expect.problems)
    return problems ? refusalProblems(expect.problems, problems) : ['it is accepted'];
  const found = [...second];
  if (problems)
    return [
      ...found,
      ...problems.map(({ pointer, detail }) => `refused at ${pointer || '/'}: ${detail}`),
    ];
  references.set('main', reference);
  await publish(runtime, scenario.publish ?? [], 'before');
  if (scenario.start !== false) {
    const { run, ms } = await played(runtime, scenario, reference, requests);
    found.push(...runProblems(expect, run));
    if (expect.takes) found.push(...timeProblems(expect.takes, ms));
    found.push(...(await pastProblems(runtime, expect, run)));
  }
  if (expect.runs) found.push(...(await runsProblems(runtime, references, expect.runs)));
  if (expect.requests) found.push(...requestProblems(expect.requests, requests));
  if (expect.keys) found.push(...keyProblems(expect.keys, requests));
  return found;
}

/** All problems of a scenario with a runtime of its own; none means that it passes. */
export async function playScenario(binary, written) {
  const services = await startServices(written.services);
  try {
    const { services: _, ...rest } = written;
    const scenario = services.localized(rest);
    return await withRuntime(binary, scenario.settled ?? {}, (runtime) =>
      play(runtime, scenario, services.requests),
    );
  } finally {
    await services.close();
  }
}
