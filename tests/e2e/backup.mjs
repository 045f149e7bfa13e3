// Backup and restore: a server with a bit of everything is backed up while runs are started, restored
// into both engines, compared, checked, and goes on there.
//
//   node tests/e2e/backup.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { at, comparable, countRows, plainId, readBackup, rowsOf, statusOf, writeBackup } from '../support/archive.mjs';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { readFeed } from '../support/sse.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { checkGoesOn, fill, start, startSilentService, until } from './backup_content.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const program = resolve(binary);
const folder = mkdtempSync(join(tmpdir(), 'steward-backup-'));
const place = (name) => join(folder, name);
const file = place('first.backup');
const dataOf = (server) => ['--data', join(server.folder, 'data')];
const source = new StewardProcess(program);
const sourceData = dataOf(source);
const database = new PostgresServer();
const inDatabase = ['--database', database.url];
const restored = {
  embedded: new StewardProcess(program),
  PostgreSQL: new StewardProcess(program, { args: inDatabase }),
};
const placeOf = { embedded: dataOf(restored.embedded), PostgreSQL: inDatabase };
let service, made, feedBefore, backup, answeredBefore, startedMeanwhile;

/** Runs it to its end, which must be a good one. */
async function steward(...words) {
  const { code, out, err } = await runCommand(program, words);
  assert.equal(code, 0, `steward ${words.join(' ')}: ${err}${out}`);
  return out + err;
}

/** Starts runs as fast as they are answered, until `stop`. */
function startLoad(client) {
  const answered = [];
  let going = true;
  let count = 0;
  const loop = async (name) => {
    while (going) {
      count += 1;
      const run = await start(client, name, { count, n: count }, { prefer: 'wait=5' });
      answered.push(plainId(run.id));
    }
  };
  const all = Promise.all(Array.from({ length: 32 }, (_, i) => loop(i % 2 ? 'steps' : 'rests')));
  const stop = async () => {
    going = false;
    await all;
  };
  return { answered, stop };
}

async function loaded(client, work) {
  const load = startLoad(client);
  await until('the load goes on', () => load.answered.length > 200);
  const earlier = [...load.answered];
  const result = await work();
  const meanwhile = load.answered.length - earlier.length;
  await load.stop();
  return { earlier, meanwhile, result };
}

const assertSound = (told) => assert.match(told, /\b[1-9]\d* runs\b.*: 0 broken\n$/s);

before(async () => {
  service = await startSilentService();
  await database.start();
  database.makeDatabase();
  await source.start();
  const client = new Client(source.url);
  made = await fill(client, service);
  const { earlier, meanwhile } = await loaded(client, () => steward('backup', file, ...sourceData));
  answeredBefore = earlier;
  startedMeanwhile = meanwhile;
  feedBefore = await readFeed(source.url, 0);
  client.close();
  backup = readBackup(file);
});

after(async () => {
  await source.kill();
  for (const server of [source, ...Object.values(restored)]) server.remove();
  await database.kill('SIGQUIT');
  database.remove();
  service.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a backup taken while runs are started has all that was answered before, and no hole', () => {
  assert.ok(startedMeanwhile > 0, 'runs were started meanwhile');
  assert.equal(backup.header.format, 1);
  assert.ok(Math.abs(Date.parse(backup.header.made_at) - Date.now()) < 60_000);
  assert.deepEqual(backup.end, countRows(backup.rows));
  assert.equal(statSync(file).mode & 0o777, 0o600, 'it is for its owner only');
  assert.ok(!existsSync(`${file}.partial`));

  const runs = new Map(rowsOf(backup, 'runs').map((run) => [run[at.runs.id], run]));
  for (const id of answeredBefore) assert.equal(statusOf(runs.get(id) ?? []), 'completed', `run ${id}`);
  const statuses = {
    steps: 'completed', fail: 'faulted', cancelled: 'cancelled', suspended: 'suspended', call: 'running', parent: 'running',
    paid: 'waiting', nap: 'waiting', loop: 'waiting',
  };
  for (const [name, status] of Object.entries(statuses)) assert.equal(statusOf(runs.get(plainId(made[name].id))), status, name);
  assert.ok(rowsOf(backup, 'snapshots').some((row) => row[at.snapshots.run] === plainId(made.loop.id)), 'the loop has a snapshot');
  for (const table of ['tenants', 'workflows', 'journal', 'timers', 'keys', 'feed', 'inbox', 'listeners', 'schedules', 'collections', 'records', 'record_history'])
    assert.ok(backup.end[table] > 0, table);

  const feed = rowsOf(backup, 'feed');
  feed.forEach((row, i) => assert.equal(row[at.feed.first], i === 0 ? 1 : feed[i - 1][at.feed.last] + 1));
  assert.equal(rowsOf(backup, 'tenants')[0][at.tenants.newestEvent], feed.at(-1)[at.feed.last]);
});

