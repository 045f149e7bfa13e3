// Durable synchronous runs with PostgreSQL as the store, on a private server with its defaults (fsync
// on): what a run costs Steward, and what it costs PostgreSQL.
//
//   node bench/postgres.mjs [--build build/release] [--clients 64] [--rounds 3] [--seconds 5]
//
// Prints a JSON object for each round.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments } from '../tests/support/arguments.mjs';
import { PostgresServer } from '../tests/support/postgres_server.mjs';
import { round } from './measure/machine.mjs';
import { watchCpu } from './measure/process_cpu.mjs';
import { completedRuns, startSteward, stop } from './measure/server.mjs';
import { deploy, path, request } from './measure/sync_runs.mjs';
import { load } from './measure/wrk.mjs';

const options = readArguments(process.argv.slice(2), { build: 'build/release', clients: 64, rounds: 3, seconds: 5, port: 18500 });
const folder = mkdtempSync(join(tmpdir(), 'steward-bench-'));
const database = new PostgresServer();
let server;
try {
  await database.start();
  database.makeDatabase();
  server = await startSteward(resolve(options.build, 'steward'), join(folder, 'data'), options.port, ['--database', database.url]);
  await deploy(server.url);
  await load(folder, server.url + path, request, { clients: options.clients, seconds: 1 });
  for (let at = 1; at <= options.rounds; at += 1) {
    const before = await completedRuns(server.url);
    const own = watchCpu(server.child.pid);
    const its = watchCpu(database.pid);
    const seen = await load(folder, server.url + path, request, options);
    const used = [own().cpu_us, its().cpu_us];
    const runs = (await completedRuns(server.url)) - before;
    console.log(JSON.stringify({
      clients: options.clients,
      runs_per_s: round(seen.requests / seen.seconds),
      p50_us: seen.p50_us,
      p99_us: seen.p99_us,
      steward_cpu_us_per_run: round(used[0] / runs, 1),
      postgresql_cpu_us_per_run: round(used[1] / runs, 1),
      cpu_us_per_run: round((used[0] + used[1]) / runs, 1),
    }));
  }
} finally {
  if (server) await stop(server.child);
  await database.kill('SIGQUIT');
  database.remove();
  rmSync(folder, { recursive: true, force: true });
}
