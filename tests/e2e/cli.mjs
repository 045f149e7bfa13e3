// The command line, by its specification.
//
//   node tests/e2e/cli.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { runCommand } from '../support/command.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary: named } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const binary = resolve(named); // commands run elsewhere
let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'steward-cli-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the binary to its end: {code, out, err}. */
function steward(args, { env = {}, ...options } = {}) {
  return runCommand(binary, args, { cwd: folder, env: { ...process.env, ...env }, ...options });
}

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function workflow(name, tasks) {
  const head = `document:\n  dsl: '1.0.3'\n  namespace: cli\n  name: ${name}\n  version: '1.0.0'\n`;
  return file(`${name}.yaml`, `${head}do:\n${tasks}`);
}
const greeting = () => workflow('greet', "  - greet:\n      set:\n        text: '${ \"Hello \" + .name }'\n");

test('run prints the output as JSON and ends with 0', async () => {
  const { code, out, err } = await steward(['run', greeting(), '--input', '{"name":"Ada"}']);
  assert.deepEqual({ code, out: out && JSON.parse(out) }, { code: 0, out: { text: 'Hello Ada' } }, err);
});

test('run takes its input from a file and from standard input', async () => {
  const input = file('input.json', '{"name":"Grace"}');
  const fromFile = await steward(['run', greeting(), '--input', `@${input}`]);
  assert.deepEqual(JSON.parse(fromFile.out), { text: 'Hello Grace' }, fromFile.err);
  const fromStdin = await steward(['run', greeting(), '--input', '-'], { stdin: '{"name":"Edsger"}' });
  assert.deepEqual(JSON.parse(fromStdin.out), { text: 'Hello Edsger' }, fromStdin.err);
});

test('run waits for timers', async () => {
  const path = workflow('pause', '  - pause:\n      wait:\n        milliseconds: 300\n  - done:\n      set:\n        ok: true\n');
  const from = Date.now();
  const { code, out, err } = await steward(['run', path]);
  assert.equal(code, 0, err);
  assert.deepEqual(JSON.parse(out), { ok: true });
  assert.ok(Date.now() - from >= 300);
});

test('run of a workflow that faults ends with 1 and tells the problem on stderr', async () => {
  const path = workflow('fault',
    '  - fail:\n      raise:\n        error:\n          type: https://serverlessworkflow.io/spec/1.0.0/errors/authorization\n          status: 403\n          title: Not today\n');
  const { code, out, err } = await steward(['run', path]);
  assert.equal(code, 1, err);
  assert.equal(out, '');
  assert.match(err, /Not today/);
  assert.match(err, /403/);
});

test('run ends with 1 when the time is over', async () => {
  const path = workflow('long', '  - pause:\n      wait:\n        seconds: 60\n');
  const from = Date.now();
  const { code, err } = await steward(['run', path, '--timeout', '500ms']);
  assert.equal(code, 1, err);
  assert.match(err, /500ms/);
  assert.ok(Date.now() - from < 10_000);
});

test('run refuses what it cannot use with 2', async () => {
  const broken = workflow('broken', '  - greet:\n      sett: {}\n');
  const cases = [
    [['run', broken], /broken\.yaml:\d+:\d+: /],
    [['run', join(folder, 'nowhere.yaml')], /nowhere\.yaml/],
    [['run', greeting(), '--input', '{"name"'], /JSON/],
    [['run', greeting(), '--input', '@nowhere.json'], /nowhere\.json/],
    [['run', greeting(), '--timeout', 'soon'], /soon/],
    [['run'], /FILE/],
    [['run', greeting(), '--no-such-option'], /no-such-option/],
    [['no-such-command'], /./],
    [[], /./],
  ];
  for (const [args, told] of cases) {
    const { code, out, err } = await steward(args);
    assert.equal(code, 2, `${args}: ${out}${err}`);
    assert.match(err, told, `${args}`);
  }
});

test('validate tells that valid definitions are valid', async () => {
  const { code, out, err } = await steward(['validate', greeting()]);
  assert.equal(code, 0, err);
  assert.match(out, /greet/);
});

