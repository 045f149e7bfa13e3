// What a cluster costs and gives: durable synchronous runs of many tenants on one, two and three servers
// with one PostgreSQL, asked where the tenants are and asked anywhere, beside PostgreSQL's own commits.
//
//   node bench/cluster.mjs [--binary build/release/steward] [--nodes 3] [--tenants 48] [--clients 48]
//                          [--rounds 2] [--seconds 5]
//
// All of it shares this machine's cores, so that more servers can't be faster here: what is compared is the CPU
// time for a run by who used it, the commits and the messages between servers. One line of JSON for each round.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readArguments } from '../tests/support/arguments.mjs';
import { Client } from '../tests/support/client.mjs';
import { PostgresServer } from '../tests/support/postgres_server.mjs';
import { StewardProcess } from '../tests/support/steward_process.mjs';
import { round, sleep, watchMachine } from './measure/machine.mjs';
import { watchCpu } from './measure/process_cpu.mjs';

const options = readArguments(process.argv.slice(2), { binary: 'build/release/steward', nodes: 3, tenants: 48, clients: 48, rounds: 2, seconds: 5 });
const tenants = Array.from({ length: options.tenants }, (_, i) => `t${i}`);
const keyOf = (tenant) => `key of ${tenant}`;
const hashOf = (text) => createHash('sha256').update(text).digest('hex');
const shardOf = (tenant) => parseInt(hashOf(tenant).slice(0, 2), 16);
const definition = JSON.stringify({
  document: { dsl: '1.0.3', namespace: 'bench', name: 'hello', version: '1.0.0' },
  do: [{ greet: { set: { greeting: '${ "hello " + .name }' } } }],
});
const json = { 'content-type': 'application/json' };
const authorized = (tenant) => ({ ...json, authorization: `Bearer ${keyOf(tenant)}` });

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A member of the cluster, or a server alone when `cluster` is false. */
async function startServer(number, database, cluster) {
  const server = new StewardProcess(options.binary, { dev: false });
  const file = join(server.folder, 'config.yaml');
  const keys = tenants.map((t) => ` - {name: k, tenant: ${t}, operator: true, sha256: ${hashOf(keyOf(t))}}\n`);
  writeFileSync(file, `log_level: warn\ngateway:\n keys:\n${keys.join('')}`);
  server.args = ['--config', file, '--database', database];
  if (cluster) server.args.push('--cluster', 'bench', '--advertise', `127.0.0.1:${await freePort()}`, '--node', `n${number}`);
  await server.start();
  server.client = new Client(server.url, { sockets: options.clients });
  return server;
}

/** The server of each tenant, once all have their share. */
async function settled(servers) {
  for (;;) {
    const seen = (await servers[0].client.request('GET', '/api/v1/cluster', { headers: authorized(tenants[0]) })).json;
    const ready = seen.nodes.length === servers.length && seen.nodes.every((n) => n.connected && n.shards >= Math.floor(256 / servers.length));
    if (ready) {
      const byId = new Map(seen.nodes.map((n) => [n.id, servers[Number(n.name.slice(1)) - 1]]));
      return new Map(tenants.map((t) => [t, byId.get(seen.shards[shardOf(t)].node)]));
    }
    await sleep(100);
  }
}

async function metric(server, name) {
  const { text } = await server.client.request('GET', '/metrics');
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
}

/** Clients that each start one run after the other and wait for its end, for so long. */
async function load(serverOf, seconds) {
  const until = performance.now() + seconds * 1000;
  const times = [];
  let refused = 0;
  await Promise.all(Array.from({ length: options.clients }, async (_, i) => {
    for (let n = i; performance.now() < until; n += options.clients) {
      const tenant = tenants[n % tenants.length];
      const from = performance.now();
      const answer = await serverOf(tenant, n).client.request('POST', '/api/v1/workflows/bench/hello/runs', {
        headers: { ...authorized(tenant), prefer: 'wait=5' }, body: '{"name":"x"}',
      });
      if (answer.status === 200) times.push(performance.now() - from);
      else refused += 1;
    }
  }));
  times.sort((a, b) => a - b);
  const at = (share) => round(times[Math.floor(times.length * share)] ?? 0, 2);
  return { runs: times.length, refused, p50_ms: at(0.5), p99_ms: at(0.99) };
}

