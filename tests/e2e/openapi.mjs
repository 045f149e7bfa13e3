// The OpenAPI document of a running server: whole in itself, and about what the server really does.
//
//   node tests/e2e/openapi.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const server = new StewardProcess(binary);
let client;
let document;
before(async () => {
  await server.start();
  client = new Client(server.url);
  document = (await client.request('GET', '/openapi.json')).json;
});
after(async () => {
  client.close();
  await server.kill();
  server.remove();
});

/** What owners, agents of others and dashboards call. */
const wanted = `
  POST GET /autonomous/decisions
  GET /autonomous/decisions/stats/daily
  GET PATCH /autonomous/decisions/{}
  GET /autonomous/agents
  GET PATCH /autonomous/agents/{}
  PUT /autonomous/agents/{}/config
  POST /autonomous/agents/{}/reset-circuit-breaker
  GET /autonomous/approvals
  GET /autonomous/approvals/pending
  GET /autonomous/approvals/stats/summary
  GET /autonomous/approvals/{}
  POST /autonomous/approvals/{}/action
  GET /autonomous/gaps
  GET /autonomous/gaps/open
  GET /autonomous/gaps/high-priority
  GET /autonomous/gaps/stats/daily
  GET /autonomous/gaps/{}
  POST GET /autonomous/outreach
  GET /autonomous/outreach/stats/summary
  GET PATCH /autonomous/outreach/{}
  GET /autonomous/analytics/dashboard
  GET /autonomous/analytics/revenue-impact
  GET PUT /autonomous/governance
  GET /autonomous/alerts
  GET /autonomous/alerts/{}
  GET /packs
  GET PUT /packs/{}
  POST /actions/{}
  POST /internal/tasks/execute
  POST /internal/tasks/send-notification
  POST /internal/tasks/analytics
  POST /internal/tasks/cleanup
  GET PUT /internal/agents
  PUT /internal/clock`;

const methods = ['get', 'put', 'post', 'patch', 'delete'];
const operations = () => Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));
const resolved = (node) => (node.$ref ? node.$ref.slice(2).split('/').reduce((at, word) => at?.[word], document) : node);
function* objects(node, place = '#') {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node)) yield [place, node];
  for (const [name, item] of Object.entries(node)) yield* objects(item, `${place}/${name}`);
}

test('every call that agents, packs and actions have is in it', () => {
  const there = operations().map(({ path, method }) => `${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, '{}')}`);
  for (const line of wanted.trim().split('\n')) {
    const words = line.trim().split(' ');
    const path = words.pop();
    for (const method of words) assert.ok(there.includes(`${method} /api/v1${path}`), `${method} ${path}`);
  }
  const agents = there.filter((each) => /\/api\/v1\/(autonomous|packs|actions)/.test(each));
  assert.equal(agents.length, wanted.trim().split('\n').flatMap((line) => line.trim().split(' ').slice(0, -1)).length - 7, 'and no other');
});

test('each operation has an id of its own, its parameters, and answers that are described', () => {
  assert.equal(document.openapi, '3.1.0');
  const ids = operations().map((each) => each.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, method, operationId, summary, tags, parameters = [], requestBody, responses } of operations()) {
    assert.ok(summary && !summary.endsWith('.') && tags.length === 1, operationId);
    const named = parameters.map(resolved);
    const inPath = named.filter((each) => each.in === 'path').map((each) => each.name).sort();
    assert.deepEqual(inPath, [...path.matchAll(/\{([^}]*)\}/g)].map((found) => found[1]).sort(), operationId);
    assert.equal(new Set(named.map((each) => `${each.in} ${each.name}`)).size, named.length, operationId);
    for (const each of named) assert.ok(each.schema && each.description && (each.in !== 'path' || each.required), `${operationId} ${each.name}`);
    if (method === 'get' || method === 'delete') assert.equal(requestBody, undefined, operationId);
    if (requestBody) for (const body of Object.values(resolved(requestBody).content)) assert.ok(body.schema, operationId);
    const answers = Object.entries(responses);
    assert.ok(answers.some(([status]) => status < 300) && answers.some(([status]) => status >= 400), operationId);
    for (const [status, answer] of answers) {
      assert.match(status, /^[1-5]\d\d$/);
      assert.ok(resolved(answer).description, `${operationId} ${status}`);
      if (status >= 400) assert.ok(resolved(answer).content['application/problem+json'], `${operationId} ${status}`);
    }
  }
});

test('nothing refers to what is not there, and no schema is beside the point', () => {
  for (const [place, node] of objects(document)) {
    if (typeof node.$ref === 'string') assert.ok(resolved(node), `${place}: ${node.$ref}`);
    if (Array.isArray(node.required) && node.properties) for (const name of node.required) assert.ok(name in node.properties, `${place} requires ${name}`);
    if (node.type === 'array') assert.ok(node.items, `${place} has no items`);
    if (node.enum) assert.equal(new Set(node.enum).size, node.enum.length, place);
  }
  const text = JSON.stringify(document);
  for (const [kind, all] of Object.entries(document.components))
    for (const name of Object.keys(all)) if (kind !== 'securitySchemes') assert.ok(text.includes(`"#/components/${kind}/${name}"`), `${kind}/${name} is used by nothing`);
  assert.ok(document.info.license?.name, 'info names the licence');
});

test('all that is in it is answered, and no other method on the same paths', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    if (path === '/api/v1/feed') continue; // does not end
    const target = path.replace(/\{[^}]*\}/g, 'none');
    for (const method of methods) {
      const { status, text } = await client.request(method.toUpperCase(), target, { headers: { 'content-length': '0' } });
      if (item[method]) assert.ok(status !== 405 && status < 500 && !/no such path/.test(text), `${method} ${path}: ${status} ${text}`);
      else assert.ok([400, 404, 405].includes(status) || (path.includes(':') && status < 500), `${method} ${path}: ${status}`);
    }
  }
});

test('bodies that agents may be sent are described as they are judged', async () => {
  const schemaOf = (path, method) => resolved(document.paths[`/api/v1${path}`][method].requestBody.content['application/json'].schema);
  for (const [path, method] of [['/autonomous/decisions', 'post'], ['/autonomous/outreach', 'post'], ['/autonomous/approvals/{approval}/action', 'post'],
    ['/autonomous/agents/{agent}/config', 'put'], ['/autonomous/agents/{agent}', 'patch'], ['/autonomous/decisions/{decision}', 'patch'], ['/autonomous/outreach/{outreach}', 'patch'], ['/autonomous/governance', 'put']])
    assert.ok(Object.keys(schemaOf(path, method).properties ?? {}).length > 0, `${method} ${path}`);
  assert.equal((await client.request('PUT', '/api/v1/packs/salon', { headers: { 'content-length': '0' } })).status, 200);
  const rules = (await client.request('GET', '/api/v1/autonomous/governance')).json;
  const described = Object.keys(schemaOf('/autonomous/governance', 'put').properties);
  assert.deepEqual(Object.keys(rules).filter((name) => !described.includes(name)), []);
  for (const [list, path] of [['agents', '/autonomous/agents/{agent}']]) {
    const [item] = (await client.request('GET', `/api/v1/autonomous/${list}`)).json.items;
    const schema = resolved(document.paths[`/api/v1${path}`].get.responses[200].content['application/json'].schema);
    assert.deepEqual(Object.keys(schema.properties).filter((name) => !(name in item)), [], list);
  }
});
