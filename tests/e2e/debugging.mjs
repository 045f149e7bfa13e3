// Debugging a run of the real server: look at it step by step, try an expression, let it go on.
//
//   node tests/e2e/debugging.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const server = new StewardProcess(resolve(binary));
let client, service, keys = [], broken = true;

before(async () => {
  service = http.createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.writeHead(broken ? 503 : 200, { 'content-type': 'application/json' });
    response.end('{"paid":true}');
  });
  await new Promise((done) => service.listen(0, '127.0.0.1', done));
  await server.start();
  client = new Client(server.url);
});
after(async () => {
  client?.close();
  await server.kill();
  server.remove();
  service.close();
});

const post = (path, body, headers = {}) =>
  client.request('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });

test('a run that failed is looked at, and goes on after a restart', async () => {
  const port = service.address().port;
  await client.deploy(`document: {dsl: '1.0.3', namespace: debug, name: order, version: '1.0.0'}
do:
  - price: {set: {total: '\${ .count * 3 }'}}
  - pay: {call: http, with: {method: post, endpoint: 'http://127.0.0.1:${port}/pay', body: '\${ . }'}}
`);
  const ended = await post('/api/v1/workflows/debug/order/runs', { count: 2 }, { prefer: 'wait=10' });
  assert.equal(ended.json.status, 'faulted', ended.text);
  const run = `/api/v1/runs/${ended.json.id}`;

  const page = (await client.request('GET', `${run}/events?limit=3`)).json;
  assert.equal(page.items.length, 3);
  const rest = (await client.request('GET', `${run}/events?cursor=${page.next}`)).json;
  assert.equal(rest.items[0].seq, 4);
  const paying = [...page.items, ...rest.items].find((item) => item.data?.name === 'pay');
  const moment = (await client.request('GET', `${run}/replay?step=${paying.seq}`)).json;
  assert.deepEqual(moment.tasks.map((task) => [task.name, task.input]), [['pay', { total: 6 }]]);
  assert.match(moment.outstanding[0].url, /\/pay$/);
  assert.equal((await client.request('GET', `${run}/replay?step=999`)).status, 400);

  await server.kill();
  await server.start();
  client.close();
  client = new Client(server.url);
  broken = false;
  const retried = await post(`${run}/retry`, {});
  assert.equal(retried.status, 200, retried.text);
  let now = retried.json;
  for (const until = Date.now() + 20_000; now.status !== 'completed' && Date.now() < until; )
    now = (await client.request('GET', run)).json;
  assert.deepEqual(now.output, { paid: true });
  assert.equal(now.error, null);
  assert.equal(new Set(keys).size, 1, 'the service is asked under one key');
  assert.equal((await post(`${run}/retry`, {})).status, 409);
});

test('expressions are tried out', async () => {
  const evaluate = (body) => post('/api/v1/expressions/evaluate', body);
  assert.deepEqual((await evaluate({ expression: '${ .a + $b }', data: { a: 1 }, variables: { b: 2 } })).json, {
    results: [3],
    truncated: false,
  });
  const wrong = await evaluate({ expression: '.a +' });
  assert.equal(wrong.status, 422);
  assert.equal(wrong.json.errors[0].line, 1);
  const from = Date.now();
  assert.equal((await evaluate({ expression: '[range(1e12)]' })).status, 422);
  assert.ok(Date.now() - from < 2_000, 'an endless program ends soon');
});
