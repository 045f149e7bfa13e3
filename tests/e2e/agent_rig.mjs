// What the tests of agents stand on: a server, and how to ask it about its agents.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Client, sleep } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { readFeed } from '../support/sse.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { shopPack } from './agent_pack.mjs';
import { search } from './record_rig.mjs';

export { assertProblem, search } from './record_rig.mjs';

const minute_ms = 60_000;

/** A body that stands at a time as the API writes it. */
export const instant = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

export class AgentRig {
  /** "postgres": a private PostgreSQL in place of the embedded store, for all that come. */
  static database = '';
  #folder;

  /** `clock`: where a clock begins that only `pass` moves; with `tenants`, each has a key and the clock is the real one. */
  constructor(binary, { clock = '', tenants = [], operators = tenants } = {}) {
    this.binary = binary;
    this.onPostgres = AgentRig.database === 'postgres';
    this.clock = clock;
    this.tenants = tenants;
    this.operators = operators;
  }

  async start(more = []) {
    this.#folder = mkdtempSync(join(tmpdir(), 'steward-agents-'));
    const args = [...more];
    if (this.clock) args.push('--clock', `manual:${this.clock}`);
    if (this.tenants.length > 0) args.push('--config', await this.#keys());
    if (this.onPostgres) {
      this.database = new PostgresServer();
      await this.database.start();
      this.database.makeDatabase();
      args.push('--database', this.database.url);
    }
    this.now_ms = this.clock ? Date.parse(this.clock) : undefined;
    this.server = new StewardProcess(this.binary, { args, dev: this.tenants.length === 0 });
    this.server.onExit = (how) => {
      this.crashed = how;
    };
    await this.up();
  }

  /** Starts the server, and waits until it can answer. */
  async up() {
    await this.server.start();
    this.client ??= new Client(this.server.url);
    await this.until(async () => (await this.client.request('GET', '/readyz')).status === 200, 'the server to be ready');
  }

  /** One key for each tenant, as `steward key` makes them. */
  async #keys() {
    this.keys = {};
    const lines = [];
    for (const tenant of this.tenants) {
      const made = await runCommand(this.binary, ['key', '--name', tenant, '--tenant', tenant]);
      assert.equal(made.code, 0, made.err);
      this.keys[tenant] = made.out.trim();
      const line = /- \{.*\}/.exec(made.out + made.err)[0];
      lines.push(`    ${this.operators.includes(tenant) ? line : line.replace('operator: true', 'operator: false')}`);
    }
    const file = join(this.#folder, 'keys.yaml');
    writeFileSync(file, `gateway:\n  keys:\n${lines.join('\n')}\n`);
    return file;
  }

  async stop() {
    this.client?.close();
    await this.server?.kill();
    this.server?.remove();
    await this.database?.kill('SIGQUIT');
    this.database?.remove();
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends the server in order or at once, and starts it again on the same data. */
  async restart(signal = 'SIGTERM') {
    await this.server.kill(signal);
    this.crashed = undefined;
    await this.up();
    if (this.clock) await this.get('/autonomous/governance'); // once its gate is back, the clock can be moved
  }

  assertAlive() {
    assert.equal(this.crashed, undefined, `the server ended: ${JSON.stringify(this.crashed)}\n${this.server.logTail(1500)}`);
  }

  // --- asking -----------------------------------------------------------------------------------

  /** One request. A body that is no text becomes JSON. */
  ask(method, path, body, headers = {}, tenant = undefined) {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type = sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) };
    const who = tenant ? { authorization: `Bearer ${this.keys[tenant]}` } : {};
    return this.client.request(method, `/api/v1${path}`, { headers: { ...type, ...who, ...headers }, body: sent });
  }

