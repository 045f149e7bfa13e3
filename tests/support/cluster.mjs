// Several servers on one PostgreSQL that are one Steward, with a key for each of many tenants.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sleep } from './client.mjs';
import { makeAuthority, makeNodeCertificate } from './cluster_certificates.mjs';
import { ClusterNode } from './cluster_node.mjs';

const hash = (text) => createHash('sha256').update(text).digest('hex');
export const keyOf = (tenant) => `the test's key of ${tenant}`;
export const bearer = (tenant) => ({ authorization: `Bearer ${keyOf(tenant)}` });
const ports = { http: 18080, nodes: 18081 };

export class Cluster {
  /**
   * `network`: of network_namespaces.mjs; `database`: URL; `secured`: the nodes speak TLS among themselves;
   * `random` chooses nodes where any will do.
   */
  constructor({ binary, nodes, network, database, tenants, lease_ms, random, secured = true }) {
    Object.assign(this, { tenants, random, network });
    this.folder = mkdtempSync(join(tmpdir(), 'steward-cluster-'));
    chmodSync(this.folder, 0o700); // keys are in it
    const authority = secured ? makeAuthority(this.folder) : undefined;
    this.nodes = Array.from({ length: nodes }, (_, i) => {
      const number = i + 1;
      const name = `n${number}`;
      const address = network.address(number);
      const files = authority ? makeNodeCertificate(authority, name, address) : {};
      const config = this.#writeConfig(name, { lease_ms, ...files });
      const words = [resolve(binary), 'serve', '--config', config, '--database', database, '--cluster', 'chaos',
        '--advertise', `${address}:${ports.nodes}`, '--node', name, '--listen', `${address}:${ports.http}`];
      return new ClusterNode({
        number, name, url: `http://${address}:${ports.http}`, command: network.command(number, words),
        logFile: join(this.folder, `${name}.log`),
      });
    });
  }

  #writeConfig(name, cluster) {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const file = join(folder, 'steward.yaml');
    const keys = this.tenants.map((tenant) => `    - {name: ${tenant}, tenant: ${tenant}, operator: true, sha256: ${hash(keyOf(tenant))}}`);
    const settings = Object.entries({ ...cluster, secret: 'known to the nodes of this test alone' })
      .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
    writeFileSync(file, `cluster:\n${settings.join('\n')}\ngateway:\n  keys:\n${keys.join('\n')}\n`, { mode: 0o600 });
    return file;
  }

  async start() {
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  /** A node that can answer, whichever; undefined if none can. */
  anyNode(but) {
    const living = this.nodes.filter((node) => node.answers);
    const others = living.filter((node) => node !== but);
    const from = others.length > 0 ? others : living;
    return from[Math.floor(this.random() * from.length)];
  }

  /**
   * One request of a tenant, through one node after the other until it is answered with something other than
   * 429 or 5xx. `onAttempt(node, {sent, ended, answer, error})` hears of each.
   */
  async insist(tenant, method, path, options = {}, { patience_ms = 180_000, onAttempt = () => {} } = {}) {
    const deadline = Date.now() + patience_ms;
    const asked = { timeout_ms: 15_000, ...options, headers: { ...bearer(tenant), ...options.headers } };
    let node;
    let why = 'no node is there';
    for (;;) {
      node = this.anyNode(node);
      if (node) {
        const sent = performance.now();
        try {
          const answer = await node.client.request(method, path, asked);
          onAttempt(node, { sent, ended: performance.now(), answer });
          if (answer.status !== 429 && answer.status < 500) return answer;
          why = `${node.name}: status ${answer.status}: ${answer.text.slice(0, 300)}`;
        } catch (error) {
          onAttempt(node, { sent, ended: performance.now(), error });
          why = `${node.name}: ${error.code ?? error.message}`;
        }
      }
      if (Date.now() > deadline) throw new Error(`${method} ${path} of ${tenant} was not answered: ${why}`);
      await sleep(100 + this.random() * 300);
    }
  }

  /** All pages of a tenant's list. */
  async all(tenant, path) {
    const items = [];
    let cursor;
    do {
      const page = `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const answer = await this.insist(tenant, 'GET', page);
      if (answer.status !== 200) throw new Error(`GET ${page} was answered with ${answer.status}: ${answer.text}`);
      items.push(...answer.json.items);
      cursor = answer.json.next;
    } while (cursor);
    return items;
  }

  /** What this node says of the cluster; undefined if it says nothing now. */
  async status(node = this.anyNode()) {
    const answer = await node?.client
      .request('GET', '/api/v1/cluster', { headers: bearer(this.tenants[0]), timeout_ms: 5000 })
      .catch(() => undefined);
    return answer?.status === 200 ? answer.json : undefined;
  }

  /** Asks this node to hand its shards over; answers the status. */
  async drain(node) {
    const answer = await node.client
      .request('POST', '/api/v1/cluster/drain', { headers: bearer(this.tenants[0]), timeout_ms: 15_000 })
      .catch((error) => ({ status: error.code ?? error.message, text: '' }));
    return answer.status;
  }

  async stop() {
    await Promise.all(this.nodes.map((node) => node.kill()));
    for (const node of this.nodes) node.client.close();
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
