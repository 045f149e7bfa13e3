// Whether throughput falls as the store grows: durable synchronous runs of three steps at 64 clients on an
// empty store and on one with ten million journal entries, in turns.
//
//   node bench/growth.mjs [--rows 10000000] [--database postgres] [--rounds 5] [--seconds 4] [--clients 64]
//                         [--build build/release] [--port 18520]
//
// The large store comes from a backup: one real run with 20 entries, again and again, the last seven days
// full of them. So this tells what `steward restore`, `backup` and `check` take as well. Half a table for
// people goes to stderr, one JSON document to stdout. Data is written to a temporary folder: 10 GB or so.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../tests/support/arguments.mjs';
import { PostgresServer } from '../tests/support/postgres_server.mjs';
import { readPattern, writeGrown } from './measure/grown_backup.mjs';
import { describeMachine, median, round } from './measure/machine.mjs';
import { memoryOf } from './measure/process_cpu.mjs';
import { completedRuns, launch, startSteward, stop } from './measure/server.mjs';
import { deploy, measureSyncRuns } from './measure/sync_runs.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stderr.write(`${text}\n`);
const entries = 20; // of the journal of each run
const target_pct = 20;
const kept_us = 6 * 24 * 3600 * 1e6; // less than the feed is kept
const workflow = `document: {dsl: '1.0.3', namespace: bench, name: rests, version: '1.0.0'}
do:
- round:
    for: {each: n, in: '\${ [range(${entries})] }'}
    do: [{rest: {wait: {milliseconds: 1}}}, {note: {set: {seen: '\${ (.seen // 0) + 1 }'}}}]
`;

/** Runs a command of steward to its end; seconds. */
async function run(binary, words) {
  const from = performance.now();
  const child = launch(binary, words, ['ignore', 'pipe', 'pipe']);
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (told += bytes));
  const { code } = await child.ended;
  if (code !== 0) throw new Error(`steward ${words[0]} ended with ${code}: ${told}`);
  return { seconds: (performance.now() - from) / 1000, told };
}

