// Node-RED: one Node.js process; messages are in its memory only.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from '../../measure/sync_runs.mjs';
import { answers, get, inBatches, installPackages, launchNode, post, tryThreeSteps, until, versionOf } from '../place.mjs';
import { flows } from './flows.mjs';

const own = dirname(fileURLToPath(import.meta.url));
const settings = `module.exports = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  httpAdminRoot: false,
  logging: { console: { level: 'warn', metrics: false, audit: false } },
  telemetry: { enabled: false, updateNotification: false },
};
`;

async function start(place) {
  writeFileSync(join(place.folder, 'settings.js'), settings);
  writeFileSync(join(place.folder, 'flows.json'), JSON.stringify(flows));
  const words = ['--userDir', place.folder, '--settings', join(place.folder, 'settings.js'), '--port', place.port];
  launchNode(place, join(own, 'node_modules', 'node-red', 'red.js'), words);
  const server = { url: `http://127.0.0.1:${place.port}` };
  await until(() => answers(`${server.url}/counts`), place, 'Node-RED is ready');
  return server;
}

const deploy = (server) => tryThreeSteps(`${server.url}/three-steps`);

const startBatches = (server, name, count) => inBatches(count, (size) => post(`${server.url}/${name}/batch`, { count: size }));

export default {
  name: 'Node-RED',
  durability: 'none: a crash loses what is under way',
  per_run: 'nothing',
  async install() {
    await installPackages(own);
    return versionOf(own, 'node-red');
  },
  start,
  deploy,
  load: {
    sync: { routes: (server) => [{ url: `${server.url}/three-steps`, ...request }] },
    batch: { start: (server, count) => startBatches(server, 'one-step', count), finished: async (server) => (await get(`${server.url}/counts`)).finished },
    sleep: { start: (server, count) => startBatches(server, 'nap', count), waiting: async (server) => (await get(`${server.url}/counts`)).waiting },
  },
};
