// How far one run may go: each of these works, or meets a documented limit with a clear error, and
// afterwards the server has given its memory back.
//
//   node tests/e2e/limits.mjs [--binary build/release/steward]
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { Client, sleep } from '../support/client.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });

let server;
let client;
let service;
let most_at_once = 0;
before(async () => {
  let open = 0;
  service = http.createServer((request, response) => {
    most_at_once = Math.max(most_at_once, ++open);
    setTimeout(() => {
      open -= 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url.slice(1)));
    }, 20);
  });
  await new Promise((resolve) => service.listen(0, '127.0.0.1', resolve));
  server = new StewardProcess(binary);
  await server.start();
  client = new Client(server.url);
});
after(async () => {
  client?.close();
  service?.close();
  await server?.kill();
  server?.remove();
});

async function run(name, tasks, input = {}, seconds = 60) {
  const text = `document: {dsl: '1.0.3', namespace: limits, name: ${name}, version: '1.0.0'}\ndo:\n${tasks}`;
  const deployed = await client.request('POST', '/api/v1/workflows', {
    headers: { 'content-type': 'application/yaml' },
    body: text,
  });
  assert.equal(deployed.status, 201, deployed.text);
  const started = await client.request('POST', `/api/v1/workflows/limits/${name}/runs`, {
    headers: { 'content-type': 'application/json', prefer: `wait=${seconds}` },
    body: JSON.stringify(input),
    timeout_ms: (seconds + 10) * 1000,
  });
  assert.equal(started.status, 200, started.text.slice(0, 500));
  return started.json;
}

/** Waits until the server holds no more than this; the last reading if it never does. */
async function memoryFallsTo(bytes, patience_ms = 20_000) {
  const until = Date.now() + patience_ms;
  while (server.memory() > bytes && Date.now() < until) await sleep(200);
  return server.memory();
}

test('a fork of 1,000 branches that call', async () => {
  const url = `http://127.0.0.1:${service.address().port}`;
  const branches = Array.from(
    { length: 1000 },
    (_, i) => `      - b${i}: {call: http, with: {method: get, endpoint: '${url}/${i}'}}`,
  );
  const ended = await run('fork', `- all:\n    fork:\n      branches:\n${branches.join('\n')}\n`);
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.deepEqual(ended.output, Array.from({ length: 1000 }, (_, i) => String(i)));
  assert.ok(most_at_once > 8, `only ${most_at_once} calls were under way at once`);
});

test('a loop of 100,000 iterations', async () => {
  const ended = await run(
    'loop',
    `- count: {for: {in: '[range(100000)]', each: n}, do: [{add: {set: '\${ {sum: (.sum + $n)} }'}}]}\n`,
    { sum: 0 },
  );
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.equal(ended.output.sum, 4_999_950_000);
});

test('a loop without end meets the limit of steps', async () => {
  const ended = await run('endless', `- again: {set: {x: 1}, then: again}\n`);
  assert.equal(ended.status, 'faulted');
  assert.match(ended.error.detail, /steps/);
});

test('100 nested levels, and a clear problem far beyond', async () => {
  const nested = (levels) => {
    let tasks = `[{leaf: {set: '\${ . + {deep: true} }'}}]`;
    for (let i = 1; i < levels; ++i) tasks = `[{level: {do: ${tasks}}}]`;
    return tasks.slice(1, -1);
  };
  const ended = await run('deep', `- ${nested(100)}\n`);
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.deepEqual(ended.output, { deep: true });
  const refused = await client.request('POST', '/api/v1/workflows', {
    headers: { 'content-type': 'application/yaml' },
    body: `document: {dsl: '1.0.3', namespace: limits, name: too-deep, version: '1.0.0'}\ndo:\n- ${nested(2000)}\n`,
  });
  assert.equal(refused.status, 422, refused.text.slice(0, 300));
  assert.match(refused.text, /nest|deep|level/i);
});

test('a context of 10 MB works and is freed; past the limit a clear error', async () => {
  const before_bytes = await memoryFallsTo(0, 100);
  const grow = (mebibytes) => `- grow:
    set: '\${ {text: ("x" * ${mebibytes * 1024 * 1024})} }'
    output: {as: '.text | length'}
    export: {as: '$context + {text: ("x" * ${mebibytes * 1024 * 1024})}'}
- use: {set: '\${ $context.text | length }'}
`;
  const ended = await run('context', grow(10));
  assert.equal(ended.status, 'completed', JSON.stringify(ended.error));
  assert.equal(ended.output, 10 * 1024 * 1024);
  const refused = await run('too-much', grow(20));
  assert.equal(refused.status, 'faulted');
  assert.match(refused.error.detail, /bytes/);
  const left = await memoryFallsTo(before_bytes + 60e6);
  assert.ok(left <= before_bytes + 60e6, `${before_bytes} bytes before, ${left} after`);
});
