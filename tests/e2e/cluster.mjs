// Members of a cluster that must be refused, and that must not: names, secrets, certificates, versions, a database
// that was put back; and what a cluster says of itself. On loopback; cluster_chaos.mjs has the network.
//
//   node tests/e2e/cluster.mjs [--binary build/release/steward]
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { Client, sleep } from '../support/client.mjs';
import { makeAuthority, makeNodeCertificate } from '../support/cluster_certificates.mjs';
import { ClusterPeer, fields } from '../support/cluster_peer.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const shardOf = (tenant) => createHash('sha256').update(tenant).digest()[0];
const definition = JSON.stringify({
  document: { dsl: '1.0.3', namespace: 'shop', name: 'greet', version: '1.0.0' },
  do: [{ greet: { set: { greeting: '${ "hello " + .name }' } } }],
});
const json = { 'content-type': 'application/json' };
const lease_ms = 1500;

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function until(condition, what, patience_ms = 20_000) {
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await sleep(50)) {
    const found = await condition();
    if (found) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}

class Rig {
  database = new PostgresServer();
  members = [];
  folder = mkdtempSync(join(tmpdir(), 'steward-cluster-'));

  async start() {
    await this.database.start();
    this.database.makeDatabase();
  }

  async stop() {
    await this.database.kill('SIGQUIT');
    this.database.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async dismiss() {
    for (const member of this.members.splice(0)) {
      await member.kill();
      member.remove();
    }
    // The next test need not wait for their leases to be over.
    if (this.database.sql("SELECT to_regclass('steward.nodes') IS NOT NULL", 'steward').includes('t'))
      this.database.sql('UPDATE steward.writers SET closed = true; UPDATE steward.shards SET node = NULL; UPDATE steward.nodes SET state = 2', 'steward');
  }

  /** A server that joins, in dev mode; `settings` go under `cluster`. */
  async member(node, { name = 'shop', settings = {}, advertise } = {}) {
    const server = new StewardProcess(binary);
    server.node = node;
    server.advertised = advertise ?? `127.0.0.1:${await freePort()}`;
    const config = join(server.folder, 'steward.yaml');
    const lines = Object.entries({ lease_ms, ...settings }).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
    writeFileSync(config, `cluster:\n${lines.join('')}`);
    server.args = ['--config', config, '--database', this.database.url, '--cluster', name, '--advertise', server.advertised, '--node', node];
    this.members.push(server);
    await server.start();
    server.client = new Client(server.url);
    return server;
  }

  /** What a server that must not start says. */
  refusal(...words) {
    const { status, stderr } = spawnSync(binary, ['serve', '--dev', '--listen', '127.0.0.1:0', ...words], { encoding: 'utf8', timeout: 30_000 });
    assert.equal(status, 2, stderr);
    return stderr;
  }

  cluster(member) {
    return member.client.request('GET', '/api/v1/cluster').then((a) => a.json);
  }

  /** All have links to each other and their share of the shards. */
  settled(...members) {
    return until(async () => {
      const seen = await Promise.all(members.map((m) => this.cluster(m)));
      const share = Math.floor(256 / members.length);
      return seen.every((view) => view?.nodes?.filter((n) => n.connected && n.shards >= share).length === members.length) && seen[0];
    }, 'the cluster to be settled');
  }

  /** The member that has the tenant of dev mode. */
  async owner() {
    const view = await this.cluster(this.members[0]);
    const id = view.shards[shardOf('default')].node;
    const name = view.nodes.find((n) => n.id === id)?.name;
    return this.members.find((m) => m.node === name);
  }
}

const greet = (member, name, options = {}) =>
  member.client.request('POST', '/api/v1/workflows/shop/greet/runs', {
    headers: { ...json, prefer: 'wait=5', ...options.headers }, body: JSON.stringify({ name }),
  });

const rig = new Rig();
before(() => rig.start());
after(() => rig.stop());
afterEach(() => rig.dismiss());

process.setMaxListeners(50); // one for each server

describe('options that do not fit together', () => {
  test('are refused with what is missing', () => {
    const url = ['--database', rig.database.url];
    assert.match(rig.refusal('--cluster', 'shop'), /needs a database/);
    assert.match(rig.refusal(...url, '--cluster', 'shop'), /needs --advertise HOST:PORT/);
    assert.match(rig.refusal(...url, '--cluster', 'shop', '--advertise', 'nonsense'), /is not HOST:PORT/);
    assert.match(rig.refusal(...url, '--cluster', 'shop', '--advertise', '10.0.0.1:7070'), /without TLS on loopback addresses only/);
    assert.match(rig.refusal(...url, '--advertise', '127.0.0.1:7070'), /name it by --cluster/);
    const config = join(rig.folder, 'half.yaml');
    writeFileSync(config, 'cluster:\n  certificate: a.pem\n');
    assert.match(rig.refusal(...url, '--cluster', 'shop', '--advertise', '127.0.0.1:7070', '--config', config), /belong together/);
  });
});

describe('three servers', () => {
  test('are one: each answers for all, and tells who has what', async () => {
    const members = [await rig.member('n1'), await rig.member('n2'), await rig.member('n3')];
    const view = await rig.settled(...members);
    assert.equal(view.name, 'shop');
    assert.equal(view.incident, null);
    assert.deepEqual(view.nodes.map((n) => n.shards).sort(), [85, 85, 86]);
    assert.equal(view.shards.length, 256);
    assert.equal((await members[0].client.insist('POST', '/api/v1/workflows', { headers: json, body: definition })).status, 201);
    for (const member of members) {
      const run = await greet(member, member.node);
      assert.equal(run.status, 200);
      assert.deepEqual(run.json.output, { greeting: `hello ${member.node}` });
      for (const other of members) assert.equal((await other.client.request('GET', `/api/v1/runs/${run.json.id}`)).status, 200);
    }
    // The same key through any of them is the same run.
    const keyed = await Promise.all(members.map((m) => greet(m, 'x', { headers: { 'idempotency-key': 'one' } })));
    assert.equal(new Set(keyed.map((a) => a.json.id)).size, 1);
    const trees = (await members[1].client.request('GET', '/api/v1/cluster/tree')).json;
    assert.deepEqual(trees.items.map((i) => [i.name, i.answer.name, i.problem]).sort(), [['n1', 'root', null], ['n2', 'root', null], ['n3', 'root', null]]);
    const metrics = (await members[2].client.request('GET', '/api/v1/cluster/metrics')).text;
    const shards = [...metrics.matchAll(/^steward_cluster_shards\{node="n\d"\} (\d+)$/gm)].map((m) => Number(m[1]));
    assert.equal(shards.reduce((a, b) => a + b), 256);
  });

  test('hand over in time when one is told to end', async () => {
    const members = [await rig.member('n1'), await rig.member('n2')];
    await rig.settled(...members);
    await members[0].client.insist('POST', '/api/v1/workflows', { headers: json, body: definition });
    const owner = await rig.owner();
    const other = members.find((m) => m !== owner);
    let refused = 0;
    let stop = false;
    const asking = (async () => {
      while (!stop) if ((await greet(other, 'x')).status !== 200) refused += 1;
    })();
    const ended = await owner.kill('SIGTERM');
    assert.equal(ended.code, 0);
    await until(async () => (await rig.cluster(other)).nodes.length === 1, 'the other to be alone');
    stop = true;
    await asking;
    // Each waits for a moment at most; what had reached the tenant just before it ended is to be repeated.
    assert.ok(refused <= 2, `${refused} refused`);
    assert.equal((await rig.cluster(other)).nodes[0].shards, 256);
  });

  test('pause all agents in one call, wherever it is made', async () => {
    const members = [await rig.member('n1'), await rig.member('n2')];
    await rig.settled(...members);
    for (const [member, paused] of [[members[0], true], [members[1], false]]) {
      const said = await member.client.insist('PUT', '/api/v1/internal/agents', { headers: json, body: JSON.stringify({ paused }) });
      assert.equal(said.json.paused, paused);
      for (const each of members)
        await until(async () => (await each.client.request('GET', '/api/v1/internal/agents')).json.paused === paused, `${each.node} to know`);
    }
  });

  test('show the steps of a run that is elsewhere', async () => {
    const members = [await rig.member('n1'), await rig.member('n2')];
    await rig.settled(...members);
    const slow = { document: { dsl: '1.0.3', namespace: 'shop', name: 'slow', version: '1.0.0' },
      do: [{ nap: { wait: { seconds: 3 } } }, { greet: { set: { done: true } } }] };
    await members[0].client.insist('POST', '/api/v1/workflows', { headers: json, body: JSON.stringify(slow) });
    const owner = await rig.owner();
    const other = members.find((m) => m !== owner);
    const { id } = (await other.client.request('POST', '/api/v1/workflows/shop/slow/runs', { headers: json, body: '{}' })).json;
    const response = await fetch(`${other.url}/api/v1/feed?run=${id}&after=0`, { headers: { accept: 'text/event-stream' } });
    let text = '';
    for await (const chunk of response.body) {
      text += Buffer.from(chunk);
      if (text.includes('workflow.completed')) break;
    }
    const sequences = [...text.matchAll(/^id: (\d+)$/gm)].map((m) => Number(m[1]));
    assert.deepEqual(sequences, sequences.map((_, i) => i + 1));
    assert.match(text, /"subject":"runs\/[^"]*"[^\n]*greet/); // a step, which has no number
  });
});

describe('who must not come in', () => {
  test('another server of the same name, while the first lives', async () => {
    const first = await rig.member('n1');
    const config = join(rig.folder, 'lease.yaml');
    writeFileSync(config, `cluster:\n  lease_ms: ${lease_ms}\n`);
    const words = ['--database', rig.database.url, '--cluster', 'shop', '--config', config, '--node', 'n1'];
    assert.match(rig.refusal(...words, '--advertise', '127.0.0.1:1'), new RegExp(`has a server 'n1' at ${first.advertised}`));
    assert.match(rig.refusal('--database', rig.database.url, '--cluster', 'elsewhere', '--advertise', '127.0.0.1:1'), /belongs to the cluster 'shop'/);
    assert.match(rig.refusal('--database', rig.database.url), /another steward/);
    // Its own next life need not wait.
    await first.kill();
    const again = await rig.member('n1', { advertise: first.advertised });
    assert.equal((await until(() => rig.cluster(again), 'the cluster')).nodes.length, 1);
  });

  test('one with another secret: no request goes to it, and none hangs', async () => {
    const members = [await rig.member('n1', { settings: { secret: 'right' } }), await rig.member('n2', { settings: { secret: 'wrong' } })];
    await until(() => members.some((m) => m.logTail().includes("does not know the cluster's secret")), 'the line in the log');
    const owner = await until(() => rig.owner(), 'an owner');
    const other = members.find((m) => m !== owner);
    const from = performance.now();
    const answer = await greet(other, 'x');
    assert.equal(answer.status, 503);
    assert.ok(answer.headers['retry-after']);
    assert.ok(performance.now() - from < 2_500);
    assert.equal((await rig.cluster(other)).nodes.filter((n) => n.connected).length, 1);
  });

  test('one with a certificate of another authority', async () => {
    const mine = makeAuthority(rig.folder, 'mine');
    const other = makeAuthority(rig.folder, 'other');
    const good = makeNodeCertificate(mine, 'good', '127.0.0.1');
    const bad = { ...makeNodeCertificate(other, 'bad', '127.0.0.1'), authority: mine.certificate };
    const members = [await rig.member('n1', { settings: good }), await rig.member('n2', { settings: good }), await rig.member('n3', { settings: bad })];
    await until(() => members.some((m) => /refused_link.*TLS/.test(m.logTail())), 'the line in the log');
    const view = await until(async () => {
      const seen = await rig.cluster(members[0]);
      return seen.nodes.find((n) => n.name === 'n2').connected && seen;
    }, 'the link between those with good certificates');
    assert.equal(view.nodes.find((n) => n.name === 'n3').connected, false);
  });
});

describe('a peer of another version', () => {
  test('is understood as far as it can be, and answered where not', async () => {
    const member = await rig.member('n1');
    await until(async () => (await rig.cluster(member)).nodes[0]?.shards === 256, 'all shards');
    await member.client.insist('POST', '/api/v1/workflows', { headers: json, body: definition });
    // It has a row, as if it had joined, and keeps its lease.
    const node = 4711;
    const peer = new ClusterPeer({ cluster: 'shop', node, protocol: 9, extra: ['a field of the next version'] });
    const port = await peer.listen();
    rig.database.sql(
      `INSERT INTO steward.nodes (id, name, address, version, state, expires) VALUES (${node}, 'next', '127.0.0.1:${port}', '9.0.0', 1, now() + interval '1 hour')`, 'steward');
    try {
      await until(() => peer.isOpen, 'the link');
      const epoch = (await rig.cluster(member)).shards[shardOf('default')].epoch;
      const start = fields('default', 'shop', 'greet', '', '{"name":"peer"}', '', 5000, 'a field of the next version');
      peer.request({ id: 1, name: 'start_run', tenant: 'default', epoch, body: start, more: ['and another'] });
      const run = await peer.answer(1);
      assert.deepEqual(JSON.parse(run.json).output, { greeting: 'hello peer' });

      peer.request({ id: 2, name: 'of_the_next_version', tenant: 'default', epoch, body: fields('x') });
      assert.match((await peer.answer(2)).detail, /does not know the message 'of_the_next_version'/);

      // What was said to an earlier owner is not done, and its author told who it is now.
      peer.request({ id: 3, name: 'start_run', tenant: 'default', epoch: epoch - 1, body: start });
      const moved = await peer.answer(3);
      assert.equal(moved.moved, true);
      assert.equal(moved.epoch, epoch);

      peer.request({ id: 3, name: 'start_run', tenant: 'default', epoch, body: start }); // again
      assert.equal(await peer.answer(3, 500), undefined);
      peer.request({ id: 4, name: 'start_run', tenant: 'default', epoch, body: Buffer.from([0x7f]) });
      assert.match((await peer.answer(4)).detail, /can't be read/);
      peer.send('z', fields('a kind of the next version'));
      peer.request({ id: 5, name: 'start_run', tenant: 'default', epoch, body: start });
      assert.equal((await peer.answer(5)).kind, 0);
    } finally {
      peer.close();
      rig.database.sql(`UPDATE steward.nodes SET state = 2 WHERE id = ${node}`, 'steward');
    }
  });
});

describe('a database that was put back', () => {
  test('stops all servers until all have been started again', async () => {
    let members = [await rig.member('n1'), await rig.member('n2')];
    await rig.settled(...members);
    await members[0].client.insist('POST', '/api/v1/workflows', { headers: json, body: definition });
    const data = join(rig.database.folder, 'data');
    const copy = join(rig.database.folder, 'copy');
    await rig.database.kill('SIGQUIT');
    cpSync(data, copy, { recursive: true, preserveTimestamps: true });
    const ownership = spawnSync('chown', ['-R', '--reference', data, copy]);
    assert.equal(ownership.status, 0);
    await rig.database.start();
    await until(async () => (await greet(members[0], 'lost')).status === 200, 'a run that will be lost');
    await rig.database.kill('SIGQUIT');
    rmSync(data, { recursive: true });
    cpSync(copy, data, { recursive: true, preserveTimestamps: true });
    spawnSync('chown', ['-R', '--reference', copy, data]);
    spawnSync('chmod', ['700', data]);
    await rig.database.start();
    for (const member of members) {
      await until(() => member.logTail(20_000).includes('cluster.stopped'), `${member.node} to tell the operator`);
      const answer = await greet(member, 'x');
      assert.equal(answer.status, 503);
    }
    const seen = await rig.cluster(members[1]);
    assert.match(seen.incident, /lacks commits that it had confirmed/);
    const addresses = members.map((m) => m.advertised);
    assert.match(
      rig.refusal('--database', rig.database.url, '--cluster', 'shop', '--advertise', '127.0.0.1:1'), /the cluster has stopped/);
    for (const member of members) await member.kill();
    // The first is let in when the leases of all are over.
    const first = await until(() => rig.member('n1', { advertise: addresses[0] }).catch(() => rig.members.pop() && undefined), 'the first');
    members = [first, await rig.member('n2', { advertise: addresses[1] })];
    await rig.settled(...members);
    await until(async () => (await greet(members[1], 'again')).status === 200, 'a run');
  });
});
