// Schedules of a server that is killed: a run for each due time and never two, in phase, and what was
// missed while it was down is made up for once.
//
//   node tests/e2e/schedules.mjs [--binary build/release/steward]
import test from 'node:test';
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { Client, sleep } from '../support/client.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const interval_ms = 1000;
const down_ms = 5500;

const workflow = `
document: { dsl: '1.0.3', namespace: e2e, name: tick, version: '1.0.0' }
schedule: { every: PT1S }
do:
  - keep: { set: { ok: true } }
`;

/** When a run was due: its id begins with that, in milliseconds. */
const dueOf = (run) => Number.parseInt(run.id.replaceAll('-', '').slice(0, 12), 16);

test('a schedule goes on in phase after a kill, without a second run for one due time', async () => {
  const server = new StewardProcess(resolve(binary));
  await server.start();
  const client = new Client(server.url);
  const runs = () => client.all('/api/v1/runs?workflow=e2e/tick');
  const reach = async (count) => {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const found = await runs();
      if (found.length >= count) return found;
      assert.ok(Date.now() < deadline, `${found.length} runs, not ${count}`);
      await sleep(20);
    }
  };
  try {
    await client.deploy(workflow);
    await reach(2);
    const gaps = [];
    for (let kill = 0; kill < 3; kill += 1) {
      const before = (await runs()).length;
      await server.kill();
      const from = Date.now();
      await sleep(down_ms);
      server.launch();
      await server.ready();
      gaps.push([from, Date.now()]);
      await reach(before + 3);
    }
    const found = (await runs()).map((run) => ({ due: dueOf(run), ...run })).sort((a, b) => a.due - b.due);
    const dues = found.map((run) => run.due);
    assert.equal(new Set(dues).size, dues.length, 'no due time has two runs');
    for (const due of dues) assert.equal((due - dues[0]) % interval_ms, 0, 'the phase is kept');
    for (const run of found) {
      assert.ok(Date.parse(run.created_at) >= run.due, 'no run is early');
      assert.equal(run.status, 'completed');
    }
    // Of the due times that passed in a gap only the latest is made up for; those within the two
    // seconds before the start are merely late.
    for (const [from, until] of gaps) {
      const made = dues.filter((due) => due > from + interval_ms && due < until - 3 * interval_ms);
      assert.ok(made.length <= 1, `${made.length} runs for what was long missed`);
    }
    const [schedule] = await client.all('/api/v1/schedules');
    assert.equal(schedule.kind, 'every');
    assert.ok(schedule.missed >= 3, `missed: ${schedule.missed}`);
    const paused = await client.insist('POST', '/api/v1/schedules/e2e/tick/pause');
    assert.equal(paused.json.paused, true);
    const { length } = await runs();
    await sleep(2 * interval_ms);
    assert.ok((await runs()).length <= length + 1, 'a paused schedule starts nothing');
    await client.insist('POST', '/api/v1/schedules/e2e/tick/resume');
    await reach(length + 2);
  } finally {
    client.close();
    await server.kill();
    server.remove();
  }
});
