// A collection of many records with three declared indexes, on both engines: how fast it is loaded in
// batches, and what the queries cost that an index serves. One client, one connection.
//
//   node bench/records.mjs [--records 100000] [--queries 1000] [--only embedded|postgres]
//                          [--build build/release] [--port 18470]
//
// Half a table for people goes to stderr, one JSON document to stdout. Data of the embedded store is
// written below build/, PostgreSQL is a private one with its defaults (fsync on).
import http from 'node:http';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../tests/support/arguments.mjs';
import { PostgresServer } from '../tests/support/postgres_server.mjs';
import { between, seeded } from '../tests/support/random.mjs';
import { describeMachine, round, watchMachine } from './measure/machine.mjs';
import { memoryOf, watchCpu } from './measure/process_cpu.mjs';
import { startSteward, stop } from './measure/server.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stderr.write(`${text}\n`);
const batchSize = 1000;
const warmUp = 50;
const target_ms = 5;
const statuses = ['open', 'paid', 'packed', 'sent', 'closed'];
const declaration = {
  schema: { type: 'object', properties: { number: { type: 'integer' }, status: { enum: statuses }, total: { type: 'number', minimum: 0 } }, required: ['number', 'status'] },
  indexes: [
    { name: 'by_customer', fields: ['customer.id'] },
    { name: 'by_total', fields: ['total'] },
    { name: 'by_status', fields: ['status', 'placed'] },
  ],
};
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** One request; answers its JSON. */
function ask(url, method, path, body) {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers = sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) };
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/api/v1${path}`, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode >= 300) reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 500)}`));
        else resolve(JSON.parse(text));
      });
    });
    request.on('error', reject);
    request.end(sent);
  });
}

const day = (number) => new Date(Date.UTC(2025, 0, 1) + number * 86_400_000).toISOString();

function order(number, random, records) {
  return {
    number,
    status: statuses[between(random, 0, statuses.length - 1)],
    total: between(random, 0, 1_000_000) / 100,
    placed: day(random() * 365),
    customer: { id: `c${between(random, 0, records / 10)}`, name: `Customer ${number % 977}`, city: `City ${number % 101}` },
    note: 'An order as there are many, with a note of about a hundred characters, so that a row is no small one.',
  };
}

async function load(url, records) {
  const random = seeded(1);
  await ask(url, 'PUT', '/collections/orders', declaration);
  const from = performance.now();
  for (let at = 0; at < records; at += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, records - at) }, (_, i) => ({ id: `o${at + i}`, data: order(at + i, random, records) }));
    await ask(url, 'POST', '/records/orders:batch', { records: batch });
  }
  return (performance.now() - from) / 1000;
}

const path = (query) => `/records/orders?${new URLSearchParams({ limit: 50, ...query, ...(query.filter ? { filter: JSON.stringify(query.filter) } : {}) })}`;

/** Totals from somewhere on, as far as this. */
const range = (width) => ({
  make: (random) => {
    const low = between(random, 0, 10_000 - width);
    return { filter: { total: { ge: low, lt: low + width } }, sort: 'total' };
  },
  holds: (data, { filter }) => data.total >= filter.total.ge && data.total < filter.total.lt,
});

/** A kind of query makes one of its kind, and knows what a right answer is. */
const kinds = {
  equality: {
    make: (random, records) => ({ filter: { 'customer.id': `c${between(random, 0, records / 10)}` } }),
    holds: (data, { filter }) => data.customer.id === filter['customer.id'],
  },
  'range, sorted': range(1_000), // a tenth of all, of which a page shows the first
  'narrow range, sorted': range(3), // some thirty in a hundred thousand
  'two fields, sorted': {
    make: (random) => ({ filter: { status: statuses[between(random, 0, 4)], placed: { ge: day(random() * 300) } }, sort: 'placed' }),
    holds: (data, { filter }) => data.status === filter.status && data.placed >= filter.placed.ge,
  },
};

function summary(times) {
  times.sort((a, b) => a - b);
  const at = (share) => round(times[Math.min(times.length - 1, Math.floor(times.length * share))], 2);
  return { p50_ms: at(0.5), p99_ms: at(0.99), max_ms: round(times.at(-1), 2), target: at(0.99) <= target_ms ? 'met' : 'missed' };
}

