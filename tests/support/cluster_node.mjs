// One node of a cluster as a process of its own, kept running as a service manager would: one that ends
// by itself is started again, and remembered.
import { spawn } from 'node:child_process';
import http from 'node:http';
import { createWriteStream, readFileSync } from 'node:fs';
import { Client, sleep } from './client.mjs';
import { addressIn } from './steward_process.mjs';

export class ClusterNode {
  #process;
  #ended = Promise.resolve();
  #log;
  /** down, starting, up, ending (it was asked to end), stopped (SIGSTOP). */
  state = 'down';
  /** How it ended by itself: what nobody asked for. */
  crashes = [];
  /** Starts that it refused, e.g. because its database was away. */
  refusedStarts = 0;

  /** `command`: the words that run it; `number` counts from 1. */
  constructor({ number, name, url, command, logFile }) {
    Object.assign(this, { number, name, url, command, logFile });
    this.client = new Client(url);
    // Connections are given up long before the server would: one that breaks off was broken off.
    this.client.agent = new http.Agent({ keepAlive: true, maxSockets: 512, timeout: 20_000 });
    this.#log = createWriteStream(logFile, { flags: 'a' });
    process.on('exit', () => this.#process?.kill('SIGKILL'));
  }

  get pid() {
    return this.#process?.pid;
  }

  /** Whether a request to it can be answered. */
  get answers() {
    return this.state === 'up';
  }

  /** Answers true once it has printed its address, false when it ended before. */
  #launch(patience_ms) {
    const [program, ...words] = this.command;
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    this.state = 'starting';
    child.stderr.on('data', (bytes) => this.#log.write(bytes));
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve({ error: error.message }));
      child.on('exit', (code, signal) => resolve({ code, signal }));
    });
    let text = '';
    const printed = new Promise((resolve) => {
      child.stdout.on('data', (bytes) => {
        this.#log.write(bytes);
        text += bytes;
        if (addressIn(text) && text.includes('\n', text.indexOf('://'))) resolve(true);
      });
    });
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve('late'), patience_ms);
    });
    return Promise.race([printed, this.#ended.then(() => false), late]).finally(() => clearTimeout(timer));
  }

  /** Starts it, again and again while it refuses; throws when `patience_ms` is over. */
  async start(patience_ms = 60_000) {
    const deadline = Date.now() + patience_ms;
    for (;;) {
      const answer = await this.#launch(deadline - Date.now());
      if (answer === true) break;
      if (answer === 'late' || Date.now() > deadline) {
        this.#process.kill('SIGKILL');
        throw new Error(`${this.name} did not start within ${patience_ms} ms\n${this.logTail()}`);
      }
      this.refusedStarts += 1;
      await sleep(200);
    }
    this.state = 'up';
    this.#watch(this.#process, this.#ended);
  }

  async #watch(child, ended) {
    const how = await ended;
    if (this.#process !== child || this.state === 'down' || this.state === 'ending') return;
    this.crashes.push({ ...how, at: new Date().toISOString() });
    await this.start().catch((error) => this.crashes.push({ error: error.message }));
  }

  /** Ends it at once, as a crash would. */
  async kill() {
    this.state = 'down';
    this.#process?.kill('SIGKILL');
    await this.#ended;
  }

  /** Asks it to end; answers {code, signal}, or undefined when it had to be killed after all. */
  async terminate(patience_ms = 30_000) {
    this.state = 'ending';
    this.#process.kill('SIGTERM');
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(undefined), patience_ms);
    });
    const how = await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    await this.kill();
    return how;
  }

  /** Stops it without its knowing. */
  pause() {
    this.state = 'stopped';
    this.#process.kill('SIGSTOP');
  }

  goOn() {
    this.#process.kill('SIGCONT');
    this.state = 'up';
  }

  logTail(bytes = 3000) {
    try {
      return readFileSync(this.logFile, 'utf8').slice(-bytes);
    } catch {
      return '';
    }
  }
}
