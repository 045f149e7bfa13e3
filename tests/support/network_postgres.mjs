// The tests' own PostgreSQL, also at an address of the network: what servers on other machines use.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './client.mjs';
import { PostgresServer } from './postgres_server.mjs';

export class NetworkPostgres extends PostgresServer {
  #server;
  #gone = Promise.resolve();

  /** `address`: where it listens; `from`: who may come, e.g. 10.0.0.0/8. They need no password. */
  constructor({ address, from, connections = 200 }) {
    super();
    this.data = join(this.folder, 'data');
    const release = readFileSync(join(this.data, 'PG_VERSION'), 'utf8').trim();
    this.programs = `/usr/lib/postgresql/${release}/bin`;
    const { uid, gid } = statSync(this.folder); // whom the folder was made for
    this.user = process.getuid() === 0 ? { uid, gid } : {};
    this.url = `postgresql://steward@${address}:5432/steward`;
    this.settings = { listen_addresses: address, max_connections: connections, recovery_init_sync_method: 'syncfs' };
    appendFileSync(join(this.data, 'pg_hba.conf'), `host all all ${from} trust\n`);
    process.on('exit', () => this.#server?.kill('SIGQUIT'));
  }

  #launch() {
    const log = openSync(join(this.folder, 'log'), 'a');
    const settings = Object.entries(this.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(this.programs, 'postgres'), ['-D', this.data, '-k', this.folder, ...settings], {
      ...this.user, cwd: this.folder, stdio: ['ignore', log, log],
    });
    this.#server = child;
    this.#gone = new Promise((resolve) => {
      child.on('exit', () => {
        if (this.#server === child) this.#server = undefined;
        resolve();
      });
    });
  }

  get pid() {
    return this.#server?.pid;
  }

  async start(patience_ms = 180_000) {
    const deadline = Date.now() + patience_ms;
    const asks = ['-q', '-h', this.folder, '-U', 'admin', '-d', 'postgres'];
    for (;;) {
      if (!this.#server) this.#launch();
      if (spawnSync(join(this.programs, 'pg_isready'), asks).status === 0) return;
      if (Date.now() > deadline) throw new Error(`PostgreSQL did not start: see ${join(this.folder, 'log')}`);
      await sleep(20);
    }
  }

  /** SIGQUIT: an immediate shutdown; SIGINT: a fast one; SIGKILL: as when the machine takes it away. */
  async kill(signal = 'SIGKILL') {
    this.#server?.kill(signal);
    return this.#gone;
  }
}