async function measureKind(url, { make, holds }, options) {
  const random = seeded(2);
  const times = [];
  let found = 0;
  for (let i = -warmUp; i < options.queries; i += 1) {
    const query = make(random, options.records);
    const from = performance.now();
    const { items } = await ask(url, 'GET', path(query));
    if (i >= 0) times.push(performance.now() - from);
    for (const { data } of items) if (!holds(data, query)) throw new Error(`${JSON.stringify(query)} found ${JSON.stringify(data)}`);
    if (i >= 0) found += items.length;
  }
  return { ...summary(times), count: times.length, items: round(found / options.queries, 1) };
}

async function walk(url, query) {
  const { items, next } = await ask(url, 'GET', path({ sort: 'total', ...query }));
  if (!next) throw new Error('the list ends too early');
  return { last: items.at(-1).data.total, next };
}

/** The place in the order of an index that half of the records are before. */
async function middleOf(url, options) {
  let at = { next: undefined };
  for (let seen = 0; seen < options.records / 2; seen += 200) at = await walk(url, { limit: 200, ...(at.next ? { cursor: at.next } : {}) });
  return at;
}

/** Pages of 50 from there on. */
async function measureDeepPages(url, options, from) {
  const pages = Math.min(options.queries, Math.floor(options.records / 100) - warmUp - 1);
  const times = [];
  let at = from;
  for (let i = -warmUp; i < pages; i += 1) {
    const began = performance.now();
    const page = await walk(url, { cursor: at.next });
    if (i >= 0) times.push(performance.now() - began);
    if (page.last < at.last) throw new Error('the pages are out of order');
    at = page;
  }
  return { ...summary(times), count: pages };
}

async function measure(engine, options, folder) {
  const database = engine === 'postgres' ? new PostgresServer() : undefined;
  let server;
  try {
    if (database) {
      await database.start();
      database.makeDatabase();
    }
    const data = join(folder, engine, 'data');
    mkdirSync(data, { recursive: true });
    const binary = join(resolve(repository, options.build), 'steward');
    server = await startSteward(binary, data, options.port, database ? ['--database', database.url] : []);
    const pids = [server.child.pid, ...(database ? [database.pid] : [])];
    const watch = () => {
      const each = pids.map(watchCpu);
      return () => each.map((used) => used().cpu_us);
    };
    const whole = watch();
    const machine = watchMachine();
    const result = { engine, load_1min: round(loadavg()[0], 1) };
    const seconds = await load(server.url, options.records);
    const used = whole().map((us) => round(us / options.records, 1));
    result.load = { records_per_s: round(options.records / seconds), cpu_us_per_record: used[0], ...(database ? { postgresql_cpu_us_per_record: used[1] } : {}) };
    say(`${engine}: ${options.records} records with 3 indexes in batches of ${batchSize}: ${result.load.records_per_s}/s, ${used.join(' + ')} us CPU each`);
    result.queries = {};
    const measured = async (name, work) => {
      const cpu = watch();
      const seen = await work();
      seen.cpu_us = cpu().map((us) => round(us / (seen.count + warmUp)));
      result.queries[name] = seen;
      say(`  ${name.padEnd(20)} p50 ${seen.p50_ms} ms, p99 ${seen.p99_ms} ms, most ${seen.max_ms} ms, ${seen.cpu_us.join(' + ')} us CPU; target p99 ${target_ms} ms: ${seen.target}`);
    };
    for (const [name, kind] of Object.entries(kinds)) await measured(name, () => measureKind(server.url, kind, options));
    const deep = await middleOf(server.url, options);
    await measured('deep page by cursor', () => measureDeepPages(server.url, options, deep));
    result.memory_mib = round(memoryOf(server.child.pid), 1);
    result.machine = machine(whole().reduce((sum, us) => sum + us, 0));
    return result;
  } finally {
    if (server) await stop(server.child);
    await database?.kill('SIGQUIT');
    database?.remove();
  }
}

const options = readArguments(process.argv.slice(2), { records: 100_000, queries: 1000, only: '', build: 'build/release', port: 18470 });
if (!(options.records >= 10_000)) throw new Error('--records is 10000 or more: half of them are paged through');
if (!['', 'embedded', 'postgres'].includes(options.only)) throw new Error('--only is embedded or postgres');
mkdirSync(join(repository, 'build'), { recursive: true });
const folder = mkdtempSync(join(repository, 'build', 'records-'));
try {
  const engines = options.only ? [options.only] : ['embedded', 'postgres'];
  const results = [];
  for (const engine of engines) results.push(await measure(engine, options, folder));
  process.stdout.write(`${JSON.stringify({ machine: describeMachine(repository), records: options.records, results }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
