// n8n: one Node.js process with SQLite and its defaults, but for what calls home.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request } from '../../measure/sync_runs.mjs';
import { answers, launchNode, node, npm, post, tryThreeSteps, until, versionOf } from '../place.mjs';
import { workflows } from './workflows.mjs';

const own = dirname(fileURLToPath(import.meta.url));
const script = join(own, 'node_modules', 'n8n', 'bin', 'n8n');
const run = promisify(execFile);

async function install() {
  const driver = join(own, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
  if (!existsSync(driver)) {
    // Not `npm ci`, which refuses the lock file: it names packages for other platforms that npm left out.
    await npm(['install', '--prefix', own, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']);
    await npm(['rebuild', 'sqlite3', '--prefix', own, `--nodedir=${dirname(dirname(node))}`, '--loglevel=error']);
  }
  return versionOf(own, 'n8n');
}

let deployed; // a folder of n8n with the workflows in it; to make one takes a minute

async function folderWithWorkflows(above, env) {
  const folder = mkdtempSync(join(above, 'n8n-'));
  const file = join(folder, 'workflows.json');
  writeFileSync(file, JSON.stringify(workflows));
  const n8n = (...words) => run(node, [script, ...words], { env: { ...process.env, ...env, N8N_USER_FOLDER: folder } });
  await n8n('import:workflow', `--input=${file}`);
  for (const { id } of workflows) await n8n('publish:workflow', `--id=${id}`);
  return folder;
}

async function start(place) {
  const env = {
    N8N_USER_FOLDER: place.folder,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: place.port,
    N8N_RUNNERS_BROKER_PORT: place.port + 1,
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_LOG_LEVEL: 'error',
  };
  deployed ??= await folderWithWorkflows(dirname(place.folder), env);
  cpSync(deployed, place.folder, { recursive: true });
  launchNode(place, script, ['start'], { env });
  const server = { url: `http://127.0.0.1:${place.port}/webhook`, database: join(place.folder, '.n8n', 'database.sqlite') };
  await until(() => answers(`http://127.0.0.1:${place.port}/healthz/readiness`), place, 'n8n is ready', 180);
  return server;
}

async function deploy(server, place) {
  // Webhooks are there some time after the server says that it is ready.
  const known = async () => (await fetch(`${server.url}/three-steps`, request)).status !== 404;
  await until(known, place, 'n8n has its webhooks');
  await tryThreeSteps(`${server.url}/three-steps`);
}

/** One request for each run, 16 at a time: n8n takes no batches. */
async function startEach(server, name, count) {
  let left = count;
  const client = async () => {
    while (left-- > 0) await post(`${server.url}/${name}`, { number: left });
  };
  await Promise.all(Array.from({ length: 16 }, client));
}

/** Asked of its database, on Node.js that has SQLite built in. */
async function countExecutions(server, workflow, status) {
  const program = `const { DatabaseSync } = require('node:sqlite');
    const sql = 'select count(*) as n from execution_entity where workflowId = ? and status = ?';
    console.log(new DatabaseSync(process.argv[1], { readOnly: true }).prepare(sql).get(process.argv[2], process.argv[3]).n);`;
  return Number((await run(node, ['-e', program, server.database, workflow, status])).stdout);
}

export default {
  name: 'n8n',
  durability: 'SQLite, WAL, synchronous=FULL: fsync at each commit',
  per_run: 'the run when it starts and, with all data, when it ends; no step in between',
  install,
  start,
  deploy,
  load: {
    sync: { at_least_s: 10, routes: (server) => [{ url: `${server.url}/three-steps`, ...request }] },
    batch: { share: 0.02, start: (server, count) => startEach(server, 'one-step', count), finished: (server) => countExecutions(server, 'one-step', 'success') },
    sleep: { share: 0.2, start: (server, count) => startEach(server, 'nap', count), waiting: (server) => countExecutions(server, 'nap', 'waiting') },
  },
};
