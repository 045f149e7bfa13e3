// The phrases of the conformance kit (its README lists them all) and what each one means.
//
// A step gets the scenario so far and its argument, and answers the problems it finds. The scenario
// holds {runtime, definition, input, run, tasks}.
import { TaskHistory } from './tasks.mjs';
import { differences, errorDifferences } from './matching.mjs';

const missing = Symbol('missing');

/** The value at `a.b.0`, or `missing`. */
function at(value, path) {
  return path.split('.').reduce((whole, name) => {
    if (whole === missing || whole === null || typeof whole !== 'object') return missing;
    return Object.hasOwn(whole, name) ? whole[name] : missing;
  }, value);
}

const shown = (value) => JSON.stringify(value)?.slice(0, 300);

async function execute(scenario) {
  const { reference, problems } = await scenario.runtime.deploy(scenario.definition);
  if (problems)
    return problems.map(({ pointer, detail }) => `refused at ${pointer || '/'}: ${detail}`);
  const id = await scenario.runtime.start_run(reference, scenario.input);
  scenario.run = await scenario.runtime.end_of(id, 15_000);
  scenario.tasks = new TaskHistory(await scenario.runtime.history(id));
  return [];
}

function ended({ run }, status) {
  if (run.status === status) return [];
  return [`the workflow is ${run.status}${run.error ? `: ${shown(run.error)}` : ''}`];
}

function taskEnded({ tasks }, name, type) {
  const outcome = tasks.outcome(name);
  if (outcome?.type === type) return [];
  return [
    `${name} ${outcome ? `has ${outcome.type}` : `did not end; there ran ${tasks.started().join(', ')}`}`,
  ];
}

const outputProblems = (expected, output) =>
  differences(expected, output).map((text) => `output: ${text}`);

function propertiesProblems({ run }, list) {
  const names = [...list.matchAll(/'([^']*)'/g)].map(([, name]) => name);
  return names
    .filter((name) => at(run.output, name) === missing)
    .map((name) => `the output has no ${name}: ${shown(run.output)}`);
}

function propertyProblems({ run }, path, expected) {
  const value = at(run.output, path);
  if (value === missing) return [`the output has no ${path}: ${shown(run.output)}`];
  return differences(expected, value).map((text) => `${path}: ${text}`);
}

function countProblems({ run }, path, count) {
  const value = at(run.output, path);
  if (value === missing || value === null || typeof value !== 'object')
    return [`${path} is no collection: ${shown(run.output)}`];
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return size === Number(count) ? [] : [`${path} has ${size} items, not ${count}: ${shown(value)}`];
}

const name = '[\'"]?([^\\s\'"]+)[\'"]?';
const phrase = (text) => new RegExp(`^(?:given )?${text.replaceAll('{task}', name)}:?$`);

const phrases = [
  [
    'a workflow with definition',
    (s, { text }) => {
      s.definition = text;
      return [];
    },
  ],
  [
    'the workflow input is',
    (s, { value }) => {
      s.input = value;
      return [];
    },
  ],
  ['the workflow is executed', execute],

  ['the workflow should cancel', (s) => ended(s, 'cancelled')],
  ['the workflow should complete', (s) => ended(s, 'completed')],
  [
    'the workflow should complete with output',
    (s, { value }) => [...ended(s, 'completed'), ...outputProblems(value, s.run.output)],
  ],
  ['the workflow should fault', (s) => ended(s, 'faulted')],
  [
    'the workflow should fault with error',
    (s, { value }) => [...ended(s, 'faulted'), ...errorDifferences(value, s.run.error)],
  ],
  [
    `the workflow output should have (?:a )?propert(?:y|ies) ('[^']*'(?:\\s*(?:,|and)\\s*'[^']*')*)`,
    (s, _, list) => propertiesProblems(s, list),
  ],
  [
    `the workflow output should have an? '([^']*)' property with value`,
    (s, { value }, path) => propertyProblems(s, path, value),
  ],
  [
    `the workflow output should have an? '([^']*)' property containing (\\d+) items?`,
    (s, _, path, count) => countProblems(s, path, count),
  ],

  ['{task} should run first', (s, _, task) => s.tasks.first(task)],
  ['{task} should run last', (s, _, task) => s.tasks.last(task)],
  ['{task} should run before {task}', (s, _, one, other) => s.tasks.before(one, other)],
  ['{task} should run after {task}', (s, _, one, other) => s.tasks.before(other, one)],
  ['{task} should cancel', (s, _, task) => taskEnded(s, task, 'cancelled')],
  ['{task} should complete', (s, _, task) => taskEnded(s, task, 'completed')],
  [
    '{task} should complete with output',
    (s, { value }, task) => [
      ...taskEnded(s, task, 'completed'),
      ...outputProblems(value, s.tasks.outcome(task)?.output),
    ],
  ],
  ['{task} should fault', (s, _, task) => taskEnded(s, task, 'faulted')],
  [
    '{task} should fault with error',
    (s, { value }, task) => [
      ...taskEnded(s, task, 'faulted'),
      ...errorDifferences(value, s.tasks.outcome(task)?.error),
    ],
  ],
].map(([text, work]) => ({ pattern: phrase(text), work }));

/** The step that a text stands for, as a function of the scenario; undefined if it stands for none. */
function stepOf({ text, argument }) {
  const found = phrases.find(({ pattern }) => pattern.test(text.trim()));
  return (
    found &&
    ((scenario) =>
      found.work(scenario, argument ?? {}, ...found.pattern.exec(text.trim()).slice(1)))
  );
}

/** Runs one scenario's steps and answers its problems. A step that is not known is one. */
export async function runScenario(runtime, steps) {
  const unknown = steps.filter((step) => !stepOf(step)).map(({ text }) => `unknown step: ${text}`);
  if (unknown.length > 0) return unknown;
  const scenario = { runtime };
  const problems = [];
  for (const step of steps) {
    const found = await stepOf(step)(scenario);
    problems.push(...found.map((problem) => `${step.text}: ${problem}`));
    if (found.length > 0 && scenario.run === undefined) break; // nothing ran: the rest says nothing
  }
  return problems;
}
