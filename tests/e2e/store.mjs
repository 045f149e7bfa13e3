// The store folder under bad conditions: a file from the future, a file of somebody else, a second
// server, no room left.
//
//   node tests/e2e/store.mjs [--binary build/release/steward]
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { Client, atMost, sleep } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { diskRoom, fileSizeRoom } from '../support/little_room.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const program = resolve(binary);
const dataOf = (server) => join(server.folder, 'data');
const storeOf = (server) => join(dataOf(server), 'steward.db');
const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const serve = (server) =>
  runCommand(program, ['serve', '--dev', '--listen', '127.0.0.1:0', '--data', dataOf(server)]);

async function withServer(server, work, release = () => {}) {
  try {
    await server.start();
    await work(server);
  } finally {
    await server.kill();
    release();
    server.remove();
  }
}

test('a store of a newer schema is refused and left as it is', async () => {
  await withServer(new StewardProcess(program), async (server) => {
    await server.kill('SIGTERM'); // in good order: everything is in the file itself
    const bytes = readFileSync(storeOf(server));
    const place = 60; // PRAGMA user_version in the header of an SQLite file, big-endian
    const known = bytes.readUInt32BE(place);
    assert.ok(known > 0, 'the store says its schema');
    bytes.writeUInt32BE(known + 41, place);
    writeFileSync(storeOf(server), bytes);
    const before = hash(storeOf(server));

    const { code, err } = await serve(server);
    assert.ok(code > 0, `it ends with an error: ${code} ${err}`);
    assert.match(err, new RegExp(`\\b${known + 41}\\b`), 'the schema of the file');
    assert.match(err, new RegExp(`\\b${known}\\b`), 'the schema of the program');
    assert.equal(hash(storeOf(server)), before);
  });
});

test('a file that is no store is refused and left as it is', async () => {
  await withServer(new StewardProcess(program), async (server) => {
    await server.kill('SIGTERM');
    writeFileSync(storeOf(server), 'Dear diary, today nothing happened.\n'.repeat(200));
    const before = hash(storeOf(server));
    const { code, err } = await serve(server);
    assert.ok(code > 0, `it ends with an error: ${code} ${err}`);
    assert.ok(err.includes('steward.db'), err);
    assert.equal(hash(storeOf(server)), before);
  });
});

test('a second server on the same folder is refused, and the first goes on', async () => {
  await withServer(new StewardProcess(program), async (server) => {
    const { code, err } = await serve(server);
    assert.ok(code > 0, `it ends with an error: ${code} ${err}`);
    assert.match(err, new RegExp(`process ${server.pid}\\b`), 'who has it');
    const client = new Client(server.url);
    const deployed = await client.deploy(definition('after', 'set:\n        ok: true'));
    assert.equal(deployed.name, 'after');
    client.close();
  });
});

const definition = (name, task) =>
  `document:\n  dsl: '1.0.3'\n  namespace: room\n  name: ${name}\n  version: '1.0.0'\ndo:\n  - only:\n      ${task}\n`;

const start = (client, name, input, wait = '') =>
  client.request('POST', `/api/v1/workflows/room/${name}/runs`, {
    headers: { 'content-type': 'application/json', ...(wait ? { prefer: `wait=${wait}` } : {}) },
    body: JSON.stringify(input),
  });

function assertRefusal(answer) {
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.headers['content-type'], /application\/problem\+json/);
  assert.equal(answer.json.status, 503);
  assert.equal(answer.json.code, 'unavailable');
  assert.ok(answer.json.detail, 'it says why');
  assert.ok(Number(answer.headers['retry-after']) >= 1, 'it says when to try again');
}

/**
 * Starts runs, with smaller and smaller inputs, until not even the smallest is accepted:
 * {accepted: [{id, input}], refused: [input]}.
 */
async function fill(client) {
  const accepted = [];
  const refused = [];
  for (const size of [150_000, 10_000, 0]) {
    for (let inRow = 0; inRow < 10; ) {
      const input = { n: accepted.length + refused.length, text: 'x'.repeat(size) };
      assert.ok(input.n < 3000, 'the room ends');
      const answer = await start(client, 'keep', input);
      if (answer.status === 503) {
        assertRefusal(answer);
        refused.push(input);
        inRow += 1;
      } else {
        assert.ok([200, 201, 202].includes(answer.status), answer.text);
        accepted.push({ id: answer.json.id, input });
        inRow = 0;
      }
    }
  }
  return { accepted, refused };
}

/** Everything that was answered with 2xx is there, whole and once; nothing else is. */
async function assertKept(client, accepted) {
  const listed = await client.all('/api/v1/runs?workflow=room/keep');
  assert.deepEqual(listed.map((run) => run.id).sort(), accepted.map((run) => run.id).sort());
  await atMost(4, accepted, async ({ id, input }) => {
    const { status, json } = await client.request('GET', `/api/v1/runs/${id}`);
    assert.equal(status, 200);
    assert.equal(json.status, 'completed');
    assert.deepEqual(json.input, input);
  });
}

async function until(what, patience_ms, holds) {
  const deadline = Date.now() + patience_ms;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `${what} within ${patience_ms} ms`);
    await sleep(100);
  }
}

/** Runs that wait for so many seconds each: [{id, due_ms}]. */
async function startPatients(client, waits_s) {
  const patients = [];
  for (const wait_s of waits_s) {
    await client.deploy(definition(`patient-${wait_s}`, `wait:\n        seconds: ${wait_s}`));
    const { status, json, text } = await start(client, `patient-${wait_s}`, {});
    assert.ok([201, 202].includes(status), text);
    patients.push({ id: json.id, due_ms: Date.now() + wait_s * 1000 });
  }
  return patients;
}

async function fillAndEnlarge(server, enlarge) {
  const client = new Client(server.url);
  await client.deploy(definition('keep', 'set:\n        kept: true'));
  const patients = await startPatients(client, [2, 5, 12, 30]);

  const { accepted, refused } = await fill(client);
  assert.ok(accepted.length > 5, 'there was room for some');
  const patient = patients.find(({ due_ms }) => due_ms > Date.now()); // however slowly the room was filled
  assert.ok(patient, 'the room is full before the last timer');
  await sleep(patient.due_ms + 500 - Date.now()); // the timer fires where nothing can be written
  assert.equal((await client.request('GET', '/healthz')).status, 200);
  await assertKept(client, accepted);
  const statusOfPatient = async () =>
    (await client.request('GET', `/api/v1/runs/${patient.id}`)).json.status;
  assert.equal(await statusOfPatient(), 'waiting', 'what is not durable has not happened');

  enlarge();
  const [input] = refused;
  let later;
  await until('runs are accepted again', 15_000, async () => {
    later = await start(client, 'keep', input, '5');
    return later.status !== 503;
  });
  assert.equal(later.json.status, 'completed', later.text);
  await until('the waiting run completes', 15_000, async () => (await statusOfPatient()) === 'completed');
  accepted.push({ id: later.json.id, input });
  await assertKept(client, accepted);

  await server.kill();
  await server.start();
  await assertKept(client, accepted);
  client.close();
}

for (const kind of [fileSizeRoom, diskRoom]) {
  test(`without room it refuses, keeps what it accepted, and goes on: ${kind.title}`, { skip: kind.missing() }, async () => {
    const { server, enlarge, close } = kind(program);
    await withServer(server, () => fillAndEnlarge(server, enlarge), close);
  });
}
