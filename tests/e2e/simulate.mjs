// `steward simulate`, by its specification (docs/simulate.md).
//
//   node tests/e2e/simulate.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { runCommand } from '../support/command.mjs';

const binary = resolve(readArguments(process.argv.slice(2), { binary: 'build/release/steward' }).binary);
let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'steward-simulate-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function simulate(...args) {
  return runCommand(binary, ['simulate', ...args], { cwd: folder });
}

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const head = (name) => `document: {dsl: '1.0.3', namespace: e2e, name: ${name}, version: '1.0.0'}\n`;

const order = () =>
  file('order.yaml', `${head('order')}
do:
  - reserve:
      try: [{ask: {call: http, with: {method: post, endpoint: 'https://stock.example/reserve'}}}]
      catch:
        errors: {with: {status: 503}}
        retry: {delay: {seconds: 1}, backoff: {exponential: {}}, limit: {attempt: {count: 5}}}
  - coolOff: {wait: {days: 30}}
  - size:
      switch:
        - large: {when: '.count > 10', then: big}
        - small: {then: done}
  - big: {set: {big: true}, then: end}
  - done: {set: {ok: true}}
`);

const scenario = (name, text) => file(name, text);
const stock = `
services:
  - match: {method: post, url: 'https://stock.example/*'}
    answers: [{status: 503}, {body: {count: 2}}]
`;

test('a good workflow ends with 0 and tells outcomes and coverage', async () => {
  const s = scenario('good.yaml', `${stock}expect: {status: completed, output: {ok: true}}\n`);
  const { code, out, err } = await simulate(order(), '--scenario', s, '--seeds', '50');
  assert.equal(code, 0, out + err);
  assert.match(out, /e2e\/order 1\.0\.0: 50 seeds, none failed; \d+d/);
  assert.match(out, /\d+ +completed/);
  assert.match(out, /NEVER +case +\/do\/2\/size, large/);
  assert.match(out, /NEVER +task +\/do\/3\/big/);
});

test('without a scenario, answers are made up', async () => {
  const { code, out, err } = await simulate(order());
  assert.equal(code, 0, out + err);
  assert.match(out, /100 seeds/);
});

test('a broken expectation ends with 1, and the seed that is told replays it', async () => {
  const s = scenario('broken.yaml', `${stock}expect: {check: .total > 3}\n`);
  const { code, out } = await simulate(order(), '--scenario', s, '--seeds', '5');
  assert.equal(code, 1);
  assert.match(out, /the check `\.total > 3` does not hold/);
  const replay = /replay: steward (simulate .* --seed 0)$/m.exec(out);
  assert.ok(replay, out);
  const again = await runCommand(binary, replay[1].split(' '), { cwd: folder });
  assert.equal(again.code, 1);
  assert.match(again.out, /seed 0, step by step/);
  assert.match(again.out, /\+30d .*task\.completed \/do\/1\/coolOff/);
  const once_more = await runCommand(binary, replay[1].split(' '), { cwd: folder });
  assert.equal(once_more.out, again.out);
});

test('--require-coverage fails below', async () => {
  const choice = file('choice.yaml', `${head('choice')}
do:
  - kind: {switch: [{vip: {when: $workflow.input.vip, then: care}}, {other: {then: end}}]}
  - care: {set: {cared: true}}
`);
  const one = scenario('one.yaml', 'input: {vip: false}\n');
  const both = scenario('both.yaml', 'inputs: [{vip: false}, {vip: true}]\n');
  const below = await simulate(choice, '--scenario', one, '--require-coverage', '100');
  assert.equal(below.code, 1, below.out);
  assert.match(below.out, /coverage: 50\.0 %/);
  assert.equal((await simulate(choice, '--scenario', one, '--require-coverage', '50')).code, 0);
  const full = await simulate(choice, '--scenario', both, '--require-coverage', '100');
  assert.equal(full.code, 0, full.out);
});

test('the report is written as JSON and as JUnit XML', async () => {
  const s = scenario('report.yaml', `${stock}expect: {output: {ok: false}}\n`);
  const { code } = await simulate(order(), '--scenario', s, '--seeds', '3', '--json', 'r.json', '--junit', 'r.xml');
  assert.equal(code, 1);
  const report = JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'));
  assert.equal(report.good, false);
  assert.equal(report.seeds, 3);
  assert.equal(report.workflow.name, 'order');
  assert.equal(report.failures[0].seed, 0);
  assert.ok(report.trace.length > 0);
  assert.ok(report.coverage.items.some((i) => i.kind === 'retry' && i.reached > 0));
  const xml = readFileSync(join(folder, 'r.xml'), 'utf8');
  assert.match(xml, /<testsuite name="e2e\/order" tests="4" failures="\d"/);
  assert.match(xml, /<testcase classname="e2e\/order" name="seed 0">/);
});

test('children of a scenario are files beside it', async () => {
  const parent = file('parent.yaml',
    `${head('parent')}do: [{work: {run: {workflow: {namespace: e2e, name: child, version: '1.0.0'}}}}]\n`);
  file('child.yaml', `${head('child')}do: [{rest: {wait: PT5M}}, {done: {set: {boxes: 2}}}]\n`);
  const s = scenario('children.yaml', 'children: {e2e/child: {file: child.yaml}}\nexpect: {output: {boxes: 2}}\n');
  const { code, out, err } = await simulate(parent, '--scenario', s, '--seeds', '20');
  assert.equal(code, 0, out + err);
});

test('what is not valid ends with 2 and tells where', async () => {
  const broken = file('wrong.yaml', `${head('wrong')}do: [{a: {sett: {}}}]\n`);
  const cases = [
    [[broken], /wrong\.yaml:\d+:\d+: /],
    [['nowhere.yaml'], /nowhere\.yaml/],
    [[order(), '--scenario', scenario('w1.yaml', 'servces: []\n')], /w1\.yaml:1:1: .*did you mean "services"/],
    [[order(), '--scenario', scenario('w2.yaml', 'children: {a/b: {file: gone.yaml}}\n')], /gone\.yaml/],
    [[order(), '--faults', 'weather'], /weather/],
    [[order(), '--seeds', '0'], /seeds/],
    [[], /FILE/],
  ];
  for (const [args, told] of cases) {
    const { code, err } = await simulate(...args);
    assert.equal(code, 2, args.join(' ') + err);
    assert.match(err, told);
  }
});