test('a check of a store in use finds nothing broken', async () => {
  const client = new Client(source.url);
  const { meanwhile, result } = await loaded(client, () => steward('check', ...sourceData));
  assertSound(result);
  assert.ok(meanwhile > 0, 'runs were started meanwhile');
  client.close();
  await source.kill();
  assertSound(await steward('check', ...sourceData));
});

test('restored into either engine and backed up again, every row is as it was', async () => {
  const lines = comparable(backup);
  const assertSame = async (name, ...where) => {
    await steward('backup', place(name), ...where);
    const again = readBackup(place(name));
    assert.deepEqual(again.end, backup.end, name);
    const other = comparable(again);
    lines.forEach((line, i) => assert.equal(other[i], line, name));
  };
  for (const [engine, where] of Object.entries(placeOf)) {
    await steward('restore', file, ...where);
    await assertSame(`of-${engine}.backup`, ...where);
    assertSound(await steward('check', ...where));
  }
  await steward('restore', place('of-PostgreSQL.backup'), '--data', place('moved-back'));
  await assertSame('of-moved-back.backup', '--data', place('moved-back'));
});

/** The same store with a second tenant that has the same things. */
function twoTenants() {
  const more = 1000; // what is numbered for all tenants together
  const numbered = { workflows: [1, 3], runs: [3, 4], collections: [1], records: [2], record_history: [2] };
  const twin = ([table, ...cells]) => {
    const row = [table, ...cells];
    row[table === 'workflows' || table === 'collections' ? 2 : 1] = 2;
    if (table === 'tenants') row[2] = 'other';
    for (const column of numbered[table] ?? []) row[column] += more;
    return row;
  };
  return { header: backup.header, rows: [...backup.rows, ...backup.rows.map(twin)] };
}

test('tenants stay apart', async () => {
  const both = twoTenants();
  writeBackup(place('both.backup'), both);
  database.sql('CREATE DATABASE second OWNER steward');
  for (const where of [['--data', place('both')], ['--database', database.url.replace('/steward?', '/second?')]]) {
    await steward('restore', place('both.backup'), ...where);
    assert.match(await steward('check', ...where), /of 2 tenants, .* 0 broken/);
    rmSync(place('of-both.backup'), { force: true });
    await steward('backup', place('of-both.backup'), ...where);
    assert.deepEqual(comparable(readBackup(place('of-both.backup'))), comparable(both));
  }
});

const newest = () => ({
  event: rowsOf(backup, 'tenants')[0][at.tenants.newestEvent],
  version: rowsOf(backup, 'collections').find((row) => row[at.collections.name] === 'customers')[at.collections.newestVersion],
});

for (const [engine, server] of Object.entries(restored))
  test(`a server goes on with what was restored: ${engine}`, async () => {
    const words = placeOf[engine];
    const client = new Client(await server.start());
    try {
      await checkGoesOn({ client, url: server.url, made, service, feedBefore, newest: newest() });
      const online = place(`online-${engine}.backup`);
      const { earlier, meanwhile } = await loaded(client, () => steward('backup', online, ...words));
      assert.ok(meanwhile > 0, 'runs were started meanwhile');
      const target = ['--data', place(`of-online-${engine}`)];
      await steward('restore', online, ...target);
      assertSound(await steward('check', ...target));
      const runs = new Set(rowsOf(readBackup(online), 'runs').map((run) => run[at.runs.id]));
      assert.deepEqual(earlier.filter((id) => !runs.has(id)), []);
    } finally {
      client.close();
      await server.kill();
    }
    assertSound(await steward('check', ...words));
  });

test('a backup on standard output goes into a restore from standard input', async () => {
  const from = spawn(program, ['backup', '-', ...sourceData], { stdio: ['ignore', 'pipe', 'ignore'] });
  const into = spawn(program, ['restore', '-', '--data', place('piped')], { stdio: ['pipe', 'inherit', 'ignore'] });
  from.stdout.pipe(into.stdin);
  const ends = [from, into].map((child) => new Promise((done) => child.on('exit', done)));
  assert.deepEqual(await Promise.all(ends), [0, 0]);
  assertSound(await steward('check', '--data', place('piped')));
  await steward('backup', place('of-piped.backup'), '--data', place('piped'));
  await steward('backup', place('of-source.backup'), ...sourceData);
  assert.deepEqual(comparable(readBackup(place('of-piped.backup'))), comparable(readBackup(place('of-source.backup'))));
});
