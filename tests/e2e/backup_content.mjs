// A store with a bit of everything, and what must go on of it in a store that was restored.
import assert from 'node:assert/strict';
import http from 'node:http';
import { sleep } from '../support/client.mjs';
import { readFeed } from '../support/sse.mjs';
import { checkSameFeed, checkSequences } from './kill_checks.mjs';

const head = (name) => `document: {dsl: '1.0.3', namespace: shop, name: ${name}, version: '1.0.0'}\n`;
const hear = (type, more = '') => `listen: {to: {one: {with: {type: ${type}}${more}}}}`;
const nap_ms = 8_000; // longer than the backup takes to come
export const loops = 64; // more than a snapshot waits for

const workflows = {
  // Three steps, one commit.
  steps: `do:
- price: {set: {total: '\${ .count * 3 }'}}
- route: {switch: [{large: {when: '\${ .total > 3000 }', then: end}}, {small: {then: accept}}]}
- accept: {set: {total: '\${ .total }', accepted: true}}
`,
  // Three steps, a commit each.
  rests: `do:
- first: {wait: {milliseconds: 1}}
- second: {wait: {milliseconds: 1}}
- third: {set: {rested: '\${ $workflow.input.n }'}}
`,
  fail: `do: [{stop: {raise: {error: {type: 'https://shop.example/errors/empty', status: 409, title: 'Nothing left'}}}}]\n`,
  nap: `do: [{rest: {wait: {milliseconds: ${nap_ms}}}}, {up: {set: {awake: true}}}]\n`,
  paid: `do: [{wait: {${hear('order.paid', ", correlate: {order: {from: '${ .data.order }', expect: '${ .order }'}}")}}}]\n`,
  child: `do: [{wait: {${hear('child.go')}}}, {done: {set: {grown: true}}}]\n`,
  parent: `do: [{bring: {run: {workflow: {namespace: shop, name: child, version: '1.0.0'}}}}]\n`,
  parentOfSteps: `do: [{ask: {run: {workflow: {namespace: shop, name: steps, version: '1.0.0', input: {count: 5}}}}}]\n`,
  loop: `do:
- round:
    for: {each: n, in: '\${ [range(${loops})] }'}
    do: [{rest: {wait: {milliseconds: 2}}}, {note: {set: {seen: '\${ (.seen // []) + [$n] }'}}}]
- hear: {${hear('loop.go')}, output: {as: '\${ {rounds: ($input.seen | length)} }'}}
`,
  reaction: `schedule: {on: {one: {with: {type: order.placed}}}}\ndo: [{keep: {set: {order: '\${ .[0].order }'}}}]\n`,
  early: `do: [{wait: {${hear('early.bird')}}}]\n`,
  tick: `schedule: {every: {seconds: 1}}\ndo: [{keep: {set: {ok: true}}}]\n`,
};

export const workflowOf = (name) => head(name) + workflows[name];

