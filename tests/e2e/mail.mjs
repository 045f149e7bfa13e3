// Messages by e-mail, against a mail server of others (npm: smtp-server), read by another of theirs
// (npm: mailparser).
//
//   npm ci --prefix tests/e2e && node tests/e2e/mail.mjs [--binary build/release/steward]
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { StewardProcess } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const password = 'a-password-that-nobody-may-see-0123';
const pack = {
  pack: 'shop',
  version: '1.0.0',
  settings: { zone: 'UTC', currency: 'EUR', language: 'de', title: 'Schönes für München' },
  governance: { quiet_hours: { from: '00:00', to: '00:00' } },
  collections: [{ name: 'customers', schema: { type: 'object' } }],
  templates: [{ name: 'hello', texts: { de: 'Grüße, {name}!\n.\nPreis: 5 € = fair\n..{name} {long}' } }],
};
const long = 'Überlänge '.repeat(60).trim();

let folder;
let server;
let api;
let mails; // those that were accepted
let recipients; // each RCPT, also refused ones
let refuse; // what the mail server does instead of accepting: {code, words, at: 'RCPT' | 'DATA'}
let plain; // on this machine, without TLS
let secured; // as mail.test:587, with a certificate of its own
let ports;

const failure = ({ code, words }) => Object.assign(new Error(words), { responseCode: code });

function mailServer(options) {
  return new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    onAuth({ username, password: given }, _, done) {
      if (username === 'salon' && given === password) return done(null, { user: username });
      done(failure({ code: 535, words: `${username} is not ${given}` }));
    },
    onRcptTo({ address }, _, done) {
      recipients.push(address);
      done(refuse?.at === 'RCPT' ? failure(refuse) : null);
    },
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        if (refuse?.at === 'DATA') return done(failure(refuse));
        mails.push({ ...mail, user: session.user, secure: session.secure, calls_itself: session.hostNameAppearsAs });
        done();
      }, done);
    },
    ...options,
  });
}

const listen = (it, port = 0) =>
  new Promise((resolve, reject) => {
    it.on('error', () => {}); // of a client that goes away
    it.server.once('error', reject);
    it.listen(port, '127.0.0.1', () => resolve(it.server.address().port));
  });
const close = (it) => new Promise((resolve) => it.close(resolve));

