// A PostgreSQL of the tests' own: in a throwaway folder, on a Unix socket, run by an ordinary user,
// with nothing switched off that keeps data safe. It can be killed and started again.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from './client.mjs';

/** Where initdb and postgres are: Debian keeps them off the PATH, by release. */
function findPrograms() {
  const root = '/usr/lib/postgresql';
  const releases = existsSync(root) ? readdirSync(root).filter((each) => existsSync(join(root, each, 'bin/initdb'))) : [];
  if (releases.length === 0) throw new Error('PostgreSQL is not installed (./dev deps)');
  return join(root, releases.sort((a, b) => Number(b) - Number(a))[0], 'bin');
}

/** The server refuses to run as root. */
function ordinaryUser() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const number = (what) => Number(spawnSync('id', [what, name], { encoding: 'utf8' }).stdout);
    if (number('-u') > 0) return { uid: number('-u'), gid: number('-g') };
  }
  throw new Error('there is no ordinary user to run PostgreSQL as');
}

export class PostgresServer {
  #programs = findPrograms();
  #user = ordinaryUser();
  #settings = ['-c', 'listen_addresses='];
  #port = 5432;
  #process;
  #ended = Promise.resolve();

  /** `listen`: also at this port of 127.0.0.1, with TLS by this certificate and key (PEM texts). */
  constructor({ listen } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'steward-pg-'));
    if (this.#user.uid) chownSync(this.folder, this.#user.uid, this.#user.gid);
    this.url = `postgresql://steward@/steward?host=${this.folder}`;
    this.#run('initdb', ['-D', join(this.folder, 'data'), '-U', 'admin', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
    if (listen) this.#offerTls(listen);
    process.on('exit', () => this.#process?.kill('SIGQUIT')); // a test that throws leaves no server
  }

  #offerTls({ port, certificate, key }) {
    for (const [name, text] of [['server.crt', certificate], ['server.key', key]]) {
      const path = join(this.folder, 'data', name);
      writeFileSync(path, text, { mode: 0o600 });
      if (this.#user.uid) chownSync(path, this.#user.uid, this.#user.gid);
    }
    this.#settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'ssl=on'];
    this.#port = port;
  }

  #run(program, words) {
    const done = spawnSync(join(this.#programs, program), words, { ...this.#user, cwd: this.folder, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr}`);
    return done.stdout;
  }

  sql(text, database = 'postgres') {
    return this.#run('psql', ['-X', '-A', '-t', '-h', this.folder, '-p', `${this.#port}`, '-U', 'admin', '-d', database, '-v', 'ON_ERROR_STOP=1', '-c', text]).trim();
  }

  /** The empty database of an ordinary role, for `url`. */
  makeDatabase() {
    this.sql('CREATE ROLE steward LOGIN');
    this.sql('CREATE DATABASE steward OWNER steward');
  }

  #launch() {
    const log = openSync(join(this.folder, 'log'), 'a');
    const words = ['-D', join(this.folder, 'data'), '-k', this.folder, ...this.#settings, '-c', 'max_connections=40',
      '-c', 'recovery_init_sync_method=syncfs']; // after a crash it would sync each of a thousand files
    const child = spawn(join(this.#programs, 'postgres'), words, { ...this.#user, cwd: this.folder, stdio: ['ignore', log, log] });
    this.#process = child;
    this.#ended = new Promise((resolve) => {
      child.on('exit', () => {
        if (this.#process === child) this.#process = undefined;
        resolve();
      });
    });
  }

  get pid() {
    return this.#process?.pid;
  }

  /** Answers once it takes connections. After a crash its own children may hold it up. */
  async start(patience_ms = 180_000) {
    const deadline = Date.now() + patience_ms;
    for (;;) {
      if (!this.#process) this.#launch();
      const asked = spawnSync(join(this.#programs, 'pg_isready'), ['-q', '-h', this.folder, '-p', `${this.#port}`, '-U', 'admin', '-d', 'postgres']);
      if (asked.status === 0) return;
      if (Date.now() > deadline) throw new Error(`PostgreSQL did not start: see ${join(this.folder, 'log')}`);
      await sleep(20);
    }
  }

  /** SIGKILL: as when the machine takes it away. SIGQUIT: at once, but it ends its processes. */
  async kill(signal = 'SIGKILL') {
    this.#process?.kill(signal);
    return this.#ended;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