/** A service that leaves every caller waiting, and keeps the idempotency keys it was asked under. */
export async function startSilentService() {
  const keys = [];
  let answering = false;
  const held = [];
  const answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"done":true}');
  };
  const server = http.createServer((request, response) => {
    request.resume();
    keys.push(request.headers['idempotency-key']);
    if (answering) answer(response);
    else held.push(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    keys,
    url: `http://127.0.0.1:${server.address().port}`,
    answerFromNowOn: () => {
      answering = true;
      held.splice(0).forEach(answer);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function until(what, holds, patience_ms = 30_000) {
  const deadline = Date.now() + patience_ms;
  for (;;) {
    const found = await holds();
    if (found) return found;
    assert.ok(Date.now() < deadline, `${what} within ${patience_ms} ms`);
    await sleep(20);
  }
}

async function ask(client, method, path, body, headers = {}) {
  const answer = await client.request(method, path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json;
}

export const start = (client, name, input, headers = {}) =>
  ask(client, 'POST', `/api/v1/workflows/shop/${name}/runs`, input, headers);
export const readRun = (client, id) => ask(client, 'GET', `/api/v1/runs/${id}`);
const publish = (client, id, type, data) =>
  ask(client, 'POST', '/api/v1/events', { specversion: '1.0', id, source: '/shop', type, data }, { 'content-type': 'application/cloudevents+json' });
export const comesTo = (client, id, status) =>
  until(`run ${id} is ${status}`, async () => {
    const run = await readRun(client, id);
    return run.status === status && run;
  });

const keyed = { 'idempotency-key': 'order-1', prefer: 'wait=5' };
const events = (client, id) => ask(client, 'GET', `/api/v1/runs/${id}/events?limit=1000`);

async function fillRecords(client) {
  await ask(client, 'PUT', '/api/v1/collections/customers', {
    schema: { type: 'object', properties: { email: { type: 'string' }, city: { type: 'string' }, score: { type: 'number' } }, required: ['email'] },
    indexes: [{ name: 'by_email', fields: ['email'], unique: true }, { name: 'by_city', fields: ['city', 'score'] }],
    history: true,
  });
  await ask(client, 'PUT', '/api/v1/collections/plain', {});
  const records = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}`, data: { email: `c${i}@shop.example`, city: i % 2 ? 'Bonn' : 'Köln', score: i / 8 } }));
  await ask(client, 'POST', '/api/v1/records/customers:batch', { records });
  await ask(client, 'PATCH', '/api/v1/records/customers/c1', { score: 1.5e9, note: 'a "quoted" line\n\u0001 \\ \u{1f375}' });
  await ask(client, 'PATCH', '/api/v1/records/customers/c1', { nested: { deep: [1, null, true, -0.25, 9007199254740991] } });
  await ask(client, 'DELETE', '/api/v1/records/customers/c2');
  await ask(client, 'PUT', '/api/v1/records/plain/only', { b: 1, a: 2, aa: 3 });
}

/** Fills an empty store, and answers what `checkGoesOn` needs to know. */
export async function fill(client, service) {
  for (const name of Object.keys(workflows)) await client.deploy(workflowOf(name));
  await client.deploy(`${head('call')}do: [{ask: {call: http, with: {method: post, endpoint: '${service.url}/', body: {n: 1}}}}]\n`);
  const made = { steps: await start(client, 'steps', { count: 7, text: 'tab\t "quote" \\ \u0001 Ärger \u{1f375}' }, keyed) };
  assert.equal(made.steps.status, 'completed');
  made.fail = await start(client, 'fail', {}, { prefer: 'wait=5' });
  made.retried = await start(client, 'fail', {}, { prefer: 'wait=5' });
  await ask(client, 'POST', `/api/v1/runs/${made.retried.id}/retry`, {});
  await until('the retried run faults again', async () => {
    const run = await readRun(client, made.retried.id);
    return run.status === 'faulted' && run.attempts > 1;
  });
  made.cancelled = await start(client, 'nap', {});
  await ask(client, 'POST', `/api/v1/runs/${made.cancelled.id}/cancel`);
  made.suspended = await start(client, 'paid', { order: 'S' });
  await comesTo(client, made.suspended.id, 'waiting');
  await ask(client, 'POST', `/api/v1/runs/${made.suspended.id}/suspend`);
  made.paid = await start(client, 'paid', { order: 'A' });
  made.parent = await start(client, 'parent', {});
  made.parentOfSteps = await start(client, 'parentOfSteps', {}, { prefer: 'wait=5' });
  made.call = await start(client, 'call', {});
  made.loop = await start(client, 'loop', {});
  await publish(client, 'e1', 'early.bird', { early: true });
  await publish(client, 'e2', 'order.placed', { order: 'first' });
  await fillRecords(client);
  await until('a trigger has started a run', async () => (await client.all('/api/v1/runs?workflow=shop/reaction')).length === 1);
  await until('a schedule has started a run', async () => (await client.all('/api/v1/runs?workflow=shop/tick')).length > 0);
  await until('the service is asked', () => service.keys.length === 1);
  for (const name of ['paid', 'loop']) await comesTo(client, made[name].id, 'waiting');
  await until('the loop has come to its end', async () => (await events(client, made.loop.id)).items.some((item) => item.data?.name === 'hear'));
  await comesTo(client, made.parentOfSteps.id, 'completed');
  await until('the child listens', async () => (await client.all('/api/v1/runs?workflow=shop/child&status=waiting')).length === 1);
  made.nap = await start(client, 'nap', {});
  await comesTo(client, made.nap.id, 'waiting');
  return made;
}

/** When a run of a schedule was due: its id begins with that, in milliseconds. */
const dueOf = (run) => Number.parseInt(run.id.replaceAll('-', '').slice(0, 12), 16);
const ticksOf = async (client) => (await client.all('/api/v1/runs?workflow=shop/tick')).map(dueOf).sort((a, b) => a - b);

/** What is there is as it was made. */
async function checkEnded(client, made) {
  for (const name of ['steps', 'fail', 'parentOfSteps']) {
    const run = await readRun(client, made[name].id);
    const { status, input, output, error, created_at } = made[name];
    assert.deepEqual({ ...run }, { ...run, status, input, output, error, created_at });
    assert.ok((await events(client, run.id)).items.length > 1, 'its history is told');
  }
  assert.equal((await readRun(client, made.retried.id)).attempts, 2);
  assert.equal((await readRun(client, made.cancelled.id)).status, 'cancelled');
}

async function checkRecords(client, newestVersion) {
  const found = await ask(client, 'GET', '/api/v1/records/customers?limit=100');
  assert.equal(found.items.length, 39);
  const changed = await ask(client, 'PATCH', '/api/v1/records/customers/c1', { score: 2 });
  assert.equal(changed.version, newestVersion + 1, 'versions go on');
  assert.deepEqual(changed.data.nested.deep, [1, null, true, -0.25, 9007199254740991]);
  assert.equal(changed.data.note, 'a "quoted" line\n\u0001 \\ \u{1f375}');
  const history = await ask(client, 'GET', '/api/v1/records/customers/c1/history');
  assert.deepEqual(history.items.map((item) => item.data.score), [2, 1.5e9, 1.5e9, 1 / 8]);
  const deleted = await ask(client, 'GET', '/api/v1/records/customers/c2/history');
  assert.equal(deleted.items[0].data, null);
  const twice = await client.request('POST', '/api/v1/records/customers', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'c3@shop.example' }),
  });
  assert.equal(twice.status, 409, 'the unique index holds');
  const sorted = await ask(client, 'GET', '/api/v1/records/customers?sort=city,-score&limit=100');
  const places = sorted.items.map(({ data }) => data.city);
  assert.deepEqual(places, [...places].sort());
}

/** The listeners, triggers, inbox and timers of the restored store do what they did. */
async function checkWaiting(client, made, service) {
  await publish(client, 'a1', 'order.paid', { order: 'A' });
  await comesTo(client, made.paid.id, 'completed');
  await ask(client, 'POST', `/api/v1/runs/${made.suspended.id}/resume`);
  await publish(client, 'a2', 'order.paid', { order: 'S' });
  await comesTo(client, made.suspended.id, 'completed');
  await publish(client, 'a3', 'child.go', {});
  assert.deepEqual((await comesTo(client, made.parent.id, 'completed')).output, { grown: true });
  await publish(client, 'a4', 'loop.go', {});
  assert.deepEqual((await comesTo(client, made.loop.id, 'completed')).output, { rounds: loops });
  const early = await start(client, 'early', {}, { prefer: 'wait=10' });
  assert.equal(early.status, 'completed', 'an event that came before the backup is kept');
  const again = await publish(client, 'e1', 'early.bird', { early: true });
  assert.equal(again.items[0].duplicate, true, 'it is known');
  await publish(client, 'a5', 'order.placed', { order: 'second' });
  await until('the trigger starts another run', async () => (await client.all('/api/v1/runs?workflow=shop/reaction')).length === 2);
  service.answerFromNowOn();
  assert.deepEqual((await comesTo(client, made.call.id, 'completed')).output, { done: true });
  assert.equal(new Set(service.keys).size, 1, 'the call came again under its key');
}

/** Numbers go on where they were: none is left out, none comes twice. */
async function checkFeed(url, feedBefore, newestEvent) {
  const feed = await readFeed(url, 0);
  assert.deepEqual(checkSequences('the feed', feed), []);
  assert.ok(feed.length > newestEvent, 'it has gone on');
  assert.deepEqual(checkSameFeed(feedBefore.slice(0, newestEvent), feed.slice(0, newestEvent)), []);
}

/**
 * A server on a restored store. `feedBefore`: what the source's feed told; `newest`: {event, version} of the
 * backup, the last number of the feed and of the records.
 */
export async function checkGoesOn({ client, url, made, service, feedBefore, newest }) {
  const ticks = (await ticksOf(client)).length;
  await checkEnded(client, made);
  const known = await start(client, 'steps', { count: 7, text: made.steps.input.text }, keyed);
  assert.equal(known.id, made.steps.id, 'the key is known');
  await checkRecords(client, newest.version);
  await checkWaiting(client, made, service);
  await until('the schedule goes on', async () => (await ticksOf(client)).length > ticks + 1);
  const dues = await ticksOf(client);
  assert.equal(new Set(dues).size, dues.length, 'no due time has two runs');
  for (const due of dues) assert.equal((due - dues[0]) % 1000, 0, 'the phase is kept');
  assert.deepEqual((await comesTo(client, made.nap.id, 'completed')).output, { awake: true });
  await checkFeed(url, feedBefore, newest.event);
}
