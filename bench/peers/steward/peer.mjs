// Steward itself, on its embedded store and on PostgreSQL.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { completedRuns, startSteward } from '../../measure/server.mjs';
import { deploy as deployThreeSteps, path, request } from '../../measure/sync_runs.mjs';
import { get, inBatches, post } from '../place.mjs';
import { startPostgres } from '../postgres.mjs';

const workflow = (name, step) => `document: {dsl: '1.0.3', namespace: bench, name: ${name}, version: '1.0.0'}
do:
  - only:
      ${step}
`;

async function deploy(server) {
  await deployThreeSteps(server.url);
  for (const text of [workflow('one-step', 'set: {done: true}'), workflow('nap', 'wait: {hours: 1}')]) {
    const answer = await fetch(`${server.url}/api/v1/workflows`, { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: text });
    if (!answer.ok) throw new Error(`the workflow was refused: ${answer.status} ${await answer.text()}`);
  }
}

const startBatches = (server, name, count) =>
  inBatches(count, async (size) => {
    const inputs = Array.from({ length: size }, (_, number) => ({ number }));
    const { ids } = await post(`${server.url}/api/v1/workflows/bench/${name}/runs:batch`, { inputs });
    if (ids.length !== size) throw new Error(`${size} inputs made ${ids.length} runs`);
  });

const runs = async (server) => (await get(`${server.url}/api/v1/stats`)).runs;

function steward(name, durability, store) {
  return {
    name,
    durability,
    per_run: 'the run, its journal of all steps and its events, in one commit with the runs of the moment',
    install: async ({ steward: binary }) => `of ${binary}`,
    async start(place) {
      const words = await store(place);
      const data = join(place.folder, 'data');
      mkdirSync(data);
      const { child, url } = await startSteward(place.steward, data, place.port, words);
      place.children.push(child);
      return { url };
    },
    deploy,
    load: {
      sync: { routes: (server) => [{ url: server.url + path, ...request }] },
      batch: { start: (server, count) => startBatches(server, 'one-step', count), finished: (server) => completedRuns(server.url) },
      sleep: { start: (server, count) => startBatches(server, 'nap', count), waiting: async (server) => (await runs(server)).waiting ?? 0 },
    },
  };
}

export const embedded = steward('Steward', 'SQLite, WAL, synchronous=FULL: fsync before the answer', async () => []);

export const postgresql = steward('Steward on PostgreSQL', 'PostgreSQL, fsync and synchronous_commit on: fsync before the answer', async (place) => {
  const { url } = await startPostgres(place, place.port + 1);
  return ['--database', url];
});
