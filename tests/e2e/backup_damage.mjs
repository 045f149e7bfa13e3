// Damage in a store that `steward check` must find: each kind alone and all of them together.
//
//   node tests/e2e/backup_damage.mjs [--binary build/release/steward]
//
// A backup is changed line by line and restored: that needs nothing of any engine's own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { at, bytesOf, hexOf, plainId, readBackup, rowsOf, writeBackup } from '../support/archive.mjs';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { comesTo, loops, start, until, workflowOf } from './backup_content.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const program = resolve(binary);
const folder = mkdtempSync(join(tmpdir(), 'steward-damage-'));
const place = (name) => join(folder, name);
const database = new PostgresServer();
const snapshotAfter = 50; // entries
let backup, ids;

const { runs, journal, snapshots } = at;
const changed = (row, column, change) => row.map((cell, i) => (i === column ? change(cell) : cell));
const inText = (change) => (hex) => hexOf(change(bytesOf(hex)));
const gone = () => [];

/** Changes one run's rows of a table: `change` gives what comes in a row's place. */
const rowOf = (table, column, change, seq) => (rows, id) =>
  rows.flatMap((row) => (row[0] === table && row[column] === id && (seq === undefined || seq(row[journal.seq])) ? change(row) : [row]));
const ofRun = (column, change) => rowOf('runs', runs.id, (row) => [changed(row, column, change)]);
const ofEntries = (change, seq) => rowOf('journal', journal.run, change, seq);
const ofEntry = (change) => ofEntries((row) => [changed(row, journal.entry, inText(change))], (seq) => seq === 30);
const ofSnapshot = (column, change) => rowOf('snapshots', snapshots.run, (row) => [changed(row, column, change)]);

/** kind -> [workflow of the run that it happens to, change] */
const damages = {
  'another output': ['steps', ofRun(runs.output, () => '{"total":1,"accepted":true}')],
  'no output': ['steps', ofRun(runs.output, () => null)],
  'another input': ['steps', ofRun(runs.input, () => '{"count":8}')],
  'an input that is no JSON': ['steps', ofRun(runs.input, () => '{"count":')],
  'another error': ['fail', ofRun(runs.error, (error) => error.replace('409', '410'))],
  'more attempts': ['fail', ofRun(runs.attempts, () => 7)],
  'another status': ['paid', ofRun(runs.status, () => 1)],
  'an end that never came': ['paid', rowOf('runs', runs.id, (row) => [changed(changed(row, runs.status, () => 6), runs.output, () => '{}')])],
  'another workflow': ['steps', ofRun(runs.workflow, () => workflowNumber('fail'))],
  'the first entry gone': ['loop', ofEntries(gone, (seq) => seq === 1)],
  'an entry gone': ['loop', ofEntries(gone, (seq) => seq === 30)],
  'an entry gone behind the snapshot': ['loop', ofEntries(gone, (seq) => seq === loops - 5)],
  'the last entry gone': ['loop', ofEntries(gone, (seq) => seq === loops)],
  'all entries gone from the snapshot on': ['loop', ofEntries(gone, (seq) => seq >= snapshotAfter)],
  'an entry that is no JSON': ['loop', ofEntry(() => '{"kind":')],
  'an entry of something else': ['loop', ofEntry((text) => text.replace('"effect":30', '"effect":29'))],
  'a damaged snapshot': ['loop', ofSnapshot(snapshots.state, inText((text) => text.replace('"seen":[0,1', '"seen":[0,7')))],
  'a snapshot of other steps': ['loop', ofSnapshot(snapshots.state, inText((text) => text.replace('"steps":', '"steps":9')))],
  'a snapshot after what never was': ['loop', ofSnapshot(snapshots.seq, () => loops + 20)],
};

const workflowNumber = (name) => rowsOf(backup, 'workflows').find((row) => row[5] === name)[1];

before(async () => {
  await database.start();
  database.makeDatabase();
  const server = new StewardProcess(program);
  const client = new Client(await server.start());
  ids = new Map();
  try {
    const kinds = Object.entries(damages);
    for (const name of new Set(kinds.map(([, [workflow]]) => workflow))) await client.deploy(workflowOf(name));
    const input = { count: 7, order: 'A' };
    for (const [kind, [name]] of kinds) ids.set(kind, (await start(client, name, input)).id);
    const status = { steps: 'completed', fail: 'faulted', paid: 'waiting', loop: 'waiting' };
    for (const [kind, [name]] of kinds) await comesTo(client, ids.get(kind), status[name]);
    const data = ['--data', join(server.folder, 'data')];
    await until('all loops listen', async () => {
      rmSync(place('good'), { force: true });
      assert.equal((await runCommand(program, ['backup', place('good'), ...data])).code, 0);
      backup = readBackup(place('good'));
      return rowsOf(backup, 'listeners').length === kinds.filter(([, [name]]) => name === 'loop' || name === 'paid').length;
    });
    assert.ok(rowsOf(backup, 'snapshots').every((row) => row[snapshots.seq] === snapshotAfter));
  } finally {
    client.close();
    await server.kill();
    server.remove();
  }
});

after(async () => {
  await database.kill('SIGQUIT');
  database.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Restores these rows, and answers what a check says. */
async function check(rows, where) {
  writeBackup(place('damaged'), { header: backup.header, rows });
  const restored = await runCommand(program, ['restore', place('damaged'), ...where]);
  assert.equal(restored.code, 0, restored.err);
  return runCommand(program, ['check', ...where]);
}

function assertNames({ code, out, err }, broken) {
  const told = out.split('\n').filter((line) => line.includes(' run=') && line.startsWith('tenant='));
  assert.deepEqual(told.map((line) => /run=(\S+)/.exec(line)[1]).sort(), [...broken].sort(), out + err);
  assert.match(out, new RegExp(`: ${broken.length} broken\n$`));
  assert.equal(code, broken.length === 0 ? 0 : 1, out + err);
}

test('nothing is found where nothing is broken', async () => {
  assertNames(await check(backup.rows, ['--data', place('sound')]), []);
});

test('each kind of damage is found, and its run named', async (t) => {
  for (const [number, [kind, [, change]]] of Object.entries(damages).entries())
    await t.test(kind, async () => {
      const id = ids.get(kind);
      assertNames(await check(change(backup.rows, plainId(id)), ['--data', place(`damaged-${number}`)]), [id]);
    });
});

for (const [engine, where] of Object.entries({ embedded: ['--data', place('all')], PostgreSQL: ['--database', database.url] }))
  test(`all of them together are found: ${engine}`, async () => {
    let { rows } = backup;
    for (const [kind, [, change]] of Object.entries(damages)) rows = change(rows, plainId(ids.get(kind)));
    assertNames(await check(rows, where), [...ids.values()]);
  });

test('a run without its workflow is found', async () => {
  const where = ['--database', database.url];
  database.sql('DROP SCHEMA steward CASCADE', 'steward');
  assertNames(await check(backup.rows, where), []);
  const id = ids.get('another output');
  database.sql(`UPDATE steward.runs SET workflow = 4711 WHERE id = '${id}'`, 'steward');
  const { code, out } = await runCommand(program, ['check', ...where]);
  assert.match(out, /^tenant=default 1 of its runs can't be read: their workflows are missing$/m);
  assert.match(out, /: 1 broken\n$/);
  assert.equal(code, 1);
});
