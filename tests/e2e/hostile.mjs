// Bad input against a running server: each is answered as it should be, and afterwards the server is
// healthy and has not grown.
//
//   node tests/e2e/hostile.mjs [--binary build/release/steward]
import test, { after, afterEach, before } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { Client, sleep } from '../support/client.mjs';
import { openFeed, readFeed } from '../support/sse.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';
import { between, seeded } from '../support/random.mjs';

const { binary, seed } = readArguments(process.argv.slice(2), { binary: 'build/release/steward', seed: 1 });
const memory_limit = 600e6; // far above what the server needs, far below what running away takes

let server;
let client;
let crashed;
before(async () => {
  server = new StewardProcess(binary);
  server.onExit = (how) => {
    crashed = how;
  };
  await server.start();
  client = new Client(server.url);
});
after(async () => {
  client?.close();
  await server?.kill();
  server?.remove();
});
afterEach(async () => {
  assert.equal(crashed, undefined, `the server ended: ${JSON.stringify(crashed)}\n${server.logTail(1500)}`);
  const health = await client.request('GET', '/healthz', { timeout_ms: 5000 });
  assert.equal(health.status, 200);
  assert.ok(server.memory() < memory_limit, `the server holds ${server.memory()} bytes`);
});

const definition = (name, tasks) =>
  `document:\n  dsl: '1.0.3'\n  namespace: hostile\n  name: ${name}\n  version: '1.0.0'\ndo:\n${tasks}`;
const deploy = (body, type = 'application/yaml') =>
  client.request('POST', '/api/v1/workflows', { headers: { 'content-type': type }, body });
const start = (name, body, prefer = 'wait=10') =>
  client.request('POST', `/api/v1/workflows/hostile/${name}/runs`, {
    headers: { 'content-type': 'application/json', prefer },
    body,
  });

function assertProblem(answer, status) {
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.match(answer.headers['content-type'], /application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.ok(answer.json.title);
}

/** Sends bytes over a connection of its own; answers what came until it was closed, and whether it was. */
function raw(bytes, { patience_ms = 5000, end = false } = {}) {
  return new Promise((resolve) => {
    const { port } = new URL(server.url);
    const socket = net.connect(Number(port), '127.0.0.1');
    let text = '';
    const finish = (closed) => {
      socket.destroy();
      resolve({ text, closed });
    };
    const timer = setTimeout(() => finish(false), patience_ms);
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      finish(true);
    });
    socket.on('connect', () => (end ? socket.end(bytes) : socket.write(bytes)));
  });
}

test('broken YAML is told with line and column', async () => {
  const answer = await deploy('document:\n  dsl: [1.0\n  name: x\n');
  assertProblem(answer, 422);
  assert.ok(answer.json.errors.length > 0);
  for (const error of answer.json.errors) assert.ok(error.line > 0 && error.column > 0, JSON.stringify(error));
});

test('unknown tasks and wrong types are told all at once', async () => {
  const answer = await deploy(definition('wrong', '  - a:\n      sett: {}\n  - b:\n      wait: 7\n  - c:\n      for: []\n'));
  assertProblem(answer, 422);
  const pointers = answer.json.errors.map((error) => error.pointer).join(' ');
  for (const place of ['/do/0', '/do/1', '/do/2']) assert.ok(pointers.includes(place), pointers);
});

test('documents of other shapes are refused', async () => {
  for (const body of ['7', '[]', '"text"', 'null', '{}', '---\n---\n', 'a: &a [*a]', 'on: off', '\u0000', '!!binary x', '%YAML 3.0\n'])
    assertProblem(await deploy(body), 422);
  assertProblem(await deploy(''), 400);
});