  /** The same, of a request that has to be done: its answer's document. */
  async done(...words) {
    const answer = await this.ask(...words);
    assert.ok(answer.status < 300, `${words.slice(0, 2).join(' ').slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.json;
  }

  get(path) {
    return this.done('GET', path);
  }

  /** All pages of a list. */
  async all(path) {
    const items = [];
    for (let cursor; cursor !== null; ) {
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }

  async only(path) {
    const items = await this.all(path);
    assert.equal(items.length, 1, `${path} has ${items.length}: ${JSON.stringify(items).slice(0, 500)}`);
    return items[0];
  }

  // --- the shop ---------------------------------------------------------------------------------

  /** Limits are those of the rules and of each agent as well. */
  async install(governance = {}, tenant = undefined) {
    const installed = await this.done('PUT', '/packs/shop', shopPack(governance), {}, tenant);
    const { hourly_actions, daily_actions } = governance.limits ?? {};
    const limits = { ...(hourly_actions && { max_hourly_actions: hourly_actions }), ...(daily_actions && { max_daily_actions: daily_actions }) };
    for (const agent of installed.agents) await this.done('PUT', `/autonomous/agents/${agent}/config`, limits, {}, tenant);
    return installed;
  }

  rules(change) {
    return this.done('PUT', '/autonomous/governance', change);
  }

  customer(id, more = {}) {
    return this.done('PUT', `/records/customers/${id}`, { name: `Name of ${id}`, phone: '+49123', ...more });
  }

  /** An order that is late: what the agent `reminder` looks for. */
  order(id, customer, type = 'reminder', more = {}) {
    return this.done('POST', '/actions/order', { id, state: 'late', type, customer, ...more });
  }

  /** What somebody outside proposes: a message to a customer. */
  propose(customer, { type = 'reminder', act, ...more } = {}) {
    return this.ask('POST', '/autonomous/decisions', {
      agent_name: 'reminder', decision_type: type, summary: `Write to ${customer}`, context: { customer_id: customer },
      revenue_impact: { potential: 10 },
      act: act ?? { outreach: { outreach_type: 'reminder', template: 'hello', fields: { order: 'o' } } }, ...more,
    });
  }

  async proposed(...words) {
    const answer = await this.propose(...words);
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  answer(approval, action, more = {}) {
    return this.ask('POST', `/autonomous/approvals/${approval}/action`, { action, responded_by: 'sarah', ...more });
  }

  async approvalOf(decision) {
    const { approval } = await this.get(`/autonomous/decisions/${decision.id}`);
    return this.get(`/autonomous/approvals/${approval.approval_id}`);
  }

  messagesOf(decision) {
    return this.all('/autonomous/outreach').then((items) => items.filter((item) => item.decision_id === decision.id));
  }

  // --- time -------------------------------------------------------------------------------------

  /** Moves the clock; answers once everything due by then is done. */
  async pass(minutes) {
    await this.moveTo(this.now_ms + minutes * minute_ms);
  }

  async moveTo(time) {
    this.now_ms = typeof time === 'string' ? Date.parse(time) : time;
    await this.done('PUT', '/internal/clock', { now: instant(this.now_ms) });
  }

  /** Lets an agent look now, and waits until it has. */
  async look(task = 'remind', agent = 'reminder') {
    const version = async () => (await this.only(search('agent_states', { filter: { agent_name: agent } }))).version;
    const before = await version();
    const answer = await this.ask('POST', '/internal/tasks/execute', { task_type: task });
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.json.agent_name, agent);
    await this.until(async () => (await version()) > before, `${agent} to look`);
  }

  /** Asks again and again, with a bound. */
  async until(holds, what, patience_ms = 10_000) {
    for (const deadline = Date.now() + patience_ms; ; await sleep(20)) {
      const held = await holds();
      if (held) return held;
      assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    }
  }

  // --- what is told and kept --------------------------------------------------------------------

  async events(after = 0) {
    return readFeed(this.server.url, after);
  }

  /** Ends the server, and has its audit log judged without it. */
  async verifyAudit() {
    await this.server.kill('SIGTERM');
    this.crashed = undefined;
    return this.verifyAuditAgain();
  }

  verifyAuditAgain() {
    const where = this.onPostgres ? ['--database', this.database.url] : ['--data', join(this.server.folder, 'data')];
    return runCommand(this.binary, ['audit', 'verify', ...where]);
  }

  /** What a statement gives to who goes past the server. */
  sql(statement) {
    if (this.onPostgres) return this.database.sql(statement, 'steward').trim();
    return execFileSync('sqlite3', [join(this.server.folder, 'data', 'steward.db'), statement], { encoding: 'utf8' }).trim();
  }

  /** Why nobody can do that here, or false. */
  get noSql() {
    return !this.onPostgres && spawnSync('sqlite3', ['--version']).status !== 0 ? 'there is no sqlite3' : false;
  }
}
