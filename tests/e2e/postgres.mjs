// The server on PostgreSQL as its operator meets it: TLS that is asked for is had or refused, a
// database that is away is told by /readyz, a password is shown to nobody.
//
//   node tests/e2e/postgres.mjs [--binary build/release/steward]
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { Client, sleep } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const program = resolve(binary);
const password = 'correct-horse-battery';

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** A certificate for localhost that only itself vouches for. */
function makeCertificate(folder, name) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-days', '2', '-keyout', key, '-out', certificate, '-subj', '/CN=localhost', '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'ignore' });
  return { path: certificate, certificate: readFileSync(certificate), key: readFileSync(key) };
}

async function until(what, holds) {
  for (const deadline = Date.now() + 60_000; !(await holds()); await sleep(20))
    if (Date.now() > deadline) throw new Error(`it never came to be: ${what}`);
}

test('TLS to the database is had as it was asked for, or refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const [own, foreign] = [makeCertificate(folder, 'own'), makeCertificate(folder, 'foreign')];
  const database = new PostgresServer({ listen: { port, ...own } });
  t.after(async () => {
    await database.kill('SIGQUIT');
    database.remove();
  });
  await database.start();
  database.makeDatabase();
  const url = (host, ca) =>
    `postgresql://steward:${password}@${host}:${port}/steward?sslmode=verify-full&sslrootcert=${ca.path}`;

  const server = new StewardProcess(program, { args: ['--database', url('localhost', own)] });
  t.after(async () => {
    await server.kill();
    server.remove();
  });
  await server.start();
  assert.equal((await new Client(server.url).request('GET', '/readyz')).status, 200);
  const encrypted = `SELECT count(*) > 0 AND bool_and(s.ssl) FROM pg_stat_ssl s
    JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'steward'`;
  assert.equal(database.sql(encrypted), 't', 'every connection is encrypted');
  await server.kill('SIGTERM');
  assert.ok(!readFileSync(server.logFile, 'utf8').includes(password), 'no password in the log');

  const { code, out, err } = await runCommand(program, ['serve', '--dev', '--listen', '127.0.0.1:0', '--database',
    url('localhost', foreign)]);
  assert.ok(code > 0, 'a server that the certificate does not vouch for is refused');
  assert.match(err, /certificate/);
  assert.ok(!`${out}${err}`.includes(password), 'no password in the message');
});

test('a database that is away is told by /readyz, and the server stays', async (t) => {
  const database = new PostgresServer();
  await database.start();
  database.makeDatabase();
  const server = new StewardProcess(program, { args: ['--database', database.url] });
  t.after(async () => {
    await server.kill();
    server.remove();
    await database.kill('SIGQUIT');
    database.remove();
  });
  await server.start();
  const client = new Client(server.url);
  const readiness = () => client.request('GET', '/readyz');
  assert.equal((await readiness()).status, 200);
  await database.kill('SIGQUIT');
  const away = await readiness();
  assert.equal(away.status, 503);
  assert.ok(away.headers['retry-after'] > 0);
  assert.equal((await client.request('GET', '/healthz')).status, 200);
  await database.start();
  await until('ready again', async () => (await readiness()).status === 200);
});
