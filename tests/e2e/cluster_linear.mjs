// Clients start runs, answer approvals and count in records while servers are killed (SIGKILL) again and
// again: whatever they were told, it must have been possible one after the other.
//
//   node tests/e2e/cluster_linear.mjs --binary build/release/steward [--seconds 60] [--seed N]
//                                     [--database postgres [--both]] [--every 4] [--clients 8]
//                                     [--nodes 3 [--lease_ms 2000]]
//   node tests/e2e/cluster_linear.mjs --check FILE       judges a history that was kept
//
// `--both`: every second kill is the database's. `--nodes`: so many servers are one cluster on one PostgreSQL;
// they are also stopped for a while (SIGSTOP), longer than their leases or not. Prints its figures, and exits
// with 1 if anything did not hold; the history, the servers' data and logs are kept then, and named.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { sleep } from '../support/client.mjs';
import { fromLines, toLines } from '../support/history.mjs';
import { between, seeded } from '../support/random.mjs';
import { judge } from './linearizable_judge.mjs';
import { Servers } from './linearizable_servers.mjs';
import { start } from './linearizable_workload.mjs';

const options = readArguments(process.argv.slice(2), {
  binary: 'build/release/steward',
  seconds: 60,
  seed: Date.now() % 1_000_000,
  database: '', // "postgres": a private PostgreSQL in place of the embedded store
  both: false, // with a database: kill that as well
  every: 4, // seconds between two faults, about
  clients: 8,
  nodes: 1,
  lease_ms: 2000, // of a cluster's nodes
  check: '', // a file of a history: nothing is started
});
if (!['', 'postgres'].includes(options.database)) throw new Error(`--database ${options.database}: only postgres is known`);
if (options.both && !options.database && options.nodes === 1) throw new Error('--both: there is no database to kill');

function report(violations, figures, kept = []) {
  console.log(JSON.stringify(figures, null, 2));
  if (violations.length === 0) {
    console.log('All held: each history could have been one thing after the other.');
    return;
  }
  for (const violation of violations.slice(0, 20)) console.error(`VIOLATION ${violation}`);
  if (violations.length > 20) console.error(`... and ${violations.length - 20} more`);
  for (const line of kept) console.error(line);
  process.exitCode = 1;
}

async function run() {
  console.log(`seed ${options.seed}: ${options.clients} clients for ${options.seconds} s`);
  const random = seeded(options.seed);
  const servers = new Servers({ ...options, random });
  await servers.start();
  const workload = await start({ urls: servers.urls, keys: servers.keys, seed: options.seed, clients: options.clients });
  for (const until = Date.now() + options.seconds * 1000; Date.now() < until; ) {
    await sleep(Math.min(between(random, options.every * 500, options.every * 1500), Math.max(0, until - Date.now())));
    await servers.maltreat(options);
  }
  // What a history was is worth keeping even if its end can't be seen.
  const unseen = await workload.stop().then(() => [], (error) => [error.message]);
  await servers.stop();

  const { operations } = workload.history;
  const verdict = judge(operations);
  const violations = [...servers.crashes, ...unseen, ...verdict.violations];
  const figures = { seed: options.seed, nodes: options.nodes, faults: servers.faults, ...verdict.figures, without_answer: workload.history.reasons() };
  const file = join(servers.all[0].folder, 'history.jsonl');
  if (violations.length > 0) writeFileSync(file, toLines(operations));
  else servers.remove();
  report(violations, figures, [`The history: ${file}`, ...servers.folders]);
}

if (options.check) {
  const { violations, figures } = judge(fromLines(readFileSync(options.check, 'utf8')));
  report(violations, figures);
} else {
  await run();
}
