// The chaos test of a cluster: three servers on one PostgreSQL, each in a network of its own, are killed, stopped,
// cut off from each other and from the database, slowed down and drained, while thousands of runs live on them.
// At the end no run is lost or done twice, nothing was done under two keys, no feed has a hole, and it is
// known how long whom was refused.
//
//   node tests/e2e/cluster_chaos.mjs --binary build/release/steward [--runs 10000] [--events 100] [--seed N]
//                                    [--lease-ms 3000] [--only kill,cut_database] [--times told]
//
// Recovery and answers that take too long are violations too; with `--times told`, as on a machine that does
// something else as well, they are only told.
//
// Needs Linux namespaces (root, or unprivileged ones); where they are refused the nodes share the loopback
// device, and the faults of the network are reported as NOT RUN. Exits with 1 if anything did not hold; the
// servers' logs are kept then, and named.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { atMost, sleep } from '../support/client.mjs';
import { Cluster } from '../support/cluster.mjs';
import { startCountingService } from '../support/counting_service.mjs';
import { endWithParent, isIsolated, runIsolated, whyNotIsolated } from '../support/isolation.mjs';
import { LoopbackNetwork, NamespaceNetwork } from '../support/network_namespaces.mjs';
import { NetworkPostgres } from '../support/network_postgres.mjs';
import { readArguments } from '../support/arguments.mjs';
import { seeded } from '../support/random.mjs';
import { checkAnswers, checkRecovery, checkSlowest } from './cluster_checks.mjs';
import { FaultMaker } from './cluster_faults.mjs';
import { FeedReader } from './cluster_feeds.mjs';
import { percentile, sumUp, tableOf } from './cluster_figures.mjs';
import { describe, kindOf, kinds, planFaults, titleOf } from './cluster_plan.mjs';
import { Prober, probes } from './cluster_prober.mjs';
import { judge, untilBalanced } from './cluster_verdict.mjs';
import { Workload, planRuns } from './cluster_workload.mjs';
import { chaosWorkflow } from './cluster_workflow.mjs';

const words = process.argv.slice(2);
const options = readArguments(words.map((word) => (word === '--lease-ms' ? '--lease_ms' : word)), {
  binary: 'build/release/steward',
  runs: 10_000,
  events: 100,
  seed: Date.now() % 1_000_000,
  lease_ms: 3000,
  tenants: 24,
  nodes: 3,
  only: '', // these kinds of faults alone
  times: 'judged',
  patience: 180, // seconds within which all runs must have ended after the last fault
});
if (!isIsolated()) {
  const why = whyNotIsolated();
  // A seed that was drawn here must be drawn once.
  if (!why) process.exit(await runIsolated(fileURLToPath(import.meta.url), [...words, ...(words.includes('--seed') ? [] : ['--seed', `${options.seed}`])]));
  console.log(`There are no namespaces to be had here (${why}), so the nodes share the loopback device.`);
}
endWithParent();

const random = seeded(options.seed);
const violations = [];
const tenants = Array.from({ length: options.tenants }, (_, i) => `tenant-${String(i + 1).padStart(2, '0')}`);
const events = planFaults(random, {
  events: options.events, nodes: options.nodes, lease_ms: options.lease_ms, network: isIsolated(),
  only: options.only.split(',').filter((each) => each !== ''),
});
const answer_ms = 2000 + 500; // within which a silent partition must be told, and what measuring may add
const notRun = isIsolated() ? [] : Object.values(kinds).filter(({ network }) => network);
console.log(`seed ${options.seed}: ${options.runs} runs of ${options.tenants} tenants on ${options.nodes} nodes, ${options.events} faults, lease ${options.lease_ms} ms`);

/** Tells what did not hold; the code to exit with. */
function confess() {
  if (violations.length === 0) return 0;
  for (const violation of violations.slice(0, 80)) console.error(`VIOLATION ${violation}`);
  if (violations.length > 80) console.error(`... and ${violations.length - 80} more`);
  console.error(`The servers' logs and the database's are in ${tmpdir()}`);
  return 1;
}
process.on('uncaughtException', (error) => {
  violations.push(`the test itself broke off: ${error.stack}`);
  process.exit(confess());
});

const network = isIsolated() ? new NamespaceNetwork(options.nodes) : new LoopbackNetwork();
const database = new NetworkPostgres({ address: network.databaseAddress, from: isIsolated() ? '10.77.0.0/16' : '127.0.0.0/8' });
await database.start();
database.makeDatabase();
const service = await startCountingService({ address: network.serviceAddress, random: seeded(options.seed + 1) });
const cluster = new Cluster({
  binary: options.binary, nodes: options.nodes, network, database: database.url, tenants, lease_ms: options.lease_ms,
  random: seeded(options.seed + 2), secured: isIsolated(),
});
await cluster.start();

for (const each of await untilBalanced(cluster, 30_000)) violations.push(`after the start, ${each}`);

const prober = new Prober(cluster);
await atMost(8, tenants, async (tenant) => {
  for (const [method, path, type, body] of [
    ['POST', '/api/v1/workflows', 'application/yaml', chaosWorkflow(service.url)],
    ['PUT', `/api/v1/collections/${probes}`, 'application/json', '{}'],
  ]) {
    const answer = await cluster.insist(tenant, method, path, { headers: { 'content-type': type }, body });
    if (answer.status >= 300) throw new Error(`${method} ${path} of ${tenant} was answered with ${answer.status}: ${answer.text}`);
  }
});
const readers = tenants.map((tenant) => new FeedReader(cluster, tenant));
const ended = () => readers.reduce((sum, { tally }) => sum + tally.ended, 0);

