// The parts that the end-to-end tests are made of.
import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { startService } from '../support/http_service.mjs';
import { Client, atMost } from '../support/client.mjs';
import { FeedFollower, SseParser, feedOpened, readFeed } from '../support/sse.mjs';
import { addressIn } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';
import { between, seeded } from '../support/random.mjs';

async function withService(work) {
  const service = await startService();
  const client = new Client(service.url);
  try {
    await work(client, service);
  } finally {
    client.close();
    await service.close();
  }
}

test('the service gives pets, statuses and echoes', () =>
  withService(async (client) => {
    assert.deepEqual((await client.request('GET', '/pet/3')).json, { id: 3, name: 'Pet 3', status: 'available' });
    assert.equal((await client.request('GET', '/status/418')).status, 418);
    const put = await client.request('PUT', '/pet/4', { body: '{"name":"Rex"}' });
    assert.deepEqual(put.json, { name: 'Rex', id: 4 });
    const echo = (await client.request('POST', '/echo?a=1', { body: '{"b":2}' })).json;
    assert.deepEqual([echo.method, echo.query, echo.body], ['POST', { a: '1' }, { b: 2 }]);
    await assert.rejects(client.request('GET', '/reset'));
    assert.equal((await client.request('GET', '/nothing')).status, 404);
  }));

test('the flaky endpoint fails so often for each key', () =>
  withService(async (client) => {
    const status = async (key) => (await client.request('POST', '/flaky/x?fail=2', { headers: { 'idempotency-key': key } })).status;
    assert.deepEqual([await status('a'), await status('a'), await status('b'), await status('a')], [503, 503, 503, 200]);
  }));

test('the ledger counts deliveries and keys of each step', () =>
  withService(async (client) => {
    const deliver = (key, path, body) => client.request('POST', path, { headers: { 'idempotency-key': key }, body });
    await deliver('k1', '/echo', '{"step":"one"}');
    await deliver('k1', '/echo', '{"step":"one"}');
    await deliver('k2', '/echo?step=two');
    await deliver('k3', '/echo?step=two');
    const { steps, requests } = (await client.request('GET', '/ledger')).json;
    assert.deepEqual([steps.one.keys, steps.one.deliveries], [['k1'], 2]);
    assert.deepEqual([steps.two.keys, steps.two.deliveries], [['k2', 'k3'], 2]);
    assert.equal(requests, 4);
    await client.request('DELETE', '/ledger');
    assert.deepEqual((await client.request('GET', '/ledger')).json.steps, {});
  }));

test('thousands of requests side by side are all counted', () =>
  withService(async (client, service) => {
    await atMost(50, Array.from({ length: 3000 }), () => client.request('GET', '/pet/1?step=all'));
    assert.equal(service.ledger.toJSON().steps.all.deliveries, 3000);
  }));

test('insisting goes on past refusals, errors and 503', () =>
  withService(async (client) => {
    const answer = await client.insist('POST', '/flaky/y?fail=3', { headers: { 'idempotency-key': 'k' } });
    assert.equal(answer.status, 200);
    assert.equal(client.retried, 3);
    const nobody = new Client('http://127.0.0.1:1');
    await assert.rejects(nobody.insist('GET', '/', {}, 200), /ECONNREFUSED/);
  }));

test('at most so many work at once, and all get done', async () => {
  let now = 0;
  let most = 0;
  const done = [];
  await atMost(3, [1, 2, 3, 4, 5, 6, 7], async (n) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    done.push(n);
  });
  assert.deepEqual([most, done.sort()], [3, [1, 2, 3, 4, 5, 6, 7]]);
});

test('an event stream is read whatever its pieces are', () => {
  const text = ': hello\n\nid: 1\ndata: {"a":1}\n\nevent: dropped\ndata: x\ndata: y\n\nid: 2\r\ndata: z\r\n\r\nid: 3\n\n';
  const expected = [
    { event: 'message', id: '1', data: '{"a":1}' },
    { event: 'dropped', id: undefined, data: 'x\ny' },
    { event: 'message', id: '2', data: 'z' },
  ];
  for (const size of [1, 2, 3, 7, text.length]) {
    const parser = new SseParser();
    const events = [];
    for (let i = 0; i < text.length; i += size) events.push(...parser.push(text.slice(i, i + size)));
    assert.deepEqual(events, expected, `pieces of ${size}`);
  }
});

/** A feed of `newest` events that breaks off after each `piece` of them. */
async function withFeed(newest, piece, work) {
  const server = http.createServer((request, response) => {
    let sequence = Number(new URL(request.url, 'http://x').searchParams.get('after') ?? newest);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify({ type: feedOpened, data: { oldest: 1, newest } })}\n\n`);
    for (let i = 0; i < piece && sequence < newest; i += 1) {
      sequence += 1;
      response.write(`id: ${sequence}\ndata: ${JSON.stringify({ type: 't', sequence: String(sequence) })}\n\n`);
    }
    if (sequence < newest) response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const sequences = (events) => events.map((event) => Number(event.sequence));

test('the feed is read to its newest event, and a break is an error', async () => {
  await withFeed(4, 10, async (url) => assert.deepEqual(sequences(await readFeed(url, 0)), [1, 2, 3, 4]));
  await withFeed(4, 10, async (url) => assert.deepEqual(await readFeed(url, 4), []));
  await withFeed(4, 2, (url) => assert.rejects(readFeed(url, 0), /broke off after 2 events/));
});

test('a follower takes up the feed where it broke off', () =>
  withFeed(7, 3, async (url) => {
    const follower = new FeedFollower(url);
    while (follower.last < 7) await new Promise((resolve) => setTimeout(resolve, 10));
    await follower.stop();
    assert.deepEqual(sequences(follower.events), [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(follower.reconnects, 2);
  }));

test('the address is found in what the server prints', () => {
  assert.equal(addressIn('Steward is ready at http://127.0.0.1:8080'), 'http://127.0.0.1:8080');
  assert.equal(addressIn('Steward is ready at http://127.0.0.1:8080/ (dev)'), 'http://127.0.0.1:8080');
  assert.equal(addressIn('starting'), undefined);
});

test('options have the types of their defaults and unknown ones are refused', () => {
  const defaults = { binary: 'b', runs: 10, keep: false };
  assert.deepEqual(readArguments(['--runs', '5', '--keep'], defaults), { binary: 'b', runs: 5, keep: true });
  assert.throws(() => readArguments(['--rnus', '5'], defaults), /unknown option/);
  assert.throws(() => readArguments(['--runs', 'x'], defaults), /needs a number/);
  assert.throws(() => readArguments(['--runs'], defaults), /needs a value/);
});

test('a seed gives the same numbers again', () => {
  const draw = (seed) => {
    const random = seeded(seed);
    return Array.from({ length: 5 }, () => between(random, 1, 1000));
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  const random = seeded(1);
  for (let i = 0; i < 1000; i += 1) {
    const n = between(random, 2, 4);
    assert.ok(n >= 2 && n <= 4);
  }
});