async function until(what, look, patience_ms = 30_000) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it did not come: ${what}\n${server.logTail()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(method, path, body) {
  const answer = await fetch(api + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const settings = (email) => ask('PUT', '/autonomous/governance', { settings: { email } });
const here = (more = {}) => settings({ server: `smtp://127.0.0.1:${ports.plain}`, from: 'Salön <hello@salon.example>', ...more });
const outreach = async (id) => (await ask('GET', `/autonomous/outreach/${id}`)).body;

async function write(name, email = `${name}@example.org`) {
  const id = name.replace('ö', 'oe');
  const kept = await ask('PUT', `/records/customers/${id}`, { name, ...(email ? { email } : {}) });
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  const made = await ask('POST', '/autonomous/outreach', {
    customer_id: id, outreach_type: 'offer', channel: 'email', template: 'hello', fields: { name, long },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.status, 'pending');
  return made.body.id;
}

const ended = (id, patience_ms) =>
  until('the message is sent or failed', async () => {
    const o = await outreach(id);
    return o.status !== 'pending' && o;
  }, patience_ms);

function credentials(user, word) {
  writeFileSync(join(folder, 'secrets/default/smtp_user'), user);
  writeFileSync(join(folder, 'secrets/default/smtp_password'), `${word}\n`);
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steward-mail-'));
  mkdirSync(join(folder, 'secrets/default'), { recursive: true });
  const [key, ca] = ['key.pem', 'ca.pem'].map((name) => join(folder, name));
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-keyout', key, '-out', ca, '-subj', '/CN=mail.test', '-addext', 'subjectAltName=DNS:mail.test',
  ], { stdio: 'ignore' });
  plain = mailServer({ hideSTARTTLS: true });
  secured = mailServer({ key: readFileSync(key), cert: readFileSync(ca) });
  ports = { plain: await listen(plain), secured: await listen(secured) };
  writeFileSync(join(folder, 'config.yaml'), [
    `secrets: { directory: ${join(folder, 'secrets')} }`,
    'http_client:',
    `  ca_bundle: ${ca}`,
    `  connect_to: ["mail.test:587=127.0.0.1:${ports.secured}", "other.test:587=127.0.0.1:${ports.secured}"]`,
    '',
  ].join('\n'));
  server = new StewardProcess(binary, { args: ['--config', join(folder, 'config.yaml')] });
  api = `${await server.start()}/api/v1`;
  assert.equal((await ask('PUT', '/packs/shop', pack)).status, 200);
});

beforeEach(async () => {
  [mails, recipients, refuse] = [[], [], undefined];
  assert.equal((await here()).status, 200);
});

after(async () => {
  await server?.kill?.();
  await Promise.all([plain, secured].filter(Boolean).map(close));
  server?.remove?.();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('a message arrives with its words', async () => {
  const sent = await ended(await write('jörg', 'joerg@example.org'));
  assert.equal(sent.status, 'sent', JSON.stringify(sent));
  assert.equal(mails.length, 1);
  const [mail] = mails;
  assert.equal(mail.subject, pack.settings.title);
  assert.deepEqual(mail.from.value, [{ address: 'hello@salon.example', name: 'Salön' }]);
  assert.equal(mail.to.text, 'joerg@example.org');
  assert.equal(mail.text.trimEnd(), `Grüße, jörg!\n.\nPreis: 5 € = fair\n..jörg ${long}`);
  assert.equal(mail.messageId, sent.delivery.message_id);
  assert.equal(mail.messageId, `<${sent.id}@salon.example>`);
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  assert.equal(mail.date.getTime(), Math.floor(Date.parse(sent.created_at) / 1000) * 1000);
  assert.equal(mail.calls_itself, 'salon.example');
  assert.equal(mail.user, undefined);
  assert.equal(sent.customer_email, 'joerg@example.org');
  const decision = (await ask('GET', `/autonomous/decisions/${sent.decision_id}`)).body;
  assert.equal(decision.outcome.status, 'pending'); // of the answer, not of the sending
});

test('the owner chooses the subject', async () => {
  await here({ subject: 'Für Sie: ein freier Termin' });
  await ended(await write('bert'));
  assert.equal(mails[0].subject, 'Für Sie: ein freier Termin');
});

test('an answer 4xx is tried again, an answer 5xx is not', async () => {
  refuse = { at: 'RCPT', code: 550, words: 'no such müser' };
  const failed = await ended(await write('emma'));
  assert.equal(failed.status, 'failed');
  assert.match(failed.delivery.error, /^the mail server answered 550 no such m.*ser$/);
  refuse = { at: 'DATA', code: 451, words: 'later' };
  const id = await write('carl');
  await until('it is tried', () => recipients.includes('carl@example.org'));
  assert.equal((await outreach(id)).status, 'pending');
  refuse = undefined;
  const sent = await ended(id); // ten seconds later
  assert.equal(sent.status, 'sent');
  assert.deepEqual(recipients, ['emma@example.org', 'carl@example.org', 'carl@example.org']);
  assert.equal(mails.length, 1);
});

test('user and password are shown to the server, and a wrong one fails without being told', async () => {
  credentials('salon', password);
  assert.equal((await ended(await write('dora'))).status, 'sent');
  assert.equal(mails[0].user, 'salon');
  const wrong = 'a-wrong-password-that-nobody-may-see';
  credentials('salon', wrong);
  const failed = await ended(await write('erik'));
  assert.equal(failed.status, 'failed');
  assert.match(failed.delivery.error, /^the mail server answered 535 /);
  const decision = (await ask('GET', `/autonomous/decisions/${failed.decision_id}`)).body;
  assert.equal(decision.outcome.status, 'failed');
  const log = readFileSync(server.logFile, 'utf8');
  assert.match(log, /outreach\.failed/);
  for (const word of [wrong, password])
    for (const text of [JSON.stringify([failed, decision]), log]) assert.ok(!text.includes(word));
  rmSync(join(folder, 'secrets/default/smtp_password'));
  assert.match((await ended(await write('fred'))).delivery.error, /smtp_user and smtp_password are not both there/);
  rmSync(join(folder, 'secrets/default/smtp_user'));
});

test('a customer without an address is not written to', async () => {
  assert.equal((await ended(await write('gerd', ''))).delivery.error, 'the customer has no e-mail address');
  const evil = await ended(await write('hans', 'hans@example.org\r\nBcc: eve@example.org'));
  assert.equal(evil.delivery.error, "the customer's e-mail address: this is no e-mail address");
  assert.deepEqual(recipients, []);
});

test('elsewhere nothing is said but under TLS, with a certificate that is trusted', async () => {
  credentials('salon', password);
  await settings({ server: 'smtp://mail.test:587', from: 'hello@salon.example' });
  assert.equal((await ended(await write('ida'))).status, 'sent');
  assert.equal(mails[0].secure, true);
  assert.equal(mails[0].user, 'salon');
  await settings({ server: 'smtp://mail.test:587', from: 'hello@salon.example', tls: 'never' });
  assert.match((await ended(await write('jana'))).delivery.error, /only for a server on this machine/);
  await settings({ server: 'smtp://other.test:587', from: 'hello@salon.example' });
  const id = await write('kurt');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.equal((await outreach(id)).status, 'pending');
  assert.deepEqual(recipients, ['ida@example.org']);
  for (const name of ['user', 'password']) rmSync(join(folder, `secrets/default/smtp_${name}`));
});

test('a mail server that hangs does not hold up the end', async () => {
  const silent = net.createServer();
  const { port } = await new Promise((resolve) => silent.listen(0, '127.0.0.1', () => resolve(silent.address())));
  const reached = once(silent, 'connection');
  await here({ server: `smtp://127.0.0.1:${port}` });
  await write('mona');
  const [socket] = await reached;
  const before = Date.now();
  assert.equal((await server.kill('SIGTERM')).code, 0);
  assert.ok(Date.now() - before < 5_000, `${Date.now() - before} ms`);
  socket.destroy();
  silent.close();
  await server.start();
});

test('a message waits while the mail server is down, also across a crash, and is sent once', async () => {
  await close(plain);
  const id = await write('lena');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal((await outreach(id)).status, 'pending');
  await server.kill();
  plain = mailServer({ hideSTARTTLS: true });
  await listen(plain, ports.plain);
  await server.start();
  const sent = await ended(id);
  assert.equal(sent.status, 'sent');
  assert.deepEqual(mails.filter((mail) => mail.to.text === 'lena@example.org').map((mail) => mail.messageId), [sent.delivery.message_id]);
});