/** A backup of a store with one run that waits `entries` times. */
async function makePattern(binary, folder, port) {
  const data = join(folder, 'pattern', 'data');
  mkdirSync(data, { recursive: true });
  const server = await startSteward(binary, data, port);
  const post = async (path, type, body) => {
    const answer = await fetch(server.url + path, { method: 'POST', headers: { 'content-type': type, prefer: 'wait=30' }, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await post('/api/v1/workflows', 'application/yaml', workflow);
  const ended = await post('/api/v1/workflows/bench/rests/runs', 'application/json', '{}');
  if (ended.status !== 'completed') throw new Error(`the pattern is ${ended.status}`);
  const file = join(folder, 'pattern.backup');
  await run(binary, ['backup', file, '--data', data]);
  await stop(server.child);
  const pattern = await readPattern(file);
  const found = pattern.own.filter(([table]) => table === 'journal').length;
  if (found !== entries) throw new Error(`the pattern has ${found} journal entries, not ${entries}`);
  return pattern;
}

/** Two stores of one engine: {empty, large}, each {words, bytes()}, and what to do before measuring. */
async function makeStores(folder, engine) {
  if (engine === '') {
    const place = (name) => {
      const data = join(folder, name, 'data');
      mkdirSync(data, { recursive: true });
      const bytes = () => readdirSync(data).reduce((sum, file) => sum + statSync(join(data, file)).size, 0);
      return { data, words: ['--data', data], bytes };
    };
    return { empty: place('empty'), large: place('large'), settle: () => {}, close: () => {} };
  }
  const database = new PostgresServer();
  await database.start();
  database.makeDatabase();
  database.sql('CREATE DATABASE large OWNER steward');
  const place = (name) => {
    const data = join(folder, name, 'data'); // for the server's log beside it
    mkdirSync(data, { recursive: true });
    const words = ['--database', database.url.replace('/steward?', `/${name}?`)];
    return { data, words, bytes: () => Number(database.sql(`SELECT pg_database_size('${name}')`)) };
  };
  return {
    empty: place('steward'),
    large: place('large'),
    // What PostgreSQL would do by itself within minutes, so that it does not do it meanwhile.
    settle: () => database.sql('VACUUM ANALYZE', 'large') && database.sql('CHECKPOINT'),
    close: async () => {
      await database.kill('SIGQUIT');
      database.remove();
    },
  };
}

/** The same load on both, in turns; each goes first every other time. */
async function measureInTurns(folder, servers, options) {
  const seen = { empty: [], large: [] };
  for (let at = 0; at < options.rounds; at += 1)
    for (const name of at % 2 ? ['large', 'empty'] : ['empty', 'large']) {
      const [result] = await measureSyncRuns(folder, servers[name], {
        clients: [options.clients], rounds: 1, seconds: options.seconds, say: (text) => say(`${name}: ${text}`),
      });
      seen[name].push(result.rounds[0]);
    }
  const of = (name, figure) => seen[name].map((result) => result[figure]);
  const each = (figures, work) => Object.fromEntries(figures.map((figure) => [figure, work(figure)]));
  const figures = ['runs_per_s', 'p50_us', 'p99_us', 'cpu_us_per_run'];
  const summary = (name) =>
    each([...figures, 'fdatasync_append_us', 'others_pct', 'steal_pct'], (figure) => median(of(name, figure)));
  const ratios = each(figures, (figure) =>
    round(median(of('large', figure).map((value, i) => value / of('empty', figure)[i])), 3));
  return { empty: summary('empty'), large: summary('large'), ratios, rounds: seen };
}

async function measure(options, folder) {
  const binary = join(resolve(repository, options.build), 'steward');
  const result = { machine: describeMachine(repository), engine: options.database || 'embedded' };
  const pattern = await makePattern(binary, folder, options.port);
  const runs = Math.ceil(options.rows / entries);
  const file = join(folder, 'large.backup');
  const counts = await writeGrown(file, pattern, runs, Math.floor(kept_us / runs));
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  result.rows = { ...counts, total: rows };
  say(`${rows} rows, ${counts.journal} of them journal entries`);

  const stores = await makeStores(folder, options.database);
  const running = [];
  try {
    const restored = await run(binary, ['restore', file, ...stores.large.words]);
    const took = (done, count, made) =>
      ({ seconds: round(done.seconds, 1), rows: count, rows_per_s: round(count / done.seconds), file_bytes: statSync(made).size });
    result.restore = took(restored, rows, file);
    rmSync(file);
    result.store_bytes = stores.large.bytes();
    say(`restored in ${result.restore.seconds} s, ${result.restore.rows_per_s} rows/s; ${round(result.store_bytes / 2 ** 20)} MiB on disk`);
    await stores.settle();

    const start = async (name, port) => {
      const { data, words } = stores[name];
      const server = await startSteward(binary, data, port, words[0] === '--data' ? [] : words);
      running.push(server);
      return server;
    };
    const servers = { large: await start('large', options.port), empty: await start('empty', options.port + 1) };
    result.start_ms = { empty: round(servers.empty.ready_ms), large: round(servers.large.ready_ms) };
    const known = await completedRuns(servers.large.url);
    if (known !== runs + 1) throw new Error(`the large store has ${known} runs, not ${runs + 1}`);
    for (const server of Object.values(servers)) await deploy(server.url);
    Object.assign(result, await measureInTurns(folder, servers, options));
    result.memory_mib = { empty: round(memoryOf(servers.empty.child.pid), 1), large: round(memoryOf(servers.large.child.pid), 1) };

    const copy = join(folder, 'copy.backup');
    const backed = await run(binary, ['backup', copy, ...stores.large.words]);
    const copied = Number(/backed up (\d+) rows/.exec(backed.told)[1]); // the load's runs are among them
    result.backup = took(backed, copied, copy);
    rmSync(copy);
    const checked = await run(binary, ['check', ...stores.large.words]);
    result.check = { seconds: round(checked.seconds, 1), told: checked.told.trim().split(': ').slice(1).join(': ') };
  } finally {
    for (const server of running) await stop(server.child);
    await stores.close();
  }
  const fell_pct = round((1 - result.ratios.runs_per_s) * 100, 1);
  result.target = { fell_pct, at_most_pct: target_pct, pass: fell_pct <= target_pct };
  say(`runs/s: ${result.empty.runs_per_s} empty, ${result.large.runs_per_s} large, ratio ${result.ratios.runs_per_s} ` +
    `(target: no less than ${1 - target_pct / 100}): ${result.target.pass ? 'pass' : 'MISS'}; CPU ${result.empty.cpu_us_per_run} and ${result.large.cpu_us_per_run} us a run`);
  say(`start ${result.start_ms.large} ms (empty ${result.start_ms.empty}); backup ${result.backup.seconds} s, ${result.backup.rows_per_s} rows/s, ` +
    `${round(result.backup.file_bytes / 2 ** 20)} MiB; check ${result.check.seconds} s: ${result.check.told}`);
  return result;
}

const options = readArguments(process.argv.slice(2), {
  rows: 10_000_000, database: '', rounds: 5, seconds: 4, clients: 64, build: 'build/release', port: 18520,
});
if (!['', 'postgres'].includes(options.database)) throw new Error(`--database ${options.database}: only postgres is known`);
const folder = mkdtempSync(join(tmpdir(), 'steward-growth-'));
try {
  process.stdout.write(`${JSON.stringify(await measure(options, folder), null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
