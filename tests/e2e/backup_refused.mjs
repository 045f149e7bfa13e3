// Backup and restore under bad conditions: files that are no whole backups, stores that can't take one or
// give one, no room, a kill in the middle. And passwords, which nobody is told.
//
//   node tests/e2e/backup_refused.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { at, comparable, readBackup, rowsOf, writeBackup } from '../support/archive.mjs';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { diskRoom, fileSizeRoom } from '../support/little_room.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { fill, start, startSilentService, until } from './backup_content.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const program = resolve(binary);
const folder = mkdtempSync(join(tmpdir(), 'steward-refused-'));
const place = (name) => join(folder, name);
const small = place('small.backup');
const large = place('large.backup'); // beyond the room of little_room.mjs
const source = new StewardProcess(program);
const sourceData = ['--data', join(source.folder, 'data')];
const database = new PostgresServer();
const engines = { embedded: ['--data', place('target')], PostgreSQL: ['--database', database.url] };
let backup;

const steward = (...words) => runCommand(program, words);

async function succeed(...words) {
  const { code, out, err } = await steward(...words);
  assert.equal(code, 0, `steward ${words.join(' ')}: ${err}${out}`);
  return out + err;
}

/** It ends with an error that says why, and how. */
async function refuse(why, ...words) {
  const { code, out, err } = await steward(...words);
  assert.ok(code === 1 || code === 2, `steward ${words.join(' ')}: ${code} ${err}${out}`);
  assert.match(err, why);
  return err;
}

let reads = 0;
async function contents(...where) {
  reads += 1;
  const file = place(`contents-${reads}.backup`);
  await succeed('backup', file, ...where);
  const found = readBackup(file);
  rmSync(file);
  return found;
}

function clear(engine) {
  if (engine === 'embedded') rmSync(place('target'), { recursive: true, force: true });
  else database.sql('DROP SCHEMA IF EXISTS steward CASCADE', 'steward');
}

const assertEmpty = async (where) => assert.deepEqual((await contents(...where)).rows, []);
const assertHolds = async (where, expected) => assert.deepEqual(comparable(await contents(...where)), comparable(expected));

before(async () => {
  await database.start();
  database.makeDatabase();
  const service = await startSilentService();
  await source.start();
  const client = new Client(source.url);
  await fill(client, service);
  await succeed('backup', small, ...sourceData);
  backup = readBackup(small);
  for (let i = 0; i < 24; i += 1) await start(client, 'steps', { count: i, noise: randomBytes(600_000).toString('base64') });
  await succeed('backup', large, ...sourceData);
  assert.ok(statSync(large).size > 12_000_000);
  client.close();
  await source.kill('SIGTERM');
  service.close();
});

after(async () => {
  await source.kill();
  source.remove();
  await database.kill('SIGQUIT');
  database.remove();
  rmSync(folder, { recursive: true, force: true });
});

// --- files that are no whole backup ---------------------------------------------------------------

/** [name, bytes, what the refusal says] */
function badFiles() {
  const good = readFileSync(small);
  const { length } = good;
  const header = JSON.stringify(backup.header);
  const cut = (size) => [`the first ${size} of ${length} bytes`, good.subarray(0, size), /no whole backup/];
  const flip = (place) => {
    const bytes = Buffer.from(good);
    bytes[place] ^= 0x10;
    return [`a flip in byte ${place} of ${length}`, bytes, /no whole backup|line \d+/];
  };
  const middles = Array.from({ length: 10 }, (_, i) => Math.floor(((i + 1) * length) / 11));
  return [
    ...[0, 1, 10, 200, length >> 2, length >> 1, length - 2000, length - 20, length - 8, length - 4, length - 1].map(cut),
    ...[0, 1, 2, ...middles, length - 8, length - 1].map(flip),
    ['a text', Buffer.from('Dear diary, today nothing happened.\n'.repeat(100)), /does not begin as one/],
    ['zeros', Buffer.alloc(100_000), /does not begin as one/],
    ['gzip of something else', gzipSync('{"hello": "world"}\n'), /does not begin as one/],
    ['gzip of nothing', gzipSync(''), /does not begin as one/],
    ['one backup after another', Buffer.concat([good, good]), /no whole backup/],
    ['something after a backup', Buffer.concat([good, gzipSync('["tenants",2,"more",0,0]\n')]), /no whole backup/],
    ['a header alone', gzipSync(`${header}\n`), /too early/],
    ['no JSON', gzipSync(`${header}\n["tenants",1\n{"end":{"tenants":1}}\n`), /line 2|invalid input syntax/],
  ];
}

