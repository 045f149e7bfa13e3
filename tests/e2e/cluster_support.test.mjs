// What the cluster's chaos test stands on: certificates that nodes know each other by, and a service that counts.
import test from 'node:test';
import assert from 'node:assert/strict';
import tls from 'node:tls';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, makeNodeCertificate } from '../support/cluster_certificates.mjs';
import { startCountingService } from '../support/counting_service.mjs';
import { seeded } from '../support/random.mjs';
import { chaosWorkflow, stepsOf } from './cluster_workflow.mjs';

const read = ({ certificate, key, authority }) => ({ cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(authority) });

/** What the server says of who came, and the client of whom it came to. */
async function meet(serving, asking) {
  const server = tls.createServer({ ...read(serving), requestCert: true, rejectUnauthorized: false }, (socket) => {
    socket.end(socket.authorized ? `welcome ${socket.getPeerCertificate().subject.CN}` : `refused: ${socket.authorizationError}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const client = tls.connect({ port: server.address().port, host: '127.0.0.1', servername: '', ...read(asking) });
    const said = await once(client, 'data').then(([bytes]) => String(bytes), (error) => error.message);
    client.destroy();
    return said;
  } finally {
    server.close();
  }
}

test('nodes of one authority know each other, and no others', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-certificates-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const authority = makeAuthority(folder);
  const one = makeNodeCertificate(authority, 'one', '127.0.0.1');
  const two = makeNodeCertificate(authority, 'two', '127.0.0.2');
  assert.equal(await meet(one, two), 'welcome two');
  assert.match(await meet(two, one), /127\.0\.0\.1 is not in the cert's list/);
  const stranger = makeNodeCertificate(makeAuthority(folder, 'other'), 'stranger', '127.0.0.1');
  assert.match(await meet(one, { ...stranger, authority: one.authority }), /refused: /);
  assert.match(await meet(stranger, one), /unable to|self-signed|unknown/i);
});

test('a key is counted once, and worth the same whenever it comes', async (t) => {
  const service = await startCountingService({ random: seeded(1), delay_ms: 1 });
  t.after(() => service.close());
  const count = async (step, key) => {
    const answer = await fetch(`${service.url}/count`, { method: 'POST', headers: { 'idempotency-key': key }, body: JSON.stringify({ step }) });
    return (await answer.json()).amount;
  };
  const amount = await count('1/first', 'a');
  assert.equal(await count('1/first', 'a'), amount);
  assert.notEqual(await count('1/first', 'b'), amount);
  assert.deepEqual([...service.ledger.steps.get('1/first').values()].map(({ deliveries }) => deliveries), [2, 1]);
  assert.equal(service.ledger.deliveries, 3);
});

test('the workflow names each step that is expected of it', () => {
  const text = chaosWorkflow('http://service.example');
  for (const step of stepsOf({ number: 7, laps: 2 })) assert.ok(text.includes(`/${step.split('/')[1].replace(/\d+$/, '')}`), step);
  assert.equal(stepsOf({ number: 7, laps: 2 }).length, 4);
});
