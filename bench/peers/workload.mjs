// The same three workloads for every system.
import { median, readOwnTicks, round, sleep, watchMachine } from '../measure/machine.mjs';
import { read } from '../measure/process_cpu.mjs';
import { load } from '../measure/wrk.mjs';
import { until } from './place.mjs';
import { memoryOfTree, settle, watchTree } from './process_tree.mjs';

/** What the load generator and this script use, in per cent of one core, while something is measured. */
function watchGenerator() {
  const now = () => ({ ticks: readOwnTicks(read('/proc/self/stat')), ms: performance.now() });
  const before = now();
  return () => {
    const after = now();
    return round(((after.ticks - before.ticks) * 1000) / (after.ms - before.ms));
  };
}

async function measureRoute({ folder, children }, route, clients, seconds) {
  await settle(children);
  const machine = watchMachine();
  const generator = watchGenerator();
  const cpu = watchTree(children);
  const seen = await load(folder, route.url, route, { clients, seconds });
  const generator_pct = generator();
  const quality = machine(cpu());
  // What was under way when wrk stopped goes on to its end, and is counted with the rest.
  await settle(children);
  const runs = seen.requests + clients;
  return {
    runs_per_s: round(seen.requests / seen.seconds, 1),
    p50_us: seen.p50_us,
    p99_us: seen.p99_us,
    cpu_us_per_run: round(cpu() / runs, 1),
    generator_pct,
    ...quality,
  };
}

function medians(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((r) => r[name]))]));
}

/** Durable synchronous runs of three steps over HTTP: one result for each route and number of clients. */
export async function measureSync(place, peer, server, { clients, rounds, seconds: wanted_s, say }) {
  const seconds = Math.max(wanted_s, peer.load.sync.at_least_s ?? 0);
  const results = [];
  for (const route of peer.load.sync.routes(server)) {
    await load(place.folder, route.url, route, { clients: 16, seconds }); // compiled and cached from here on
    for (const c of clients) {
      const seen = [];
      for (let i = 0; i < rounds; i += 1) seen.push(await measureRoute(place, route, c, seconds));
      results.push({ variant: route.variant ?? '', clients: c, ...medians(seen) });
      const r = results.at(-1);
      say(`  ${c} clients${route.variant ? `, ${route.variant}` : ''}: ${r.runs_per_s} runs/s, ${r.cpu_us_per_run} us CPU, p50 ${r.p50_us} us, p99 ${r.p99_us} us`);
    }
  }
  return results;
}

/** How many of `count` a peer is asked for; slow ones ask for less, and say so in the report. */
const share = (load, count) => Math.max(1, Math.round(count * (load.share ?? 1)));

/** One-step runs, started in batches of 1,000 and drained. */
export async function measureBatch(place, peer, server, { runs, say }) {
  const load = peer.load.batch;
  const count = share(load, runs);
  await settle(place.children);
  const before = await load.finished(server);
  const machine = watchMachine();
  const generator = watchGenerator();
  const cpu = watchTree(place.children);
  const from = performance.now();
  await load.start(server, count);
  const started_s = (performance.now() - from) / 1000;
  let finished;
  await until(async () => (finished = (await load.finished(server)) - before) >= count, place, `${peer.name} finishes ${count} runs`, 600);
  const took_s = (performance.now() - from) / 1000;
  const quality = machine(cpu());
  const generator_pct = generator();
  await settle(place.children);
  const result = { runs: count, started_s: round(started_s, 2), drained_s: round(took_s, 2), runs_per_s: round(count / took_s), cpu_us_per_run: round(cpu() / count, 1), generator_pct, ...quality };
  say(`  ${count} runs started in ${result.started_s} s, finished after ${result.drained_s} s: ${result.runs_per_s}/s, ${result.cpu_us_per_run} us CPU`);
  return result;
}

/** Memory by which the peer grows for each workflow that waits an hour, of all its processes. */
export async function measureSleep(place, peer, server, { sleepers, say }) {
  const load = peer.load.sleep;
  const count = share(load, sleepers);
  const warm = Math.ceil(count / 10);
  const asleep = async (most) => {
    await until(async () => (await load.waiting(server)) >= most, place, `${peer.name} has ${most} waiting`, 300);
    await sleep(3000); // what ends some time after the last start, such as Restate's inactive calls
    return memoryOfTree(place.children);
  };
  const rest_kib = await memoryOfTree(place.children);
  await load.start(server, warm);
  const before = await asleep(warm);
  await load.start(server, count);
  const after = await asleep(warm + count);
  const result = { sleepers: count, rest_mib: round(rest_kib / 1024, 1), kib_per_sleeper: round((after - before) / count, 2) };
  say(`  ${count} sleeping: ${result.kib_per_sleeper} KiB each, over ${result.rest_mib} MiB at rest`);
  return result;
}
