// The server as a process of its own, on a throwaway data folder: started, killed, started again on
// the same port.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The address in a line of the server's output, or undefined. */
export function addressIn(line) {
  return /https?:\/\/[^\s/"']+/.exec(line)?.[0];
}

export class StewardProcess {
  #log;
  #process;
  #ended = Promise.resolve();

  /** `dev`: requests need no key. */
  constructor(binary, { args = [], dev = true } = {}) {
    this.binary = binary;
    this.dev = dev;
    this.args = args;
    this.folder = mkdtempSync(join(tmpdir(), 'steward-e2e-'));
    this.logFile = join(this.folder, 'server.log');
    this.#log = createWriteStream(this.logFile, { flags: 'a' });
    this.port = 0;
    this.url = undefined;
    this.onExit = () => {};
    process.on('exit', () => this.#process?.kill('SIGKILL')); // a test that throws leaves no server
  }

  get pid() {
    return this.#process?.pid;
  }

  /** Starts the server; answers once it has printed its address. Throws if it ends before. */
  async start({ patience_ms = 30_000 } = {}) {
    this.launch();
    await this.ready(patience_ms);
    return this.url;
  }

  launch() {
    const words = ['serve', ...(this.dev ? ['--dev'] : []), '--listen', `127.0.0.1:${this.port}`, '--data', join(this.folder, 'data'), ...this.args];
    const child = spawn(this.binary, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let killed = false;
    child.killedByUs = () => {
      killed = true;
    };
    child.stderr.on('data', (bytes) => this.#log.write(bytes));
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve({ error: error.message }));
      child.on('exit', (code, signal) => {
        resolve({ code, signal });
        if (!killed) this.onExit({ code, signal });
      });
    });
    let text = '';
    this.address = new Promise((resolve) => {
      child.stdout.on('data', (bytes) => {
        this.#log.write(bytes);
        text += bytes;
        const url = addressIn(text);
        if (url && text.includes('\n', text.indexOf(url))) resolve(url);
      });
    });
  }

  async ready(patience_ms = 30_000) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve({ late: true }), patience_ms);
    });
    const first = await Promise.race([this.address, this.#ended, late]);
    clearTimeout(timer);
    if (typeof first !== 'string')
      throw new Error(`the server did not start: ${JSON.stringify(first)}\n${this.logTail()}`);
    this.url = first;
    this.port = Number(new URL(first).port);
  }

  /** Ends the process at once (what a crash does; the disk stays), and waits until it is gone. */
  async kill(signal = 'SIGKILL') {
    this.#process.killedByUs();
    this.#process.kill(signal);
    return this.#ended;
  }

  /** Resident memory in bytes. */
  memory() {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return line ? Number(line[1]) * 1024 : 0;
  }

  logTail(bytes = 4000) {
    try {
      return readFileSync(this.logFile, 'utf8').slice(-bytes);
    } catch {
      return '';
    }
  }

  remove() {
    this.#log.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
