// The runner itself: that it finds what is wrong.
//
//   node --test tests/conformance/runner.test.mjs
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from './runner/ctk_steps.mjs';
import { readFeatures } from './runner/features.mjs';
import { differences, errorDifferences } from './runner/matching.mjs';
import { objection } from './runner/second_opinion.mjs';
import { scripted } from './runner/scripts.mjs';
import { TaskHistory } from './runner/tasks.mjs';

const step = (type, task, data = {}) => ({ type, task, name: task.split('/').at(-1), data });

/** A runtime whose runs always end alike. */
function fixedRuntime(run, history = []) {
  return {
    deploy: async () => ({ reference: {} }),
    start_run: async () => 'id',
    end_of: async () => ({ output: null, error: null, ...run }),
    history: async () => history,
  };
}

/** The scenarios of a feature text. */
function scenariosOf(lines) {
  const folder = mkdtempSync(join(tmpdir(), 'features-'));
  try {
    writeFileSync(join(folder, 'a.feature'), ['Feature: A', ...lines].join('\n'));
    return readFeatures(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const start = [
  '  Scenario: S',
  '    Given a workflow with definition:',
  '    """yaml',
  '    do: []',
  '    """',
  '    When the workflow is executed',
];

/** Problems of a scenario that expects `lines` of a run. */
function problemsOf(lines, run, history) {
  const [{ steps }] = scenariosOf([...start, ...lines.map((line) => `    ${line}`)]);
  return runScenario(fixedRuntime(run, history), steps);
}

const completed = { status: 'completed', output: { a: { b: [1, 2] }, n: null } };
const tasks = [
  step('started', '/do/0/outer'),
  step('started', '/do/0/outer/do/0/inner'),
  step('faulted', '/do/0/outer/do/0/inner', { error: { status: 400, type: 'https://x.test/e' } }),
  step('completed', '/do/0/outer', { output: { ok: true } }),
  step('started', '/do/1/last'),
  step('cancelled', '/do/1/last'),
];

const phrases = [
  // what is expected, whether it holds
  ['Then the workflow should complete', true],
  ['Then the workflow should cancel', false],
  ['Then the workflow should fault', false],
  ["And the workflow output should have properties 'a', 'a.b', 'n'", true],
  ["And the workflow output should have properties 'a', 'c'", false],
  ["And the workflow output should have a 'a.b' property containing 2 items", true],
  ["And the workflow output should have a 'a.b' property containing 3 items", false],
  ['And inner should run first', true],
  ['And last should run first', false],
  ['And last should run last', true],
  ['And outer should run last', false],
  ['And outer should run before last', true],
  ['And last should run before outer', false],
  ['And last should run after inner', true],
  ['And inner should run after last', false],
  ['And outer should complete', true],
  ['And inner should complete', false],
  ['And inner should fault', true],
  ['And outer should fault', false],
  ['And last should cancel', true],
  ['And nobody should run first', false],
];

for (const [line, holds] of phrases) {
  test(`${line}: ${holds ? 'holds' : 'does not hold'}`, async () => {
    const problems = await problemsOf([line], completed, tasks);
    assert.equal(problems.length === 0, holds, problems.join('\n'));
  });
}

const withText = [
  ['Then the workflow should complete with output:', '{ a: { b: [1, 2] }, n: null }', true],
  ['Then the workflow should complete with output:', '{ a: { b: [1, 2] } }', false],
  ["And the workflow output should have a 'a.b' property with value:", '[1, 2]', true],
  ["And the workflow output should have a 'a.b' property with value:", '[2, 1]', false],
  ['And outer should complete with output:', '{ ok: true }', true],
  ['And outer should complete with output:', '{ ok: false }', false],
  ['And inner should fault with error:', '{ status: 400 }', true],
  ['And inner should fault with error:', '{ status: 401 }', false],
];

for (const [line, value, holds] of withText) {
  test(`${line} ${value}: ${holds ? 'holds' : 'does not hold'}`, async () => {
    const problems = await problemsOf([line, '"""yaml', value, '"""'], completed, tasks);
    assert.equal(problems.length === 0, holds, problems.join('\n'));
  });
}

test('arguments may be JSON', async () => {
  const lines = [
    'Then the workflow should complete with output:',
    '"""json',
    '{"a": {"b": [1, 2]}, "n": null}',
    '"""',
  ];
  assert.deepEqual(await problemsOf(lines, completed), []);
});

test('a fault is compared by the members that are expected', async () => {
  const run = {
    status: 'faulted',
    error: {
      type: 'https://serverlessworkflow.io/spec/1.0.0/errors/timeout',
      status: 408,
      detail: 'x',
    },
  };
  const expected = (text) =>
    problemsOf(['Then the workflow should fault with error:', '"""yaml', text, '"""'], run);
  assert.deepEqual(
    await expected(
      '{ type: https://open-workflow-specification.org/dsl/errors/types/timeout, status: 408 }',
    ),
    [],
  );
  assert.equal(
    (await expected('{ type: https://serverlessworkflow.io/spec/1.0.0/errors/runtime }')).length,
    1,
  );
  assert.equal((await expected('{ status: 500 }')).length, 1);
});

test('an unknown step fails by its name', async () => {
  assert.deepEqual(await problemsOf(['Then the workflow should sing'], completed), [
    'unknown step: the workflow should sing',
  ]);
});

test('outlines are written out and backgrounds come first', () => {
  const scenarios = scenariosOf([
    '  Background:',
    '    Given a workflow with definition:',
    '    """yaml',
    '    do: []',
    '    """',
    '  Scenario Outline: S',
    '    Then <task> should run first',
    '    Examples:',
    '      | task |',
    '      | a |',
    '      | b |',
  ]);
  assert.deepEqual(
    scenarios.map(({ steps }) => steps.map(({ text }) => text)),
    [
      ['a workflow with definition:', 'a should run first'],
      ['a workflow with definition:', 'b should run first'],
    ],
  );
});

test('differences are told by their places', () => {
  assert.deepEqual(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), []);
  assert.deepEqual(differences({ a: 1 }, { a: '1' }), ['/a is "1", not 1']);
  assert.deepEqual(differences({ a: 1 }, { a: 1, b: 2 }), ['/b is 2, not nothing']);
  assert.deepEqual(
    differences({ a: { $matches: '^x' }, b: { $any: true } }, { a: 'xy', b: 5 }),
    [],
  );
  assert.deepEqual(differences({ $unordered: [1, 2] }, [2, 1]), []);
  assert.equal(differences({ $unordered: [1, 1] }, [2, 1]).length, 1);
  assert.equal(differences({ $has: { a: 1 } }, { a: 2, b: 1 }).length, 1);
  assert.equal(
    errorDifferences({ type: 'https://x.test/e' }, { type: 'https://y.test/e' }).length,
    1,
  );
});

test('a script answers in turns, its last answer for all that follow', () => {
  const answer = scripted({ 'GET /a': [{ status: 503 }, { body: 1 }], 'GET /b/*': { body: 2 } });
  const ask = (path) => answer({ method: 'GET', path });
  assert.deepEqual(
    [ask('/a'), ask('/a'), ask('/a'), ask('/b/c')],
    [{ status: 503 }, { body: 1 }, { body: 1 }, { body: 2 }],
  );
  assert.equal(ask('/nothing').status, 404);
});

test('the order of tasks counts each start', () => {
  const history = new TaskHistory([...tasks, step('started', '/do/1/last')]);
  assert.deepEqual(history.started(), ['outer', 'inner', 'last', 'last']);
  assert.equal(history.outcome('nobody'), undefined);
});

test('the published schema has an opinion', () => {
  const document = { dsl: '1.0.3', namespace: 'a', name: 'b', version: '0.1.0' };
  assert.equal(objection({ document, do: [{ a: { set: { b: 1 } } }] }), undefined);
  assert.match(objection({ document, do: [{ a: { wait: { weeks: 1 } } }] }), /^\//);
});