test('validate tells every problem of every file with its place and what was expected', async () => {
  const one = workflow('one', '  - a:\n      sett:\n        x: 1\n  - b:\n      wait:\n        secondz: 3\n');
  const two = file('two.yaml', 'document: [\n');
  const { code, err } = await steward(['validate', one, greeting(), two]);
  assert.equal(code, 2);
  assert.match(err, /one\.yaml:[78]:\d+: /);
  assert.match(err, /one\.yaml:1[0-2]:\d+: /);
  assert.match(err, /\/do\/0\/a/);
  assert.match(err, /expected/);
  assert.match(err, /two\.yaml:\d+:\d+: /);
  assert.doesNotMatch(err, /greet\.yaml/);
});

test('validate reads JSON and standard input', async () => {
  const definition = { document: { dsl: '1.0.3', namespace: 'cli', name: 'j', version: '1.0.0' }, do: [{ a: { set: { x: 1 } } }] };
  assert.equal((await steward(['validate', file('j.json', JSON.stringify(definition))])).code, 0);
  assert.equal((await steward(['validate', '-'], { stdin: JSON.stringify(definition) })).code, 0);
  assert.equal((await steward(['validate', '-'], { stdin: 'nonsense' })).code, 2);
});

test('serve refuses to start without a key unless it is in dev mode', async () => {
  const { code, err } = await steward(['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'd1')]);
  assert.equal(code, 2, err);
  assert.match(err, /--dev/);
});

test('serve in dev mode refuses to listen to the network', async () => {
  for (const address of ['0.0.0.0:8080', '[::]:8080', '192.0.2.1:8080']) {
    const { code, err } = await steward(['serve', '--dev', '--listen', address, '--data', join(folder, 'd2')]);
    assert.equal(code, 2, `${address}: ${err}`);
    assert.match(err, /loopback|127\.0\.0\.1/);
  }
});

test('serve refuses an address that makes no sense', async () => {
  for (const address of ['nonsense', '127.0.0.1:99999', '127.0.0.1:x']) {
    const { code, err } = await steward(['serve', '--dev', '--listen', address, '--data', join(folder, 'd3')]);
    assert.equal(code, 2, `${address}: ${err}`);
  }
});

test('version names the program and its version', async () => {
  const { code, out } = await steward(['version']);
  assert.equal(code, 0);
  assert.match(out, /^steward \d+\.\d+\.\d+/);
});

test('help is printed and ends with 0', async () => {
  const { code, out } = await steward(['--help']);
  assert.equal(code, 0);
  for (const command of ['serve', 'run', 'validate', 'tree', 'version']) assert.match(out, new RegExp(command));
});

test('tree prints the living tree, and fails where no server is', async () => {
  const server = new StewardProcess(binary);
  try {
    await server.start();
    const { code, out, err } = await steward(['tree', '--url', server.url]);
    assert.equal(code, 0, err);
    for (const name of ['root', 'store', 'journal', 'http_client', 'tenants', 'gateway']) assert.match(out, new RegExp(name));
  } finally {
    await server.kill();
    server.remove();
  }
  const { code, err } = await steward(['tree', '--url', 'http://127.0.0.1:1']);
  assert.notEqual(code, 0);
  assert.match(err, /127\.0\.0\.1:1/);
});

test('a second server on the same data is refused', async () => {
  const server = new StewardProcess(binary);
  try {
    await server.start();
    const { code, err } = await steward(['serve', '--dev', '--listen', '127.0.0.1:0', '--data', join(server.folder, 'data')]);
    assert.notEqual(code, 0);
    assert.notEqual(code, null, 'the second server went on');
    assert.ok(err.length > 0);
  } finally {
    await server.kill();
    server.remove();
  }
});

test('SIGTERM ends the server in good order', async () => {
  const server = new StewardProcess(binary);
  await server.start();
  const from = Date.now();
  assert.deepEqual(await server.kill('SIGTERM'), { code: 0, signal: null });
  assert.ok(Date.now() - from < 10_000);
  server.remove();
});
