// A store full of runs that wait: what each costs in memory and on disk, how long a restart takes with
// them, and how late those are that become due while the others sleep on.
//
//   node bench/sleepers.mjs [--runs 1000000] [--kind wait|listen] [--due 10000] [--build build/release] [--port 18460]
//
// Half a table for people goes to stderr, one JSON document to stdout. Data is written below build/.
import { mkdirSync, mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../tests/support/arguments.mjs';
import { round, sleep } from './measure/machine.mjs';
import { memoryOf, watchCpu } from './measure/process_cpu.mjs';
import { startSteward, stop } from './measure/server.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stderr.write(`${text}\n`);
const batchSize = 10_000;
const header = (name) => `document: {dsl: '1.0.3', namespace: bench, name: ${name}, version: '1.0.0'}\n`;
const workflows = {
  wait: `${header('wait')}do: [{rest: {wait: '\${ .for }'}}]\n`,
  listen: `${header('listen')}do:
- hear:
    listen:
      to:
        one:
          with: {type: order.paid}
          correlate: {order: {from: '\${ .data.order }', expect: '\${ .order }'}}
`,
  noop: `${header('noop')}do: [{one: {set: {done: true}}}]\n`,
};

async function post(url, path, body, type = 'application/json') {
  const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
const startBatch = (url, name, inputs) =>
  post(url, `/api/v1/workflows/bench/${name}/runs:batch`, JSON.stringify({ inputs }));
const counts = async (url) => (await (await fetch(`${url}/api/v1/stats`)).json()).runs;

async function startAll(url, name, total, input) {
  for (let from = 0; from < total; from += batchSize)
    await startBatch(url, name, Array.from({ length: Math.min(batchSize, total - from) }, (_, i) => input(from + i)));
}

function diskOf(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** Starts and drains runs that end at once, in batches; CPU of each. */
async function measureDrain(server, runs) {
  const cpu = watchCpu(server.child.pid);
  const from = performance.now();
  const before = (await counts(server.url)).completed;
  await startAll(server.url, 'noop', runs, () => null);
  while ((await counts(server.url)).completed < before + runs) await sleep(20);
  const seconds = (performance.now() - from) / 1000;
  return { runs, runs_per_s: round(runs / seconds), cpu_us_per_run: round(cpu().cpu_us / runs, 1) };
}

/** Runs that are due within the minute from now on; how late each ended. */
async function measureLateness(server, due) {
  const begun = performance.now();
  const inputs = Array.from({ length: due }, (_, i) => ({ for: { milliseconds: 5_000 + Math.floor((i * 60_000) / due) } }));
  const { ids } = await startBatch(server.url, 'wait', inputs);
  await sleep(70_000 - (performance.now() - begun));
  const lateness = [];
  for (let i = 0; i < ids.length; i += 64)
    await Promise.all(
      ids.slice(i, i + 64).map(async (id, k) => {
        const run = await (await fetch(`${server.url}/api/v1/runs/${id}`)).json();
        if (run.status !== 'completed') throw new Error(`run ${id} is ${run.status}`);
        lateness.push(Date.parse(run.ended_at) - Date.parse(run.created_at) - inputs[i + k].for.milliseconds);
      }),
    );
  lateness.sort((a, b) => a - b);
  const at = (share) => lateness[Math.min(lateness.length - 1, Math.floor(lateness.length * share))];
  if (lateness[0] < 0) throw new Error(`a timer fired ${-lateness[0]} ms early`);
  return { due, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: lateness.at(-1) };
}

async function measure(options, folder) {
  const binary = join(resolve(repository, options.build), 'steward');
  const data = join(folder, 'data');
  mkdirSync(data);
  let server = await startSteward(binary, data, options.port);
  const rest = memoryOf(server.child.pid);
  for (const text of Object.values(workflows)) await post(server.url, '/api/v1/workflows', text, 'application/yaml');
  const result = { runs: options.runs, kind: options.kind };
  result.drain = await measureDrain(server, Math.min(options.runs, 50_000));
  say(`drained ${result.drain.runs} one-step runs: ${result.drain.runs_per_s}/s, ${result.drain.cpu_us_per_run} us CPU each`);

  const disk = diskOf(data);
  const before = memoryOf(server.child.pid);
  const cpu = watchCpu(server.child.pid);
  const from = performance.now();
  const input = options.kind === 'wait' ? () => ({ for: 'P1D' }) : (i) => ({ order: i });
  await startAll(server.url, options.kind, options.runs, input);
  const seconds = (performance.now() - from) / 1000;
  result.start = { runs_per_s: round(options.runs / seconds), cpu_us_per_run: round(cpu().cpu_us / options.runs, 1) };
  const { waiting } = await counts(server.url);
  if (waiting !== options.runs) throw new Error(`${waiting} runs wait, not ${options.runs}`);
  await sleep(2000);
  result.memory = {
    at_rest_mib: round(rest, 1),
    mib: round(memoryOf(server.child.pid), 1),
    bytes_per_run: round(((memoryOf(server.child.pid) - before) * 1048576) / options.runs),
  };
  await stop(server.child);
  result.disk_bytes_per_run = round((diskOf(data) - disk) / options.runs);
  say(`${options.runs} runs ${options.kind}: ${result.start.runs_per_s}/s, ${result.start.cpu_us_per_run} us CPU, ` +
    `${result.memory.mib} MiB (${result.memory.bytes_per_run} bytes each), ${result.disk_bytes_per_run} bytes each on disk`);

  server = await startSteward(binary, data, options.port);
  result.restart = { ready_ms: round(server.ready_ms) };
  const known = await counts(server.url);
  if (known.waiting !== options.runs) throw new Error(`${known.waiting} runs wait after the restart`);
  result.restart.first_answer_ms = round(server.ready_ms);
  result.lateness = await measureLateness(server, options.due);
  result.memory.after_restart_mib = round(memoryOf(server.child.pid), 1);
  say(`restart ${result.restart.ready_ms} ms, then ${result.memory.after_restart_mib} MiB; ` +
    `${options.due} due in a minute: late by p50 ${result.lateness.p50_ms} ms, p99 ${result.lateness.p99_ms} ms, most ${result.lateness.max_ms} ms`);
  await stop(server.child);
  return result;
}

const options = readArguments(process.argv.slice(2), { runs: 1_000_000, kind: 'wait', due: 10_000, build: 'build/release', port: 18460 });
if (!(options.kind in workflows)) throw new Error('--kind is wait or listen');
mkdirSync(join(repository, 'build'), { recursive: true });
const folder = mkdtempSync(join(repository, 'build', 'sleepers-'));
try {
  process.stdout.write(`${JSON.stringify(await measure(options, folder), null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
