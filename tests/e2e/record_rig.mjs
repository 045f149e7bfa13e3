// What the tests of records stand on: a server with two tenants on either engine, and how to ask it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../support/client.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { readFeed } from '../support/sse.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const tenants = ['acme', 'other'];
const keyOf = (tenant) => `key of ${tenant}`;
const bearer = (tenant) => ({ authorization: `Bearer ${keyOf(tenant)}` });
const hash = (text) => createHash('sha256').update(text).digest('hex');

/** Reads an SQLite file as objects: (file, sql) => rows. Undefined where nothing here can. */
async function findSqlite() {
  try {
    const { DatabaseSync } = await import('node:sqlite');
    return (file, sql) => {
      const db = new DatabaseSync(file, { readOnly: true });
      try {
        return db.prepare(sql).all().map((row) => ({ ...row }));
      } finally {
        db.close();
      }
    };
  } catch {
    if (spawnSync('sqlite3', ['--version']).status !== 0) return undefined;
    return (file, sql) => JSON.parse(execFileSync('sqlite3', ['-readonly', '-json', file, sql], { encoding: 'utf8' }) || '[]');
  }
}
const sqlite = await findSqlite();

/** The path that finds records. */
export function search(collection, query = {}) {
  const words = Object.entries(query).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  return `/records/${collection}?${new URLSearchParams(words)}`;
}

export function assertProblem(answer, status, pointer) {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.match(answer.headers['content-type'], /application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.ok(answer.json.title && answer.json.detail && answer.json.code, answer.text);
  if (pointer === undefined) return;
  const pointers = (answer.json.errors ?? []).map((error) => error.pointer);
  assert.ok(pointers.includes(pointer), `${JSON.stringify(pointers)} has ${pointer}`);
}

export class RecordRig {
  #folder;

  constructor({ binary, database }) {
    this.binary = binary;
    this.engine = database === 'postgres' ? 'postgres' : 'embedded';
  }

  async start() {
    this.#folder = mkdtempSync(join(tmpdir(), 'steward-records-'));
    const config = join(this.#folder, 'keys.yaml');
    const keys = tenants.map((tenant) => `    - {name: ${tenant}, tenant: ${tenant}, operator: true, sha256: ${hash(keyOf(tenant))}}`);
    writeFileSync(config, `gateway:\n  keys:\n${keys.join('\n')}\n`);
    const args = ['--config', config];
    if (this.engine === 'postgres') {
      this.database = new PostgresServer();
      await this.database.start();
      this.database.makeDatabase();
      args.push('--database', this.database.url);
    }
    this.server = new StewardProcess(this.binary, { args, dev: false });
    this.server.onExit = (how) => {
      this.crashed = how;
    };
    await this.server.start();
    this.clients = Object.fromEntries(tenants.map((tenant) => [tenant, new Client(this.server.url, { headers: bearer(tenant) })]));
  }

  async stop() {
    for (const client of Object.values(this.clients ?? {})) client.close();
    await this.server?.kill();
    this.server?.remove();
    await this.database?.kill('SIGQUIT');
    this.database?.remove();
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Nothing that a client sent ended the server. */
  assertAlive() {
    assert.equal(this.crashed, undefined, `the server ended: ${JSON.stringify(this.crashed)}\n${this.server.logTail(1500)}`);
  }

  /** One request. A body that is no text and no bytes becomes JSON. */
  ask(method, path, body, headers = {}, tenant = 'acme') {
    const sent = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const type = sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) };
    return this.clients[tenant].request(method, `/api/v1${path}`, { headers: { ...type, ...headers }, body: sent });
  }

  /** The same, of a request that has to be done. */
  async done(...words) {
    const answer = await this.ask(...words);
    assert.ok(answer.status < 300, `${words.slice(0, 2).join(' ').slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer;
  }

  /** Makes or changes a collection. */
  declare(name, body = {}, tenant = 'acme') {
    return this.done('PUT', `/collections/${name}`, body, {}, tenant);
  }

  put(collection, id, data) {
    return this.done('PUT', `/records/${collection}/${id}`, data);
  }

  async get(collection, id) {
    return (await this.done('GET', `/records/${collection}/${id}`)).json;
  }

  /** The ids that one page has. */
  async ids(collection, query) {
    const { json } = await this.done('GET', search(collection, { limit: 200, ...query }));
    return json.items.map((item) => item.id);
  }

  /** All pages of a search, as items. `between` is called after each page. */
  async pages(collection, query, between = async () => {}) {
    const items = [];
    for (let cursor; cursor !== null; ) {
      const { json } = await this.done('GET', search(collection, { ...query, ...(cursor ? { cursor } : {}) }));
      items.push(...json.items);
      cursor = json.next;
      await between();
    }
    return items;
  }

  /** What the feed told of a collection's records. */
  async eventsOf(collection, tenant = 'acme') {
    const events = await readFeed(this.server.url, 0, { headers: bearer(tenant) });
    return events.filter((event) => event.subject?.startsWith(`records/${collection}/`));
  }

  /** Why views can't be looked at here, or false. */
  get noSql() {
    return this.engine === 'embedded' && !sqlite ? 'there is no node:sqlite and no sqlite3' : false;
  }

  /** Rows of a query, in which `@` stands for what a view's name needs before it. */
  rows(sql) {
    if (this.engine === 'embedded') return sqlite(join(this.server.folder, 'data', 'steward.db'), sql.replaceAll('@', ''));
    return JSON.parse(this.database.sql(`SELECT coalesce(json_agg(x), '[]') FROM (${sql.replaceAll('@', 'steward.')}) x`, 'steward'));
  }
}
