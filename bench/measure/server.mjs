// The server under measurement, as a process of its own.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL'); // a measurement that fails leaves no server
});

/** Starts a program and answers the process; `stop` ends it. `options` are those of spawn. */
export function launch(program, words, stdio, { env, ...options } = {}) {
  // Debian keeps nginx where only root looks for programs.
  const child = spawn(program, words, { stdio, env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, ...env }, ...options });
  running.add(child);
  child.ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  child.ended.catch(() => {});
  return child;
}

export async function stop(child) {
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await child.ended;
  clearTimeout(killer);
}

/** The status of one GET on a connection of its own; undefined while nobody listens. */
export function statusOf(port, path) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => resolve(undefined));
    socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
    socket.on('data', (bytes) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString('latin1'))?.[1]));
      socket.destroy();
    });
    socket.on('close', () => resolve(undefined));
  });
}

/**
 * Starts Steward on `data` and answers { child, url, ready_ms } once /readyz says 200; `ready_ms` counts
 * from before the process was made. `words` are further words of its command line.
 */
export async function startSteward(binary, data, port, words = []) {
  const log = join(data, '..', 'server.log');
  const from = process.hrtime.bigint();
  const child = launch(binary, ['serve', '--dev', '--listen', `127.0.0.1:${port}`, '--data', data, ...words],
    ['ignore', 'ignore', openSync(log, 'a')]);
  let ended;
  child.ended.then((how) => (ended = how), (error) => (ended = error));
  while ((await statusOf(port, '/readyz')) !== 200) {
    if (ended) throw new Error(`the server did not start: ${JSON.stringify(ended)}\n${readFileSync(log, 'utf8').slice(-2000)}`);
    if (process.hrtime.bigint() - from > 30_000_000_000n) throw new Error('the server is not ready after 30 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { child, url: `http://127.0.0.1:${port}`, ready_ms: Number(process.hrtime.bigint() - from) / 1e6 };
}

/** How many runs have completed, by the server's own count. */
export async function completedRuns(url) {
  const stats = await (await fetch(`${url}/api/v1/stats`)).json();
  const others = Object.entries(stats.runs).filter(([status, count]) => status !== 'completed' && count > 0);
  if (others.length) throw new Error(`there are runs that did not complete: ${JSON.stringify(stats.runs)}`);
  return stats.runs.completed;
}
