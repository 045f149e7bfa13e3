// The specification's examples: `steward run` and the server both run the ones that this version
// supports and that need nothing but a local HTTP service, and refuse by name what can't be run. Those
// that need events, time or TLS are in tests/conformance.
//
//   node tests/e2e/examples.mjs [--binary build/release/steward]
//
// Of an example's text only the hosts are changed (https://HOST/ becomes the service's address and
// HOST), and delays where examples_supported.mjs says so.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { startRecordingService } from '../support/recording_service.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { refused } from './examples_refused.mjs';
import { supported } from './examples_supported.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const examples = fileURLToPath(new URL('../data/serverless-workflow/examples', import.meta.url));
const program = resolve(binary);

let folder;
let service;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steward-examples-'));
  service = await startRecordingService();
});
after(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A server of its own for each test: several examples share one name and version. */
async function withServer(work) {
  const server = new StewardProcess(binary);
  try {
    await server.start();
    const client = new Client(server.url);
    await work(client);
    client.close();
  } finally {
    await server.kill();
    server.remove();
  }
}

/** Only endpoints are moved: error types and event sources are names, not addresses. */
function withLocalHosts(text) {
  return text.replace(/(endpoint: .*?|uri: )https:\/\/([a-z0-9.-]+)\//g, `$1${service.url}/$2/`);
}

function textOf(example) {
  const original = readFileSync(join(examples, `${example.file}.yaml`), 'utf8');
  const edited = example.edit ? example.edit(original) : original;
  if (example.edit) assert.notEqual(edited, original, 'the edit changes the text');
  return withLocalHosts(edited);
}

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Makes the service ready for an example: it has heard nothing yet. */
function listenFor(example) {
  service.forget();
  service.answer = example.answer ?? (() => ({ status: 500, body: { error: 'not expected' } }));
}

const only = (names, headers) => Object.fromEntries(names.map((name) => [name, headers[name]]));

function assertAsked(example) {
  const wanted = example.asked ?? [];
  const seen = service.requests.map((request, i) => ({
    ...request,
    headers: only(Object.keys(wanted[i]?.headers ?? {}), request.headers),
  }));
  assert.deepEqual(seen, wanted);
  if (!example.sameIdempotencyKey) return;
  const keys = new Set(service.requests.map((request) => request.headers['idempotency-key']));
  assert.equal(keys.size, 1, `every attempt carries the same key: ${[...keys]}`);
  assert.ok(![...keys].includes(undefined));
}

function assertError(error, wanted) {
  assert.ok(error, 'the run tells its error');
  const { type, ...rest } = wanted;
  assert.match(error.type, type);
  for (const [name, value] of Object.entries(rest)) assert.equal(error[name], value, name);
}

for (const example of supported) {
  const name = example.case ? `${example.file}: ${example.case}` : example.file;

  test(`steward run ${name}`, async () => {
    listenFor(example);
    const children = (example.with ?? []).map((text, i) => file(`child-${i}.yaml`, text));
    const words = ['run', file('example.yaml', textOf(example)), '--input', JSON.stringify(example.input)];
    for (const child of children) words.push('--with', child);
    const from = Date.now();
    const { code, out, err } = await runCommand(program, words);
    assert.ok(Date.now() - from >= (example.atLeast_ms ?? 0), 'it waits as long as it says');
    if (example.error) {
      assert.equal(code, 1, err);
      assert.equal(out, '');
      assertError(JSON.parse(err.slice(err.indexOf('{'))), example.error);
    } else {
      assert.equal(code, 0, err);
      assert.deepEqual(JSON.parse(out), example.output);
    }
    assertAsked(example);
  });

  test(`the server runs ${name}`, async () => {
    listenFor(example);
    await withServer(async (client) => {
      for (const text of example.with ?? []) await client.deploy(text);
      const deployed = await client.deploy(textOf(example));
      const from = Date.now();
      const path = `/api/v1/workflows/${deployed.namespace}/${deployed.name}/runs`;
      const answer = await client.request('POST', path, {
        headers: { 'content-type': 'application/json', prefer: 'wait=20' },
        body: JSON.stringify(example.input),
      });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(Date.now() - from >= (example.atLeast_ms ?? 0), 'it waits as long as it says');
      if (example.error) {
        assert.equal(answer.json.status, 'faulted', answer.text);
        assertError(answer.json.error, example.error);
      } else {
        assert.equal(answer.json.status, 'completed', answer.text);
        assert.deepEqual(answer.json.output, example.output);
      }
    });
    assertAsked(example);
  });
}

for (const [name, problems] of Object.entries(refused)) {
  test(`steward refuses ${name}`, async () => {
    const { code, out, err } = await runCommand(program, ['validate', join(examples, `${name}.yaml`)]);
    assert.equal(code, 2, out);
    const lines = err.split('\n');
    const told = lines.filter((line) => /is not supported by this version|is turned off/.test(line));
    const places = lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
    assert.equal(told.length, problems.length, err);
    problems.forEach((problem, i) => {
      assert.ok(told[i].includes(problem.told), err);
      assert.equal(places[i].split(',')[0], `at ${problem.at}`, err);
    });
  });
}

test('the server refuses them too', async () => {
  await withServer(async (client) => {
    for (const [name, problems] of Object.entries(refused)) {
      const answer = await client.insist('POST', '/api/v1/workflows', {
        headers: { 'content-type': 'application/yaml' },
        body: readFileSync(join(examples, `${name}.yaml`), 'utf8'),
      });
      assert.equal(answer.status, 422, answer.text);
      const places = answer.json.errors.map((error) => error.pointer);
      assert.deepEqual(places, problems.map((problem) => problem.at), name);
    }
  });
});
