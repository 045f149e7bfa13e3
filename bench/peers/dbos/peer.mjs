// DBOS: a library in a Node.js server, on a PostgreSQL of its own.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from '../../measure/sync_runs.mjs';
import { answers, get, inBatches, installPackages, launchNode, post, tryThreeSteps, until, versionOf } from '../place.mjs';
import { startPostgres } from '../postgres.mjs';

const own = dirname(fileURLToPath(import.meta.url));

async function start(place) {
  const database = await startPostgres(place, place.port + 1);
  launchNode(place, join(own, 'service.mjs'), [place.port, database.url]);
  const server = { url: `http://127.0.0.1:${place.port}` };
  await until(() => answers(`${server.url}/counts`), place, 'DBOS is ready');
  return server;
}

const deploy = (server) => tryThreeSteps(`${server.url}/three-steps`);

const startBatches = (server, workflow, count) => inBatches(count, (size) => post(`${server.url}/${workflow}/batch`, { count: size }));

export default {
  name: 'DBOS',
  durability: 'PostgreSQL, fsync and synchronous_commit on: fsync before the answer',
  per_run: 'a commit for the workflow, one for each step before the next begins, one for the result',
  async install() {
    await installPackages(own);
    return versionOf(own, '@dbos-inc/dbos-sdk');
  },
  start,
  deploy,
  load: {
    sync: {
      routes: (server) => [
        { url: `${server.url}/three-steps`, ...request },
        { variant: 'no step recorded', url: `${server.url}/no-step-recorded`, ...request },
      ],
    },
    batch: { start: (server, count) => startBatches(server, 'one-step', count), finished: async (server) => (await get(`${server.url}/counts`)).finished },
    sleep: { start: (server, count) => startBatches(server, 'nap', count), waiting: async (server) => (await get(`${server.url}/counts`)).waiting },
  },
};