// --- the faults, while the runs live ----------------------------------------------------------

const usual_ms = options.lease_ms + 4000; // what one fault takes, all in all
const workload = new Workload({
  cluster, prober, seed: options.seed, violations,
  plan: planRuns(random, { runs: options.runs, tenants, whole_ms: options.events * usual_ms }),
});
const faults = new FaultMaker({ cluster, network, database, prober, lease_ms: options.lease_ms, violations });
const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();
const summaries = {};
const alive = [];
const begun = Date.now();
let done = 0;

/** What took too long: a violation, or told. */
function late(said) {
  if (options.times === 'judged') return said;
  for (const each of said) console.log(`LATE ${each}`);
  return [];
}

async function mistreat() {
  for (const [at, event] of events.entries()) {
    // Runs are to be there when the first fault comes.
    if (at === 0) await sleep(1000);
    // A node that has been given nothing yet would be no loss. Two faults at once come whenever they like.
    if (event.faults.length === 1) await untilBalanced(cluster, 10_000);
    const live = workload.accepted - ended();
    alive.push(live);
    const name = `fault ${at + 1} (${describe(event, cluster.nodes.map((node) => node.name))})`;
    const what = await faults.happen(event);
    const { attempts, ...summary } = what;
    (summaries[kindOf(event)] ??= []).push(summary);
    const said = [...checkAnswers(name, attempts, what.begun), ...(what.partition ? late(checkSlowest(name, what.slowest, answer_ms, what.begun)) : [])];
    violations.push(...said.slice(0, 10));
    if (said.length > 10) violations.push(`${name}: ... and ${said.length - 10} more like these`);
    if (!what.settled) violations.push(`${name}: the cluster did not recover (${what.after_pair})`);
    const s = (ms, pair) => `${ms === undefined ? '-' : `${(ms / 1000).toFixed(2)} s`}${pair ? ` (${pair})` : ''}`;
    console.log(`${new Date(performance.timeOrigin + what.begun).toISOString().slice(11, 23)} ${name}: recovery ${s(what.recovery_ms, what.recovery_pair)}, after its end ${s(what.after_ms, what.after_pair)}, ` +
      `${what.refusals} refused of ${attempts.length}, longest answer ${s(what.slowest_ms)}; ${live} runs live` +
      `${said.length > 0 ? `; ${said.length} VIOLATIONS` : ''}`);
    done = at + 1;
    await sleep(event.pause_ms);
  }
}

// Between two faults time goes on as if each took as long as usual.
let since = { done: 0, at: Date.now() };
function progress() {
  if (since.done !== done) since = { done, at: Date.now() };
  return done >= events.length ? 1 : (done + Math.min(0.99, (Date.now() - since.at) / usual_ms)) / events.length;
}
await Promise.all([workload.live(progress), mistreat()]);
lag.disable();
const mistreated_s = (Date.now() - begun) / 1000;

// --- the end of all runs, and what must hold --------------------------------------------------

await workload.finish();
for (const deadline = Date.now() + options.patience * 1000; ended() < workload.accepted && Date.now() < deadline; ) await sleep(200);
console.log(`${ended()} of ${workload.accepted} runs have ended; checking`);
const sample = workload.plan.map(({ input }) => input.number).filter((_, i) => i % Math.ceil(options.runs / 2000) === 0);
const { documents, violations: found } = await judge({ cluster, workload, readers, ledger: service.ledger, sample });
violations.push(...found);
const sums = Object.fromEntries(Object.entries(summaries).map(([kind, each]) => [kind, sumUp(each)]));
violations.push(...late(checkRecovery('p99 after SIGKILL', sums.kill?.recovery.p99, options.lease_ms + 2000)));

// --- figures ----------------------------------------------------------------------------------

console.log(`
Seconds. Recovery: from a fault until every tenant's write goes through every node that it left alone ('-': not before
its end, since the owner lives and can't be reached, or there is no database). Everywhere: through all nodes that answer,
also the one that is cut off. After its end: through all nodes. Refused: for each tenant at each node that was.
${tableOf(sums, titleOf)}
`);
console.log(JSON.stringify({
  runs: options.runs, events: options.events, seed: options.seed, lease_ms: options.lease_ms,
  completed: [...documents.values()].filter((run) => run.status === 'completed').length,
  live_at_faults: { least: Math.min(...alive), median: percentile(alive, 0.5), most: Math.max(...alive) },
  deliveries: service.ledger.deliveries,
  deliveries_beyond_need: service.ledger.deliveries - [...service.ledger.steps.values()].reduce((sum, keys) => sum + keys.size, 0),
  requests_of_the_workload: workload.attempts,
  feed_events: readers.reduce((sum, { tally }) => sum + tally.last, 0),
  feed_hops: readers.reduce((sum, { hops }) => sum + hops, 0),
  refused_starts: cluster.nodes.map((node) => node.refusedStarts),
  own_lag_ms: { p99: Math.round(lag.percentile(99) / 1e6), max: Math.round(lag.max / 1e6) },
  mistreated_s, total_s: (Date.now() - begun) / 1000,
}, null, 2));
for (const { title } of notRun) console.log(`NOT RUN: ${title} (there are no namespaces here)`);

await cluster.stop();
await database.kill('SIGQUIT');
await service.close();
if (violations.length === 0) {
  cluster.remove();
  database.remove();
  console.log('All held: no run lost, none doubled, one key for each step, the ledger balances, no hole in any feed, all shards owned.');
  if (notRun.length > 0) console.log('That is without the faults above that were NOT RUN.');
}
process.exit(confess());