async function measure(what, servers, database, serverOf) {
  await load(serverOf, 1);
  const names = ['steward_commits_total', 'steward_cluster_requests_forwarded_total'];
  const sum = async (name) => (await Promise.all(servers.map((s) => metric(s, name)))).reduce((a, b) => a + b, 0);
  const before = await Promise.all(names.map(sum));
  const own = servers.map((s) => watchCpu(s.pid));
  const its = watchCpu(database.pid);
  const machine = watchMachine();
  const seen = await load(serverOf, options.seconds);
  const used = own.map((stop) => stop().cpu_us);
  const database_us = its().cpu_us;
  const after = await Promise.all(names.map(sum));
  const per = (number, digits = 1) => round(number / Math.max(1, seen.runs), digits);
  console.log(JSON.stringify({
    measured: what, servers: servers.length, runs_per_s: round(seen.runs / options.seconds), refused: seen.refused,
    p50_ms: seen.p50_ms, p99_ms: seen.p99_ms,
    steward_cpu_us_per_run: per(used.reduce((a, b) => a + b, 0)), by_server: used.map((us) => per(us)),
    postgresql_cpu_us_per_run: per(database_us),
    commits_per_run: per(after[0] - before[0], 3), forwarded_per_run: per(after[1] - before[1], 3),
    ...machine(used.reduce((a, b) => a + b, database_us)),
  }));
}

/** PostgreSQL's own commits: one row changed in each, by so many clients. */
function rawCommits(database, clients) {
  const root = '/usr/lib/postgresql';
  const pgbench = readdirSync(root).sort().map((v) => join(root, v, 'bin/pgbench')).at(-1);
  const script = join(database.folder, 'commit.sql');
  writeFileSync(script, `UPDATE raw SET n = n + 1 WHERE id = :client_id;\n`);
  const found = spawnSync(pgbench, ['-n', '-c', `${clients}`, '-j', '1', '-T', `${options.seconds}`, '-f', script, '-h', database.folder, '-U', 'admin', 'raw'], { encoding: 'utf8' });
  const tps = /tps = ([\d.]+)/.exec(found.stdout)?.[1];
  if (!tps) throw new Error(`pgbench: ${found.stderr}`);
  console.log(JSON.stringify({ measured: 'raw commits', clients, commits_per_s: round(Number(tps)) }));
}

const database = new PostgresServer();
let servers = [];
const stopAll = async () => {
  await Promise.all(servers.map((s) => s.kill('SIGTERM')));
  servers = [];
};
try {
  await database.start();
  database.sql('CREATE DATABASE raw');
  database.sql('CREATE TABLE raw (id int PRIMARY KEY, n bigint); INSERT INTO raw SELECT g, 0 FROM generate_series(0, 99) g', 'raw');
  database.makeDatabase();
  for (const clients of [1, 3]) rawCommits(database, clients);
  for (let at = 0; at < options.rounds; at += 1)
    for (let count = 0; count <= options.nodes; count += 1) {
      servers = [];
      for (let n = 1; n <= Math.max(1, count); n += 1) servers.push(await startServer(n, database.url, count > 0));
      for (const tenant of tenants)
        await servers[0].client.insist('POST', '/api/v1/workflows', { headers: authorized(tenant), body: definition });
      if (count === 0) {
        await measure('alone', servers, database, () => servers[0]);
      } else {
        const owner = await settled(servers);
        await measure('asked at the owner', servers, database, (tenant) => owner.get(tenant));
        if (count > 1) await measure('asked anywhere', servers, database, (_, n) => servers[n % servers.length]);
      }
      await stopAll();
      await sleep(500);
    }
} finally {
  await stopAll();
  await database.kill('SIGQUIT');
  database.remove();
}