test('entities that multiply are refused', async () => {
  let yaml = 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n';
  for (let i = 1; i < 12; i += 1) yaml += `a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`)}]\n`;
  assertProblem(await deploy(yaml), 422);
});

test('nesting without end is refused', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  assertProblem(await deploy(deep), 422);
  assertProblem(await deploy(deep, 'application/json'), 422);
  assertProblem(await deploy('{"a":'.repeat(50_000), 'application/json'), 422);
  assertProblem(await deploy(Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')), 422);
  assert.ok((await deploy(definition('plain', '  - a:\n      set:\n        x: 1\n'))).status < 300);
  assertProblem(await start('plain', deep), 400);
  assertProblem(await start('plain', '{"a":'.repeat(50_000)), 400);
});

test('run inputs that are not JSON are refused', async () => {
  for (const body of ['{', '{"a":1,}', "{'a':1}", 'NaN', '1 2', '01'])
    assertProblem(await start('plain', body), 400);
  assertProblem(await start('plain', Buffer.from([0x22, 0xff, 0xfe, 0x22])), 400);
});

test('a byte order mark before an input is ignored and not kept', async () => {
  const answer = await start('plain', '\ufeff{"a":1}');
  assert.ok(answer.status < 300);
  assert.ok(answer.text.includes('"input":{"a":1}'));
});

test('definitions that are not UTF-8 are refused', async () => {
  const answer = await deploy(Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]));
  assert.ok([400, 422].includes(answer.status), answer.text);
});

test('bodies past the bound are refused before they are read', async () => {
  const announced = await raw('POST /api/v1/workflows HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\nContent-Length: 10000000\r\n\r\n');
  assert.match(announced.text, /^HTTP\/1\.1 413 /);
  const chunk = `186a0\r\n${'x'.repeat(100_000)}\r\n`;
  const chunked = await raw(`POST /api/v1/workflows HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(100)}`);
  assert.match(chunked.text, /^HTTP\/1\.1 413 /);
});

test('an endless expression faults its run and holds nobody else up', async () => {
  const loops = { until: '[limit(100000000000; repeat(1))] | length', recurse: 'def f: f; f', range: '[range(1e12)] | length', text: '"x" * 1000000000 | length' };
  for (const [name, expression] of Object.entries(loops)) {
    const body = definition(`endless-${name}`, `  - a:\n      set:\n        x: '\${ ${expression} }'\n`);
    const deployed = await deploy(body);
    assert.ok(deployed.status < 300, `${name}: ${deployed.text}`);
    const from = Date.now();
    const run = start(`endless-${name}`, '{}');
    let slowest = 0;
    let ended = false;
    run.finally(() => (ended = true));
    while (!ended) {
      const asked = Date.now();
      await client.request('GET', '/healthz');
      slowest = Math.max(slowest, Date.now() - asked);
      await sleep(20);
    }
    const answer = await run;
    const took = Date.now() - from;
    assert.ok(answer.status < 300, `${name}: ${answer.text}`);
    assert.equal(answer.json.status, 'faulted', `${name} after ${took} ms: ${answer.text.slice(0, 300)}`);
    assert.match(answer.json.error.type, /expression/, name);
    assert.ok(took < 5000, `${name} took ${took} ms`);
    assert.ok(slowest < 1000, `${name}: another request waited ${slowest} ms`);
    console.log(`# ${name}: faulted after ${took} ms; others waited ${slowest} ms at most`);
  }
});

test('one tenant with many endless expressions leaves the server responsive', async () => {
  const runs = Array.from({ length: 20 }, () => start('endless-range', '{}', 'wait=30'));
  let slowest = 0;
  let ended = false;
  const all = Promise.all(runs).finally(() => (ended = true));
  while (!ended) {
    const asked = Date.now();
    await client.request('GET', '/healthz');
    slowest = Math.max(slowest, Date.now() - asked);
    await sleep(20);
  }
  for (const answer of await all) assert.ok(answer.status === 429 || answer.json.status === 'faulted', answer.text.slice(0, 300));
  assert.ok(slowest < 1500, `another request waited ${slowest} ms`);
  console.log(`# 20 at once: others waited ${slowest} ms at most`);
});

test('a loop of jumps without end faults', async () => {
  assert.ok((await deploy(definition('jumps', '  - a:\n      set:\n        x: 1\n      then: b\n  - b:\n      set:\n        x: 2\n      then: a\n'))).status < 300);
  const { json } = await start('jumps', '{}', 'wait=1');
  const deadline = Date.now() + 60_000;
  let run = json;
  while (run.status !== 'faulted' && Date.now() < deadline) {
    const asked = Date.now();
    run = (await client.request('GET', `/api/v1/runs/${json.id}`)).json;
    assert.ok(Date.now() - asked < 2000);
    await sleep(200);
  }
  assert.equal(run.status, 'faulted');
});

test('values that grow without end fault', async () => {
  const tasks = "  - a:\n      set: '${ {x: (.x // \"y\" | . + .)} }'\n      then: a\n";
  assert.ok((await deploy(definition('grows', tasks))).status < 300);
  const { json } = await start('grows', '{}', 'wait=20');
  assert.equal(json.status, 'faulted', JSON.stringify(json).slice(0, 300));
});

