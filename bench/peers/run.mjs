// Measures Steward beside other public systems, all in one run: `./dev bench --peers`, or once it is built
//
//   node bench/peers/run.mjs [--quick] [--only NAME] [--build build/release] [--rounds 2] [--seconds 5]
//                            [--runs 50000] [--sleepers 5000] [--port 18700]
//
// The peers come from npm with the versions that the package-lock.json files pin; those that need a
// database get a PostgreSQL of their own. --only takes one system's name or a part of it; Steward is
// measured with it. Tables go to stderr, one JSON document to stdout. A peer that can't be installed,
// started or measured is reported with the reason; the exit code is 1 only if Steward itself failed.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments } from '../../tests/support/arguments.mjs';
import { describeMachine } from '../measure/machine.mjs';
import { stop } from '../measure/server.mjs';
import dbos from './dbos/peer.mjs';
import graphileWorker from './graphile-worker/peer.mjs';
import n8n from './n8n/peer.mjs';
import nodeRed from './node-red/peer.mjs';
import pgBoss from './pg-boss/peer.mjs';
import { freePorts, here, installPackages } from './place.mjs';
import { compare } from './ratios.mjs';
import { report } from './report.mjs';
import restate from './restate/peer.mjs';
import * as steward from './steward/peer.mjs';
import { measureBatch, measureSleep, measureSync } from './workload.mjs';

const repository = resolve(here, '..', '..');
const say = (text) => process.stderr.write(`${text}\n`);
const peers = [steward.postgresql, restate, dbos, n8n, nodeRed, pgBoss, graphileWorker];

/** Runs `work` on a freshly started and deployed system; an error is its result. */
async function onFresh(peer, options, home, work) {
  const place = { folder: mkdtempSync(join(home, 'peer-')), port: await freePorts(options.port, 5), steward: options.steward, children: [] };
  try {
    const server = await peer.start(place);
    await peer.deploy(server, place);
    return await work(place, server);
  } catch (error) {
    say(`  ${error.message}`);
    return { error: error.message };
  } finally {
    for (const child of place.children.reverse()) await stop(child).catch(() => {});
    rmSync(place.folder, { recursive: true, force: true });
  }
}

async function measure(peer, options, home) {
  const { name, durability, per_run } = peer;
  const result = { name, durability, per_run };
  say(`== ${name}`);
  try {
    result.version = await peer.install(options);
  } catch (error) {
    say(`  ${error.message}`);
    return { ...result, error: `not installed: ${error.message}` };
  }
  const works = {
    sync: (place, server) => measureSync(place, peer, server, { clients: [1, 16, 64], ...options, say }),
    batch: (place, server) => measureBatch(place, peer, server, { ...options, say }),
    sleep: (place, server) => measureSleep(place, peer, server, { ...options, say }),
  };
  for (const [what, work] of Object.entries(works)) result[what] = peer.load[what] ? await onFresh(peer, options, home, work) : null;
  return result;
}

async function measureAll(options, home) {
  const only = options.only.toLowerCase();
  const chosen = peers.filter((p) => p.name.toLowerCase().includes(only));
  if (!chosen.length) throw new Error(`no system's name has ${options.only} in it: ${peers.map((p) => p.name).join(', ')}`);
  await installPackages(here);
  const systems = [];
  for (const peer of [steward.embedded, ...chosen]) systems.push(await measure(peer, options, home));
  const { rounds, seconds, runs, sleepers, quick } = options;
  for (const system of systems.slice(1)) {
    system.ratios = compare(systems[0], system);
    const onPostgresql = systems.find((s) => s.name === steward.postgresql.name);
    if (onPostgresql && system !== onPostgresql) system.ratios_to_postgresql = compare(onPostgresql, system);
  }
  return { machine: describeMachine(repository), settings: { rounds, seconds, runs, sleepers, quick }, systems };
}

try {
  const options = readArguments(process.argv.slice(2), { quick: false, only: '', build: 'build/release', rounds: 2, seconds: 5, runs: 50_000, sleepers: 5_000, port: 18700 });
  if (options.quick) Object.assign(options, { rounds: 1, seconds: 2, runs: 5_000, sleepers: 1_000 });
  options.steward = join(resolve(repository, options.build), 'steward');
  const build = join(repository, 'build');
  mkdirSync(build, { recursive: true });
  const home = mkdtempSync(join(build, 'bench-peers-'));
  try {
    const result = await measureAll(options, home);
    say(report(result));
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    if (result.systems[0].sync?.error) process.exitCode = 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
}