/** The same for backups whose rows are not what they should be. */
function badRows() {
  const wrong = /line \d+|ERROR/; // PostgreSQL has its own words
  const only = (found, column, value) => (parts) => {
    const index = parts.rows.findIndex(found);
    parts.rows[index] = parts.rows[index].map((cell, i) => (i === column ? value : cell));
  };
  const first = (table, column, value) => only((row) => row[0] === table, column, value);
  const changes = [
    ['a format to come', (parts) => (parts.header = { ...parts.header, format: 2, version: '9.9.9' }), /made by steward 9\.9\.9.*can't read/],
    ['no format', (parts) => (parts.header = { steward: 'backup', version: '1' }), /does not begin as one/],
    ['a row too few', (parts) => (parts.end = { ...backup.end }) && parts.rows.splice(20, 1), /rows are missing/],
    ['a row twice', (parts) => parts.rows.splice(2, 0, parts.rows[1]), wrong],
    ['an unknown table', (parts) => parts.rows.push(['wishes', 1, 'a pony']), /no such table/],
    ['a tenant that is a text', first('tenants', 1, 'one'), wrong],
    ['a tenant that is nothing', first('tenants', 1, null), wrong],
    ['a status that is a word', first('runs', at.runs.status, 'waiting'), wrong],
    ['a status that there is not', first('runs', at.runs.status, 9), wrong],
    ['an id that is too short', first('runs', at.runs.id, 'c0ffee'), wrong],
    ['an id that is none', first('runs', at.runs.id, 'x'.repeat(32)), wrong],
    ['a time that is no whole number', first('runs', at.runs.created, 1.5), wrong],
    ['an entry that is no bytes', first('journal', at.journal.entry, '0g'), wrong],
    ['a timer for soon', first('timers', at.timers.due, 'soon'), wrong],
    ['a key for half a run', first('keys', at.keys.run, 'c0ffee'), wrong],
    ['a record that is no JSON', only((row) => row[0] === 'records' && row[at.records.id] === 'only', at.records.data, '{"a":'), wrong],
    ['a row that is too short', (parts) => parts.rows.push(parts.rows.pop().slice(0, 4)), wrong],
    ['a row that is too long', (parts) => parts.rows.push([...parts.rows.pop(), 'more']), wrong],
  ];
  return changes.map(([name, change, why]) => {
    const parts = { header: backup.header, rows: [...backup.rows] };
    change(parts);
    writeBackup(place('rows'), parts);
    return [name, readFileSync(place('rows')), why];
  });
}

for (const [engine, where] of Object.entries(engines))
  test(`what is no whole backup is refused, and nothing of it stays: ${engine}`, async (t) => {
    // Reading the file is the same for both engines.
    for (const [name, bytes, why] of [...badFiles().filter((_, i) => engine === 'embedded' || i % 5 === 0), ...badRows()])
      await t.test(name, async () => {
        writeFileSync(place('bad'), bytes);
        try {
          const told = await refuse(why, 'restore', place('bad'), ...where); // so the one before left nothing
          assert.match(told, /nothing was restored/);
        } catch (error) {
          clear(engine);
          throw error;
        }
      });
    await t.test('no such file', () => refuse(/can't read .*No such file/, 'restore', place('none'), ...where));
    await t.test('a folder', () => refuse(/directory|no whole backup/, 'restore', folder, ...where));
    await t.test('nothing stays', () => assertEmpty(where));
  });

// --- stores that can't be read or filled ------------------------------------------------------------

for (const [engine, where] of Object.entries(engines)) {
  test(`a kill in the middle of a restore leaves an empty store: ${engine}`, async () => {
    clear(engine);
    const bytes = readFileSync(large);
    const half = bytes.subarray(0, bytes.length / 2);
    const child = spawn(program, ['restore', '-', ...where], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = new Promise((done) => child.on('exit', (code, signal) => done(signal)));
    child.stdin.on('error', () => {});
    child.stdin.write(half);
    // It has taken nearly all of the half, and waits for more of the row it is in.
    const readSoFar = () => Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${child.pid}/io`, 'utf8'))[1]);
    await until('half of it is restored', () => readSoFar() > half.length - 300_000);
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    await assertEmpty(where);
    await succeed('restore', small, ...where);
    await assertHolds(where, backup);
  });

  test(`a store that is not empty takes no backup, and stays as it is: ${engine}`, async () => {
    await refuse(/not empty/, 'restore', small, ...where);
    await refuse(/not empty/, 'restore', large, ...where);
    await assertHolds(where, backup);
  });

  test(`a store in use takes no backup: ${engine}`, async () => {
    clear(engine);
    const server = new StewardProcess(program, { args: engine === 'embedded' ? [] : where });
    try {
      await server.start();
      const used = engine === 'embedded' ? ['--data', join(server.folder, 'data')] : where;
      const told = await refuse(/another steward/, 'restore', small, ...used);
      if (engine === 'embedded') assert.match(told, new RegExp(`process ${server.pid}\\b`));
      await assertEmpty(used);
      await server.kill('SIGTERM');
      await succeed('restore', small, ...used);
      await assertHolds(used, backup);
    } finally {
      await server.kill();
      server.remove();
    }
  });

  test(`a store of another schema is neither backed up nor checked nor filled: ${engine}`, async () => {
    clear(engine);
    await succeed('restore', small, ...where);
    const file = place('target/steward.db');
    const shift = (by) => {
      if (engine !== 'embedded') return database.sql(`UPDATE steward.store SET version = version + ${by}`, 'steward');
      const bytes = readFileSync(file);
      bytes.writeUInt32BE(bytes.readUInt32BE(60) + by, 60); // PRAGMA user_version
      return writeFileSync(file, bytes);
    };
    for (const [by, why] of [[41, /schema/], [-1, /schema.*start/i]]) {
      shift(by);
      await refuse(why, 'backup', place('other-schema'), ...where);
      await refuse(why, 'check', ...where);
      assert.ok(!existsSync(place('other-schema')));
      if (by > 0) await refuse(/schema \d+.*newer/, 'restore', small, ...where);
      shift(-by);
    }
    await assertHolds(where, backup);
  });
}

test('where there is no store, none is made by asking', async () => {
  const where = ['--data', place('nowhere')];
  await refuse(/no store/, 'backup', place('of-nowhere'), ...where);
  await refuse(/no store/, 'check', ...where);
  assert.ok(!existsSync(place('nowhere')) && !existsSync(place('of-nowhere')));
});

test('what is no store is refused, and left as it is', async () => {
  mkdirSync(place('diary'));
  const text = 'Dear diary, today nothing happened.\n'.repeat(200);
  writeFileSync(place('diary/steward.db'), text);
  const where = ['--data', place('diary')];
  for (const words of [['backup', place('of-diary')], ['check'], ['restore', small]]) await refuse(/steward\.db/, ...words, ...where);
  assert.equal(readFileSync(place('diary/steward.db'), 'utf8'), text);
  assert.ok(!existsSync(place('of-diary')));
});

// --- where the backup goes ----------------------------------------------------------------------------

test('a backup takes the place of nothing', async () => {
  writeFileSync(place('taken'), 'precious');
  await refuse(/there already/, 'backup', place('taken'), ...sourceData);
  assert.equal(readFileSync(place('taken'), 'utf8'), 'precious');
  mkdirSync(place('taken-folder'));
  await refuse(/there already/, 'backup', place('taken-folder'), ...sourceData);
  await refuse(/No such file/, 'backup', place('none/of/these'), ...sourceData);
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.partial')), []);
});

for (const kind of [fileSizeRoom, diskRoom])
  test(`without room no file is left: ${kind.title}`, { skip: kind.missing() }, async () => {
    const { server, close } = kind(program); // not to be started: its program and its folder have little room
    const room = kind === diskRoom ? join(server.folder, 'data') : server.folder;
    try {
      const { code, err } = await runCommand(server.binary, ['backup', join(room, 'big.backup'), ...sourceData]);
      assert.equal(code, 1, err);
      assert.match(err, /can't write .*big\.backup: (No space left|File too large)/);
      assert.deepEqual(readdirSync(room).filter((name) => name.startsWith('big')), []);
      const target = ['--data', kind === diskRoom ? join(room, 'var') : place('little')];
      const restored = await runCommand(server.binary, ['restore', large, ...target]);
      assert.equal(restored.code, 1, restored.err);
      assert.match(restored.err, /nothing was restored/);
    } finally {
      close();
      server.remove();
    }
  });

test('passwords are not told', async () => {
  const secret = 'sesame%2142';
  const url = (rest) => `postgresql://steward:${secret}@${rest}`;
  const settings = place('settings.yaml');
  const answers = [];
  for (const [number, address] of [url(`/steward?host=${database.folder}`), url(`/nothing?host=${database.folder}`), url('127.0.0.1:1/steward'),
    url('steward.invalid/steward'), url('127.0.0.1:port/steward'), `postgresql://steward@/steward?host=${database.folder}&password=${secret}&nonsense=1`,
    url('a@b.invalid/steward'), `mysql://steward:${secret}@127.0.0.1/steward`, 'postgresql://steward:open@sesame@b.invalid/steward',
    'postgresql://steward:open%2Fsesame/word@127.0.0.1:1/steward', 'host=127.0.0.1 port=1 user=steward password=sesame'].entries()) {
    writeFileSync(settings, `database:\n  url: "${address}"\n`);
    for (const words of [['backup', place(`secret-${number}`), '--database', address], ['check', '--config', settings], ['restore', small, '--database', address]])
      answers.push(await steward(...words));
  }
  assert.ok(answers.some(({ code }) => code === 0), 'one of them is right');
  assert.deepEqual(answers.map(({ out, err }) => out + err).filter((told) => told.includes('sesame')), []);
});
