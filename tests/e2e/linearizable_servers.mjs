// The servers that cluster_linear.mjs asks and maltreats: one on either engine, or several on one PostgreSQL.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { sleep } from '../support/client.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { between } from '../support/random.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const tenants = ['acme', 'bolt', 'cafe', 'dock', 'emil'];
const hash = (text) => createHash('sha256').update(text).digest('hex');

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

export class Servers {
  faults = { kill: 0, pause: 0, database: 0 };
  crashes = [];

  constructor({ binary, nodes, database, lease_ms, random }) {
    Object.assign(this, { nodes, lease_ms, random });
    this.keys = Object.fromEntries(tenants.slice(0, nodes + 2).map((tenant) => [tenant, `key of ${tenant}`]));
    this.database = database || nodes > 1 ? new PostgresServer() : undefined;
    this.all = Array.from({ length: nodes }, () => new StewardProcess(binary, { dev: false }));
  }

  get urls() {
    return this.all.map((server) => server.url);
  }

  async start() {
    if (this.database) {
      await this.database.start();
      this.database.makeDatabase();
    }
    for (const [i, server] of this.all.entries()) {
      server.args = await this.#words(server, `n${i + 1}`);
      server.onExit = (how) => this.crashes.push(`a server ended by itself: ${JSON.stringify(how)}\n${server.logTail(1500)}`);
    }
    await Promise.all(this.all.map((server) => server.start()));
  }

  async #words(server, name) {
    const config = join(server.folder, 'steward.yaml');
    const lines = Object.entries(this.keys).map(([tenant, key]) => `    - {name: ${tenant}, tenant: ${tenant}, operator: true, sha256: ${hash(key)}}\n`);
    const cluster = this.nodes > 1 ? `cluster:\n  lease_ms: ${this.lease_ms}\n` : '';
    writeFileSync(config, `${cluster}gateway:\n  keys:\n${lines.join('')}`);
    const words = ['--config', config];
    if (this.database) words.push('--database', this.database.url);
    if (this.nodes > 1) words.push('--cluster', 'lin', '--advertise', `127.0.0.1:${await freePort()}`, '--node', name);
    return words;
  }

  // --- faults -----------------------------------------------------------------------------------------

  /** One that takes its time, and is over when it answers. */
  async maltreat({ both }) {
    if (both && this.faults.kill + this.faults.pause > this.faults.database) return this.#killDatabase();
    const server = this.all[between(this.random, 0, this.nodes - 1)];
    // A single server that stands still is only slow; in a cluster others go on in its place.
    if (this.nodes > 1 && this.random() < 0.4) return this.#pause(server);
    return this.#kill(server);
  }

  async #kill(server) {
    this.faults.kill += 1;
    await server.kill();
    await sleep(between(this.random, 0, this.nodes > 1 ? 2 * this.lease_ms : 300));
    // Now and then it dies again before it is up.
    if (this.random() < 0.2) {
      server.launch();
      await sleep(between(this.random, 0, 150));
      await server.kill();
    }
    await server.start();
  }

  /** It does not know that it was away, and goes on with what it held. */
  async #pause(server) {
    this.faults.pause += 1;
    process.kill(server.pid, 'SIGSTOP');
    try {
      await sleep(between(this.random, this.lease_ms / 2, 3 * this.lease_ms));
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  }

  async #killDatabase() {
    this.faults.database += 1;
    await this.database.kill();
    await sleep(between(this.random, 0, 500));
    await this.database.start();
  }

  // --- the end ----------------------------------------------------------------------------------------

  async stop() {
    await Promise.all(this.all.map((server) => server.kill()));
    await this.database?.kill('SIGQUIT');
  }

  remove() {
    for (const server of this.all) server.remove();
    this.database?.remove();
  }

  /** Where what they have kept is. */
  get folders() {
    return [...this.all.map((server) => `A server's data and log: ${server.folder}`), ...(this.database ? [`The database's: ${this.database.folder}`] : [])];
  }
}
