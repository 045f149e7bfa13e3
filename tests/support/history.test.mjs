// A history says of each operation no more than its caller can know.
import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { Client } from './client.mjs';
import { History, fromLines, outcomeOf, toLines } from './history.mjs';
import { startService } from './http_service.mjs';

test('only what is definite has a definite outcome', () => {
  const outcomes = { ok: [200, 201, 202, 204], refused: [400, 404, 409, 412, 422], unknown: [408, 429, 500, 502, 503, 504] };
  for (const [outcome, statuses] of Object.entries(outcomes))
    for (const status of statuses) assert.equal(outcomeOf({ status }), outcome, `${status}`);
});

test('calls, answers and what has none are recorded with their times', async () => {
  const service = await startService();
  const client = new Client(service.url);
  let now = 0;
  const history = new History({ now: () => (now += 1) });
  const get = (path, from = client) => history.record({ process: 1, model: 'm', key: path, input: { do: 'read' } }, () => from.request('GET', path));
  try {
    const slow = get('/delay/100');
    await get('/pet/3');
    assert.equal(history.operations.length, 2, 'what is not answered yet is there');
    await slow;
    await get('/status/404');
    await get('/status/503');
    await get('/reset');
  } finally {
    client.close();
    await service.close();
  }
  const [slow, pet, missing, away, reset] = history.operations;
  assert.deepEqual([slow.call, pet.call, pet.return, slow.return], [1, 2, 3, 4]);
  assert.deepEqual([pet.outcome, pet.answer.id], ['ok', 3]);
  assert.deepEqual([missing.outcome, missing.answer], ['refused', { status: 404 }]);
  for (const op of [away, reset]) assert.deepEqual([op.outcome, op.return, op.answer], ['unknown', null, undefined]);
  assert.deepEqual(history.counts(), { m: { ok: 2, refused: 1, unknown: 2 } });
  assert.deepEqual(history.reasons(), { unknown: { 503: 1, ECONNRESET: 1 } });

  await get('/pet/3', new Client(service.url));
  assert.equal(history.operations.at(-1).outcome, 'unsent', 'nobody listens there any more');
});

test('a connection that ends after it was made leaves it unknown', async () => {
  const server = http.createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const client = new Client(`http://127.0.0.1:${server.address().port}`);
  const history = new History();
  await history.record({ model: 'm', key: 'k', input: {} }, () => client.request('POST', '/'));
  assert.equal(history.operations[0].outcome, 'unknown');
  client.close();
  server.close();
});

test('a history goes through lines', () => {
  const operations = [{ process: 1, model: 'm', key: 'k', input: { do: 'read' }, call: 1.5, return: null, outcome: 'unknown', why: 503 }];
  assert.deepEqual(fromLines(toLines(operations)), operations);
});
