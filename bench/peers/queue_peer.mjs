// The peers that are queues of jobs in PostgreSQL: they have no workflows, so they share only the batches.
import { join } from 'node:path';
import { answers, get, inBatches, installPackages, launchNode, post, until, versionOf } from './place.mjs';
import { startPostgres } from './postgres.mjs';

/** `own` is the folder with service.mjs and the packages, `npmName` the package that is measured. */
export function queuePeer(own, npmName, name, per_run) {
  return {
    name,
    durability: 'PostgreSQL, fsync and synchronous_commit on: fsync before a job is taken on',
    per_run,
    async install() {
      await installPackages(own);
      return versionOf(own, npmName);
    },
    async start(place) {
      const database = await startPostgres(place, place.port + 1);
      launchNode(place, join(own, 'service.mjs'), [place.port, database.url]);
      const server = { url: `http://127.0.0.1:${place.port}` };
      await until(() => answers(`${server.url}/counts`), place, `${name} is ready`);
      return server;
    },
    deploy: async () => {},
    load: {
      batch: {
        start: (server, count) => inBatches(count, (size) => post(`${server.url}/batch`, { count: size })),
        finished: async (server) => (await get(`${server.url}/counts`)).finished,
      },
    },
  };
}