test('half a request and then silence is closed or answered with 408', async () => {
  const halves = ['GET /heal', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ', 'POST /api/v1/workflows HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'];
  const ends = await Promise.all(halves.map((half) => raw(half, { patience_ms: 40_000 })));
  for (const { text, closed } of ends) {
    assert.ok(closed, 'the connection was left open');
    assert.ok(text === '' || text.startsWith('HTTP/1.1 408 '), text);
  }
});

test('many silent connections do not keep others out', async () => {
  const { port } = new URL(server.url);
  const sockets = Array.from({ length: 500 }, () => net.connect(Number(port), '127.0.0.1').on('error', () => {}));
  for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost:');
  await sleep(300);
  const asked = Date.now();
  assert.equal((await client.request('GET', '/healthz')).status, 200);
  assert.ok(Date.now() - asked < 1000);
  for (const socket of sockets) socket.destroy();
});

test('random bytes are not answered with success and do no harm', async () => {
  const random = seeded(seed);
  for (let round = 0; round < 60; round += 1) {
    const bytes = Buffer.from(Array.from({ length: between(random, 1, 3000) }, () => between(random, 0, 255)));
    const { text } = await raw(bytes, { end: true, patience_ms: 3000 });
    assert.ok(text === '' || /^HTTP\/1\.1 (4|5)\d\d /.test(text), text.slice(0, 100));
  }
  for (const bytes of [
    'GET / HTTP/9.9\r\n\r\n', 'GET http://[/ HTTP/1.1\r\n\r\n', '\r\n\r\n\r\n', 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, `GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
    'POST /api/v1/workflows HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
    'POST /api/v1/workflows HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/v1/workflows HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ]) {
    const { text } = await raw(Buffer.from(bytes, 'latin1'), { end: true, patience_ms: 3000 });
    assert.ok(text === '' || /^HTTP\/1\.1 (4|5)\d\d /.test(text), `${JSON.stringify(bytes.slice(0, 60))}: ${text.slice(0, 100)}`);
  }
});

test('wrong methods and unknown paths are told apart', async () => {
  const wrong = await client.request('DELETE', '/api/v1/runs');
  assertProblem(wrong, 405);
  assert.match(wrong.headers.allow, /GET/);
  assertProblem(await client.request('GET', '/api/v1/nothing'), 404);
  assertProblem(await client.request('GET', '/api/v1/runs/not-an-id'), 400);
  assertProblem(await client.request('GET', '/api/v1/runs/01980000-0000-7000-8000-000000000000'), 404);
  assertProblem(await client.request('POST', '/api/v1/workflows/hostile/nowhere/runs', { body: '{}' }), 404);
  assertProblem(await client.request('GET', '/api/v1/runs?limit=0'), 400);
  assertProblem(await client.request('GET', '/api/v1/runs?cursor=%00'), 400);
  for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd'])
    assert.doesNotMatch((await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).text, /root:/);
});

test('a page elsewhere cannot act through a browser on this machine', async () => {
  const form = await client.request('POST', '/api/v1/workflows', {
    body: 'x=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://elsewhere.example' },
  });
  assertProblem(form, 403);
});

test('a reader of the feed that stops reading is dropped and resumes without a gap', async () => {
  assert.ok((await deploy(definition('noisy', '  - a:\n      set:\n        x: 1\n'))).status < 300);
  const newest = Number((await readFeed(server.url, 0)).at(-1).sequence);
  const seen = [];
  let dropped = false;
  const feed = openFeed(server.url, {
    after: newest,
    onEvent: (event, { event: kind }) => {
      if (kind === 'dropped') dropped = true;
      else if (event.sequence !== undefined) seen.push(Number(event.sequence));
    },
  });
  await sleep(500);
  feed.pause();
  // Far more than sockets and the reader's queue hold.
  for (let burst = 0; burst < 60; burst += 1)
    await Promise.all(Array.from({ length: 200 }, () => start('noisy', '{}', 'respond-async')));
  assert.ok(server.memory() < memory_limit);
  feed.resume();
  const how = await Promise.race([feed.ended, sleep(10_000)]);
  assert.ok(how !== undefined, 'the reader that lagged was not dropped');
  const last = seen.at(-1) ?? newest;
  const missed = await readFeed(server.url, last);
  seen.forEach((sequence, i) => assert.equal(sequence, newest + 1 + i));
  let expected = last + 1;
  for (const event of missed) {
    assert.equal(Number(event.sequence), expected);
    expected += 1;
  }
  // Whether its last words still reach it depends on what the socket held when it was dropped.
  assert.ok(missed.length > 0, 'the reader missed nothing: it was not slow enough for this test');
  console.log(`# ended: ${how}, told: ${dropped}; it saw ${seen.length} events, then resumed with ${missed.length}`);
});

test('the largest page of runs leads on to the next', async () => {
  const page = await client.request('GET', '/api/v1/runs?limit=200');
  assert.equal(page.json.items.length, 200);
  assert.ok(page.json.next, 'there are thousands of runs, and the first page names no next one');
});

test('a reader of the feed may ask for nonsense', async () => {
  for (const query of ['after=x', 'after=-1', 'run=nobody', 'after=99999999999999999999999'])
    assertProblem(await client.request('GET', `/api/v1/feed?${query}`, { headers: { accept: 'text/event-stream' } }), 400);
  const future = openFeed(server.url, { after: 999_999_999, onEvent: () => {} });
  await sleep(200);
  future.close();
  await future.ended.catch(() => {});
});
