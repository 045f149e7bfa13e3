// Measures Steward beside the raw limits of this machine: `./dev bench`, or once everything is built
//
//   node bench/run.mjs [--quick] [--build build/release] [--rounds 3] [--seconds 5] [--port 18400]
//
// Tables for people go to stderr, one JSON document to stdout. A missed target is reported and is no
// failure; the exit code is 1 only if something could not be measured. Needs wrk and nginx. Data is
// written below build/, on the disk that the sources are on.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../tests/support/arguments.mjs';
import { measureConstantAnswer } from './measure/constant_answer.mjs';
import { measureExpressions } from './measure/expressions.mjs';
import { measureIdle, measureStart } from './measure/lifecycle.mjs';
import { describeMachine } from './measure/machine.mjs';
import { measureRawStore } from './measure/raw_store.mjs';
import { report } from './measure/report.mjs';
import { completedRuns, startSteward, stop } from './measure/server.mjs';
import { deploy, fillStore, measureSyncRuns } from './measure/sync_runs.mjs';
import { judge } from './measure/targets.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stderr.write(`${text}\n`);

async function measure(options, folder) {
  const build = resolve(repository, options.build);
  const steward = join(build, 'steward');
  const data = join(folder, 'runs', 'data');
  mkdirSync(data, { recursive: true });
  const settings = { rounds: options.rounds, seconds: options.seconds, synchronous: 'FULL', gateway_threads: 1, store: 'embedded' };
  const result = { machine: describeMachine(repository), settings };

  say('== durable synchronous runs');
  let server = await startSteward(steward, data, options.port);
  await deploy(server.url);
  result.sync_runs = await measureSyncRuns(folder, server, { clients: [1, 16, 64], ...options, say });
  say('== a constant answer');
  result.constant_answer = await measureConstantAnswer(join(build, 'bench', 'http_constant'), folder, options.port + 1, { ...options, say });
  say('== the store without a server');
  result.raw_store = await measureRawStore(join(build, 'bench', 'store_commit'), folder, options.quick ? 0.3 : 1);
  say('== expressions');
  result.expressions = measureExpressions(join(build, 'bench', 'expressions'));
  say('== start');
  await fillStore(folder, server, 100_000);
  result.stored_runs = await completedRuns(server.url);
  await stop(server.child);
  const times = options.quick ? 3 : 9;
  result.start_full = await measureStart(steward, data, options.port, { times, fresh: false });
  result.start_fresh = await measureStart(steward, join(folder, 'fresh', 'data'), options.port, { times, fresh: true });
  say('== rest');
  result.idle = await measureIdle(steward, folder, options.port, options.quick ? 3 : 10);
  result.targets = judge(result);
  return result;
}

try {
  const options = readArguments(process.argv.slice(2), { quick: false, build: 'build/release', rounds: 3, seconds: 5, port: 18400 });
  if (options.quick) Object.assign(options, { rounds: 1, seconds: 2 });
  const home = join(repository, 'build');
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'bench-data-'));
  try {
    const result = await measure(options, folder);
    say(report(result));
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
}
