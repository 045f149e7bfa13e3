// Restate: one server with its defaults, and one service process on Node.js that it calls.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from '../../measure/sync_runs.mjs';
import { answers, get, inBatches, installPackages, launchLogged, launchNode, post, tryThreeSteps, until, versionOf } from '../place.mjs';

const own = dirname(fileURLToPath(import.meta.url));
const binary = join(own, 'node_modules', '@restatedev', 'restate-server-linux-x64', 'bin', 'restate-server');

async function start(place) {
  const [ingress, admin, fabric, service, counts] = [0, 1, 2, 3, 4].map((i) => place.port + i);
  const env = {
    RESTATE_INGRESS__BIND_PORT: ingress,
    RESTATE_ADMIN__BIND_PORT: admin,
    RESTATE_DISABLE_TELEMETRY: 'true',
    RESTATE_LOG_FILTER: 'warn',
    // A handler that waits is let go after a second instead of a minute, so that a thousand waiting ones
    // don't keep others from starting.
    RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT: '1s',
  };
  const words = ['--no-logo', '--listen-mode', 'tcp', '--bind-ip', '127.0.0.1', '--bind-port', fabric, '--advertised-host', '127.0.0.1', '--node-name', 'bench', '--base-dir', join(place.folder, 'data')];
  launchNode(place, join(own, 'service.mjs'), [service, counts]);
  launchLogged(place, binary, words, { env });
  const server = { url: `http://127.0.0.1:${ingress}`, admin: `http://127.0.0.1:${admin}`, service: `http://127.0.0.1:${service}`, counts: `http://127.0.0.1:${counts}/counts` };
  const ready = async () => (await answers(`${server.admin}/health`)) && (await answers(`${server.url}/restate/health`)) && answers(server.counts);
  await until(ready, place, 'Restate is ready');
  return server;
}

async function deploy(server) {
  await post(`${server.admin}/deployments`, { uri: server.service });
  await tryThreeSteps(`${server.url}/bench/threeSteps`);
}

const startBatches = (server, handler, count) => inBatches(count, (size) => post(`${server.url}/batches/start`, { handler, count: size }));

export default {
  name: 'Restate',
  durability: "RocksDB's log with fsync before an entry counts",
  per_run: 'each step before the next begins, the call and its result',
  async install() {
    await installPackages(own);
    return `${versionOf(own, '@restatedev/restate-server')}, SDK ${versionOf(own, '@restatedev/restate-sdk')}`;
  },
  start,
  deploy,
  load: {
    sync: {
      routes: (server) => [
        { url: `${server.url}/bench/threeSteps`, ...request },
        { variant: 'no step recorded', url: `${server.url}/bench/noStepRecorded`, ...request },
      ],
    },
    batch: { start: (server, count) => startBatches(server, 'oneStep', count), finished: async (server) => (await get(server.counts)).finished },
    sleep: { start: (server, count) => startBatches(server, 'nap', count), waiting: async (server) => (await get(server.counts)).waiting },
  },
};
