// Calls that authenticate with OAuth 2.0 and OpenID Connect, against an authorization server of
// others (oidc-provider) and a service that asks it about each token.
//
//   npm ci --prefix tests/e2e && node tests/e2e/oauth.mjs [--binary build/release/steward]
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';
import { Client } from '../support/client.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const secret = 'a-secret-that-nobody-may-see-0123456789';
const wrongSecret = 'a-wrong-secret-that-nobody-may-see-01234';
const keyPair = (kind, options) => generateKeyPairSync(kind, options);
const rsa = keyPair('rsa', { modulusLength: 2048 });
const ec = keyPair('ec', { namedCurve: 'P-256' });
const pem = ({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' });

let provider;
let providerServer;
let service;
let server;
let client;
let issued; // tokens that the provider gave since the test began
let shown; // those that were shown to the service
let lifetime_s;

const listening = (handler) =>
  new Promise((resolve) => {
    const it = http.createServer(handler);
    it.listen(0, '127.0.0.1', () => resolve(it));
  });
const urlOf = (it) => `http://127.0.0.1:${it.address().port}`;

function clientOf(id, method, more = {}) {
  return {
    client_id: id,
    client_secret: secret,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    ...more,
  };
}

function makeProvider(issuer) {
  const it = new Provider(issuer, {
    clients: [
      clientOf('basic', 'client_secret_basic'),
      clientOf('post', 'client_secret_post'),
      clientOf('hmac', 'client_secret_jwt', { token_endpoint_auth_signing_alg: 'HS256' }),
      clientOf('rsa', 'private_key_jwt', { jwks: { keys: [rsa.publicKey.export({ format: 'jwk' })] } }),
      clientOf('ec', 'private_key_jwt', { jwks: { keys: [ec.publicKey.export({ format: 'jwk' })] } }),
    ],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    scopes: ['read', 'write'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    ttl: { ClientCredentials: () => lifetime_s },
  });
  it.on('client_credentials.saved', () => {
    issued += 1;
  });
  return it;
}

/** 200 for a token that the provider knows, else 401; /forget makes the provider forget it first. */
async function guarded(request, response) {
  const text = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  shown.push(text);
  const token = text && (await provider.ClientCredentials.find(text));
  const refused = !token || (request.url === '/forget' && shown.length === 1);
  if (refused) await token?.destroy();
  response.writeHead(refused ? 401 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(refused ? {} : { client: token.clientId, scope: token.scope ?? '', echo: text }));
}

before(async () => {
  providerServer = await listening((request, response) => provider.callback()(request, response));
  provider = makeProvider(urlOf(providerServer));
  service = await listening(guarded);
  server = new StewardProcess(binary);
  const secrets = join(server.folder, 'secrets');
  mkdirSync(join(secrets, 'default'), { recursive: true });
  const policy = { authority: urlOf(providerServer), grant: 'client_credentials', client: { id: 'basic', secret, authentication: 'client_secret_basic' } };
  writeFileSync(join(secrets, 'default', 'login'), JSON.stringify(policy));
  const settings = join(server.folder, 'settings.yaml');
  writeFileSync(settings, `secrets: { directory: '${secrets}' }\n`);
  server.args = ['--config', settings];
  await server.start();
  client = new Client(server.url);
});
after(async () => {
  client?.close();
  await server?.kill();
  server?.remove();
  providerServer?.close();
  service?.close();
});
beforeEach(() => {
  issued = 0;
  shown = [];
  lifetime_s = 600;
});

let last = 0;
const oidc = (members) => ({ oidc: { authority: urlOf(providerServer), grant: 'client_credentials', ...members } });
const call = (authentication, path = '/a') => ({
  call: 'http',
  with: { method: 'get', endpoint: { uri: urlOf(service) + path, authentication } },
});

/** The ended run of a workflow with these tasks. */
async function run(tasks, use) {
  last += 1;
  const name = `oauth${last}`;
  const definition = { document: { dsl: '1.0.3', namespace: 'e2e', name, version: '1.0.0' }, ...(use && { use }), do: tasks };
  const deployed = await client.request('POST', '/api/v1/workflows', { headers: { 'content-type': 'application/json' }, body: JSON.stringify(definition) });
  assert.equal(deployed.status, 201, deployed.text);
  const answer = await client.request('POST', `/api/v1/workflows/e2e/${name}/runs`, {
    headers: { 'content-type': 'application/json', prefer: 'wait=20' },
    body: '{}',
  });
  assert.ok(['completed', 'faulted'].includes(answer.json?.status), answer.text);
  return answer.json;
}

/** Every byte that the server wrote: its store and its log. */
function everythingWritten() {
  const data = join(server.folder, 'data');
  const files = readdirSync(data, { recursive: true }).map((name) => join(data, name));
  const texts = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'latin1'));
  return [...texts, readFileSync(server.logFile, 'latin1')].join('\n');
}

for (const [id, members] of [
  ['basic', { client: { id: 'basic', secret, authentication: 'client_secret_basic' } }],
  ['post', { client: { id: 'post', secret } }],
  ['hmac', { client: { id: 'hmac', secret, authentication: 'client_secret_jwt' } }],
  ['rsa', { client: { id: 'rsa', assertion: pem(rsa), authentication: 'private_key_jwt' } }],
  ['ec', { client: { id: 'ec', assertion: pem(ec), authentication: 'private_key_jwt' } }],
])
  test(`a client proves itself with ${members.client.authentication ?? 'client_secret_post'} (${id})`, async () => {
    const ended = await run([{ ask: call(oidc({ ...members, scopes: ['read', 'write'] })) }]);
    assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
    assert.equal(ended.output.client, id);
    assert.equal(ended.output.scope, 'read write');
    assert.equal(ended.output.echo, '***');
  });

test('oauth2 asks the token endpoint that the policy names', async () => {
  const policy = { authority: urlOf(providerServer), endpoints: { token: '/token' }, grant: 'client_credentials', client: { id: 'post', secret } };
  const ended = await run([{ ask: call({ oauth2: policy }) }]);
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
});

test('a token serves many calls at once', async () => {
  const policy = oidc({ client: { id: 'post', secret }, scopes: ['write'] });
  const branches = Array.from({ length: 20 }, (_, i) => ({ [`ask${i}`]: call(policy) }));
  const ended = await run([{ all: { fork: { branches } } }]);
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.equal(shown.length, 20);
  assert.equal(issued, 1);
});

test('a token that is about to end is renewed', async () => {
  lifetime_s = 2;
  const policy = oidc({ client: { id: 'basic', secret, authentication: 'client_secret_basic' }, scopes: ['read'] });
  const ended = await run([{ one: call(policy) }, { pause: { wait: { seconds: 3 } } }, { two: call(policy) }]);
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.equal(issued, 2);
  assert.equal(new Set(shown).size, 2);
});

test('a token that the service refuses is fetched anew, once', async () => {
  const ended = await run([{ ask: call(oidc({ client: { id: 'post', secret }, scopes: ['read'] }), '/forget') }]);
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.equal(issued, 2);
  assert.equal(new Set(shown).size, 2);
});

test('a wrong secret is an authentication error without the secret', async () => {
  const ended = await run([{ ask: call(oidc({ client: { id: 'post', secret: wrongSecret } })) }]);
  assert.equal(ended.status, 'faulted');
  assert.match(ended.error.type, /\/authentication$/);
  assert.equal(ended.error.status, 401);
  assert.match(ended.error.detail, /it answered 401, invalid_client/);
  assert.ok(!JSON.stringify(ended.error).includes(wrongSecret));
  assert.equal(shown.length, 0);
});

test('a policy in a secret leaves no trace of it, nor of the token', async () => {
  const ended = await run([{ ask: call({ oidc: { use: 'login' } }) }], { secrets: ['login'] });
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  const text = everythingWritten();
  assert.ok(text.includes('oauth'), 'the search sees what is stored');
  assert.ok(!text.includes(shown[0]), 'the token was written');
  const inDefinitions = text.replaceAll(/"secret":"[^"]*"/g, ''); // other tests have it inline
  assert.ok(!inDefinitions.includes(secret), 'the secret was written');
});
