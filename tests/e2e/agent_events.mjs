// Agents and the inbox: agents that look at events, workflows that ask for an approval and wait,
// alerts that leave by webhook, the queues' tasks, and a pause of the whole server.
//
//   node tests/e2e/agent_events.mjs [--binary build/release/steward] [--database postgres]
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { AgentRig, assertProblem, search } from './agent_rig.mjs';
import { shopPack } from './agent_pack.mjs';

const { binary, database } = readArguments(process.argv.slice(2), { binary: 'build/release/steward', database: '' });
AgentRig.database = database;
const wide = { hourly_actions: 10_000, daily_actions: 10_000, per_customer_hourly: 100, per_customer_daily: 100 };

/** A shop with an agent that tallies what was paid, by event. */
function listeningPack({ rule, on = ['com.example.paid'] } = {}) {
  const pack = shopPack({ limits: wide });
  pack.agents.push({
    name: 'cashier', on,
    observe: { tally: { collection: 'tallies', id: '{trigger.event.data.till}' } },
    decide: {
      rule: rule ?? `if .trigger.event.data.broken then error("a broken event") else {writes: [{collection: "tallies", id: .trigger.event.data.till,
        data: {count: ((.observed.tally[0].data.count // 0) + .trigger.event.data.amount)}}]} end`,
    },
  });
  return pack;
}

const workflow = (name, tasks) => ({
  document: { dsl: '1.0.3', namespace: 'shop', name, version: '1.0.0' },
  do: tasks,
});

class EventRig extends AgentRig {
  #sent = 0;

  publish(data, type = 'com.example.paid', id = `e-${++this.#sent}`) {
    return this.ask('POST', '/events', { specversion: '1.0', id, source: '/tests', type, data }, { 'content-type': 'application/cloudevents+json' });
  }

  async count(till) {
    const answer = await this.ask('GET', `/records/tallies/${till}`);
    return answer.status === 200 ? answer.json.data.count : 0;
  }

  async deploy(definition) {
    await this.done('POST', '/workflows', definition);
  }

  startRun(name, input) {
    return this.done('POST', `/workflows/shop/${name}/runs`, input);
  }

  run(id) {
    return this.get(`/runs/${id}`);
  }

  ended(id) {
    return this.until(async () => {
      const run = await this.run(id);
      return ['completed', 'faulted', 'cancelled'].includes(run.status) && run;
    }, `run ${id} to end`);
  }

  /** The approval that a run waits for. */
  pendingOf(run) {
    return this.until(async () => {
      const approvals = await this.all('/autonomous/approvals/pending');
      return approvals.find((a) => a.reasons.includes(`asked by run ${run}`));
    }, `the question of run ${run}`);
  }
}

describe('agents that look at events', () => {
  const rig = new EventRig(binary);
  before(() => rig.start());
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('each event is dealt with once, in order, and what came before the agent is not', async () => {
    await rig.publish({ till: 'a', amount: 1000 });
    await rig.done('PUT', '/packs/shop', listeningPack());
    for (let amount = 1; amount <= 20; amount += 1) assert.equal((await rig.publish({ till: 'a', amount })).status, 202);
    await rig.publish({ till: 'a', amount: 5000 }, 'com.example.other');
    await rig.until(async () => (await rig.count('a')) === 210, 'all to be tallied');
    const agent = await rig.get('/autonomous/agents/cashier');
    assert.deepEqual([agent.interval_minutes, agent.next_scheduled], [0, null], 'it has no times');
  });

  test('a server that is killed neither forgets nor doubles one', { timeout: 120_000 }, async () => {
    let sum = 0;
    for (let round = 1; round <= 5; round += 1) {
      for (let i = 0; i < 10; i += 1) {
        const answer = await rig.publish({ till: 'b', amount: round });
        assert.equal(answer.status, 202);
        sum += round;
      }
      await rig.restart('SIGKILL');
    }
    await rig.until(async () => (await rig.count('b')) >= sum, 'all to be tallied', 30_000);
    await rig.publish({ till: 'b', amount: 0.5 });
    await rig.until(async () => (await rig.count('b')) === sum + 0.5, 'none to be tallied twice');
  });

  test('paused, it looks at none; what came meanwhile waits', async () => {
    await rig.done('PATCH', '/autonomous/agents/cashier', { status: 'paused' });
    await rig.publish({ till: 'c', amount: 7 });
    await rig.publish({ till: 'c', amount: 8 });
    await rig.look('remind'); // everything that was to happen has
    assert.equal(await rig.count('c'), 0);
    await rig.done('PATCH', '/autonomous/agents/cashier', { status: 'active' });
    await rig.until(async () => (await rig.count('c')) === 15, 'both to be tallied', 15_000);
  });

  test('one that fails is tried again, then passed over; the next has its turn', { timeout: 90_000 }, async () => {
    await rig.publish({ till: 'd', broken: true });
    await rig.publish({ till: 'd', amount: 3 });
    await rig.until(async () => (await rig.count('d')) === 3, 'the next event', 60_000); // after 10 s and 20 s
    const agent = await rig.get('/autonomous/agents/cashier');
    assert.match(agent.circuit_breaker.last_error ?? '', /a broken event|^$/);
  });

  test('a pack without it takes its listener away', async () => {
    await rig.done('PUT', '/packs/shop', shopPack({ limits: wide }));
    await rig.publish({ till: 'e', amount: 1 });
    await rig.done('PUT', '/packs/shop', listeningPack());
    await rig.publish({ till: 'e', amount: 2 });
    await rig.until(async () => (await rig.count('e')) === 2, 'only the second');
  });

  test('other events that it wants begin with its pack, also after a restart', async () => {
    await rig.publish({ till: 'f', amount: 100 }, 'com.example.refunded');
    await rig.done('PUT', '/packs/shop', shopPack({ limits: wide }));
    await rig.done('PUT', '/packs/shop', listeningPack());
    await rig.restart('SIGKILL');
    await rig.done('PUT', '/packs/shop', listeningPack({ on: ['com.example.paid', 'com.example.refunded'] }));
    await rig.publish({ till: 'f', amount: 1 }, 'com.example.refunded');
    await rig.until(async () => (await rig.count('f')) > 0, 'the new one');
    assert.equal(await rig.count('f'), 1);
  });

  test('what is wrong with a pack is said with its place', async () => {
    const pack = listeningPack();
    Object.assign(pack.agents[2], { on: ['x', 7], queue: 'fast', task_types: 'all' });
    pack.agents.push({ name: 'never', decide: { rule: '{}' } });
    pack.workflows = [{ document: { dsl: '1.0.3', namespace: 'shop', name: 'x', version: '1' } }];
    const answer = await rig.ask('PUT', '/packs/shop', pack);
    assertProblem(answer, 422);
    const places = answer.json.errors.map((error) => error.pointer);
    for (const place of ['/agents/2/on/1', '/agents/2/queue', '/agents/2/task_types', '/agents/3/every_minutes', '/workflows/0', '/workflows/0/document/version'])
      assert.ok(places.includes(place), `${place} of ${places}`);
  });
});

describe('workflows that ask', () => {
  const rig = new EventRig(binary);
  const ask = workflow('ask', [
    { question: { call: 'steward.approval', with: { decision_type: 'refund', summary: '${ "Refund \\(.amount)?" }', details: { amount: '${ .amount }' }, priority: 'high', expires_minutes: '${ .minutes // 30 }' } } },
    { kept: { set: { said: '${ . }' } } },
  ]);
  before(async () => {
    await rig.start();
    await rig.deploy(ask);
  });
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('without any pack: a run asks, a person answers, the run goes on', async () => {
    const { id } = await rig.startRun('ask', { amount: 40 });
    const approval = await rig.pendingOf(id);
    assert.deepEqual([approval.decision_type, approval.action_summary, approval.priority, approval.action_details.amount, approval.autonomy_level],
      ['refund', 'Refund 40?', 'high', 40, 'supervised']);
    assert.equal((await rig.run(id)).status, 'waiting');
    assert.equal((await rig.answer(approval.id, 'approve', { notes: 'be kind' })).status, 200);
    const run = await rig.ended(id);
    assert.deepEqual(run.output, { said: { status: 'approved', approved: true, approval_id: approval.id, decision_id: approval.decision_id, responded_by: 'sarah', notes: 'be kind' } });
    assertProblem(await rig.answer(approval.id, 'approve'), 409);
  });

  test('a rejection is an answer too, across kills of the server', async () => {
    const { id } = await rig.startRun('ask', { amount: 41 });
    await rig.restart('SIGKILL');
    const approval = await rig.pendingOf(id);
    await rig.restart('SIGKILL');
    assert.equal((await rig.answer(approval.id, 'reject')).status, 200);
    await rig.restart('SIGKILL');
    const run = await rig.ended(id);
    assert.deepEqual([run.status, run.output.said.status, run.output.said.approved], ['completed', 'rejected', false]);
    const asked = (await rig.all('/autonomous/decisions')).filter((d) => d.context.trigger_id === id);
    assert.equal(asked.length, 1, 'asked once');
  });

  test('many at once, each with its own answer', async () => {
    const runs = await Promise.all(Array.from({ length: 30 }, (_, n) => rig.startRun('ask', { amount: n })));
    const approvals = await Promise.all(runs.map(({ id }) => rig.pendingOf(id)));
    await Promise.all(approvals.map((a, n) => rig.answer(a.id, n % 3 ? 'approve' : 'reject')));
    const ended = await Promise.all(runs.map(({ id }) => rig.ended(id)));
    ended.forEach((run, n) => assert.deepEqual([run.output.said.approved, run.output.said.approval_id], [n % 3 !== 0, approvals[n].id]));
  });

  test('with a pack: the autonomy table counts, and a listener hears of any approval', async () => {
    await rig.install({ limits: wide });
    await rig.rules({ levels: { refund: 'full_auto' }, rules: [{ decision_type: 'refund', field: 'amount', above: 100, level: 'manual_only' }] });
    const small = await rig.startRun('ask', { amount: 5 });
    assert.equal((await rig.ended(small.id)).output.said.approved, true, 'nobody was asked');
    const large = await rig.startRun('ask', { amount: 500 });
    assert.equal((await rig.pendingOf(large.id)).autonomy_level, 'manual_only');

    await rig.deploy(workflow('hear', [{ any: { listen: { to: { one: { with: { type: 'dev.steward.approval.approved.v1' }, correlate: { decision: { from: '${ .data.decision_id }', expect: '${ .decision }' } } } } } } }]));
    await rig.customer('ann');
    const decision = await rig.proposed('ann', { type: 'offer' });
    const hearing = await rig.startRun('hear', { decision: decision.id });
    await rig.answer((await rig.approvalOf(decision)).id, 'approve');
    const heard = await rig.ended(hearing.id);
    assert.deepEqual([heard.output[0].decision_id, heard.output[0].responded_by], [decision.id, 'sarah']);
  });

  test('workflows of a pack are deployed with it', async () => {
    const pack = shopPack({ limits: wide });
    pack.workflows = [workflow('from-pack', [{ a: { set: { ok: true } } }])];
    await rig.done('PUT', '/packs/shop', pack);
    const { id } = await rig.startRun('from-pack', {});
    assert.deepEqual((await rig.ended(id)).output, { ok: true });
    await rig.done('PUT', '/packs/shop', pack);
    pack.workflows[0].do[0].a.set.ok = false;
    assertProblem(await rig.ask('PUT', '/packs/shop', pack), 422);
  });

  test('a function that is not there is named when the workflow is deployed', async () => {
    const answer = await rig.ask('POST', '/workflows', workflow('wrong', [{ a: { call: 'steward.aproval', with: {} } }]));
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.text, /steward\.approval/);
  });
});

describe('alerts', () => {
  const key = Buffer.from('a key of twenty-four b..');
  const folder = mkdtempSync(join(tmpdir(), 'steward-alerts-'));
  const begin = '2026-11-23T08:00:00Z';
  const received = [];
  let failures = 0;
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      if (failures > 0) {
        failures -= 1;
        return response.writeHead(503).end();
      }
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  const rig = new EventRig(binary, { clock: begin });
  before(async () => {
    mkdirSync(join(folder, 'default'));
    writeFileSync(join(folder, 'default', 'alert_webhook_secret'), `whsec_${key.toString('base64')}`);
    writeFileSync(join(folder, 'config.yaml'), `secrets:\n  directory: ${folder}\n`);
    await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    await rig.start(['--config', join(folder, 'config.yaml')]);
    await rig.install({ limits: wide, approvals: { expire_minutes: 600, escalate_minutes: 0 } });
    await rig.rules({ alerts: { webhook: `http://127.0.0.1:${receiver.address().port}/hook` } });
  });
  after(async () => {
    await rig.stop();
    receiver.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => rig.assertAlive());

  const alerts = (name) => rig.all('/autonomous/alerts').then((all) => all.filter((a) => a.name === name));
  const hook = (type, name) => rig.until(() => received.find(({ body }) => JSON.parse(body).type === type && JSON.parse(body).data.name === name), `the webhook ${type} ${name}`);

  test('a circuit breaker that opens is told at once, and when it is closed again', async () => {
    await rig.order('broken', 'ann', 'reminder', { broken: true });
    for (let i = 0; i < 5; i += 1) await rig.look();
    const [raised] = await rig.until(async () => (await alerts('circuit_breaker_open')).length && alerts('circuit_breaker_open'), 'the alert');
    assert.deepEqual([raised.status, raised.severity, raised.subject], ['raised', 'critical', 'reminder']);
    assert.match(raised.detail, /an order is broken/);
    const { headers, body } = await hook('dev.steward.alert.raised.v1', 'circuit_breaker_open');
    assert.equal(headers['webhook-id'], `${raised.id}.raised`);
    const expected = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${expected}`);
    await rig.until(async () => (await rig.get(`/autonomous/alerts/${raised.id}`)).webhook.status === 'delivered', 'the delivery to be noted');

    await rig.done('POST', '/autonomous/agents/reminder/reset-circuit-breaker');
    const resolved = await rig.get(`/autonomous/alerts/${raised.id}`);
    assert.deepEqual([resolved.status, resolved.resolved_at], ['resolved', begin]);
    await hook('dev.steward.alert.resolved.v1', 'circuit_breaker_open');
    const types = (await rig.events()).map((event) => event.type);
    assert.ok(types.includes('dev.steward.alert.raised.v1') && types.includes('dev.steward.alert.resolved.v1'));
    await rig.done('POST', '/actions/write', { write: { collection: 'orders', id: 'broken', delete: true } });
  });

  test('a backlog is told after a quarter of an hour, and not again after a restart', async () => {
    await rig.customer('ann');
    const decisions = [];
    for (let n = 0; n < 11; n += 1) decisions.push(await rig.proposed('ann', { type: 'offer', key: `o-${n}` }));
    await rig.pass(14);
    assert.deepEqual(await alerts('approval_backlog'), []);
    await rig.pass(2);
    const [raised] = await alerts('approval_backlog');
    assert.deepEqual([raised?.status, raised?.measured, raised?.severity], ['raised', 11, 'warning']);
    await rig.restart('SIGKILL');
    await rig.pass(30);
    assert.equal((await alerts('approval_backlog')).length, 1);
    await rig.answer((await rig.approvalOf(decisions[0])).id, 'reject');
    assert.equal((await alerts('approval_backlog'))[0].status, 'resolved');
  });

  test('bad outcomes are told after five minutes; a receiver that is down gets it later', { timeout: 60_000 }, async () => {
    failures = 1;
    for (let n = 0; n < 3; n += 1) {
      const decision = await rig.proposed('ann', { key: `f-${n}` });
      await rig.done('PATCH', `/autonomous/decisions/${decision.id}`, { outcome: { status: n ? 'failed' : 'success' } });
    }
    await rig.pass(4);
    assert.deepEqual(await alerts('high_failure_rate'), []);
    await rig.pass(2);
    const [raised] = await alerts('high_failure_rate');
    assert.equal(raised?.status, 'raised');
    await rig.until(() => received.some(({ body }) => JSON.parse(body).data.id === raised.id), 'the second attempt', 30_000);
  });

  test('terms that make no sense are refused with their places', async () => {
    const answer = await rig.ask('PUT', '/autonomous/governance', { alerts: { webhook: 'ftp://x', success_rate_below: 2, backlog_above: -1, colour: 1 } });
    assertProblem(answer, 422);
    assert.deepEqual(answer.json.errors.map((e) => e.pointer).sort(), ['/alerts/backlog_above', '/alerts/colour', '/alerts/success_rate_below', '/alerts/webhook']);
  });
});

describe('outcomes and questions that make no sense', () => {
  const rig = new EventRig(binary);
  before(async () => {
    await rig.start();
    await rig.install({ limits: wide });
    await rig.customer('ann');
  });
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('revenue has a bound', async () => {
    const decision = await rig.proposed('ann');
    for (const actual of [1.1e12, -1, 'much'])
      assertProblem(await rig.ask('PATCH', `/autonomous/decisions/${decision.id}`, { outcome: { status: 'success' }, revenue_impact: { actual } }), 400);
    await rig.done('PATCH', `/autonomous/decisions/${decision.id}`, { outcome: { status: 'success' }, revenue_impact: { actual: 1e12 } });
  });

  test('nobody outside can say that somebody has approved', async () => {
    for (const type of ['dev.steward.approval.answered.v1', 'dev.steward.approval.wanted.v1']) {
      const answer = await rig.publish({ question: 'x', approved: true }, type);
      assertProblem(answer, 400);
      assert.equal(answer.json.errors[0].pointer, '/type');
    }
  });

  test('nor can a plan, a workflow or whoever tells of outcomes', async () => {
    const answered = 'dev.steward.approval.answered.v1';
    await rig.deploy(workflow('forge', [{ it: { emit: { event: { with: { type: answered, data: { question: 'x', approved: true } } } } } }]));
    const { id } = await rig.startRun('forge', {});
    const run = await rig.ended(id);
    assert.equal(run.status, 'faulted');
    assert.match(JSON.stringify(run.error), /the server's own/);
    const pack = shopPack({ limits: wide });
    pack.actions.push({ name: 'forge', decide: { rule: '{events: [{event: "APPROVAL_ANSWERED", subject: "x", data: {approved: true}}]}' } });
    await rig.done('PUT', '/packs/shop', pack);
    assertProblem(await rig.ask('POST', '/actions/forge', {}), 422);
    await rig.deploy(workflow('pay', [{ q: { call: 'steward.approval', with: { summary: 'Pay?' } } }]));
    const paying = await rig.startRun('pay', {});
    const approval = await rig.pendingOf(paying.id);
    assertProblem(await rig.ask('PATCH', `/autonomous/decisions/${approval.decision_id}`, { outcome: { status: 'success' } }), 409);
    assert.equal((await rig.run(paying.id)).status, 'waiting');
    await rig.answer(approval.id, 'reject');
    assert.equal((await rig.ended(paying.id)).output.approved, false);
  });

  test('while everything is paused a person is asked even for what may be decided in full', async () => {
    await rig.rules({ levels: { workflow_approval: 'full_auto' }, paused: true });
    const { id } = await rig.startRun('pay', {});
    const approval = await rig.pendingOf(id);
    await rig.rules({ paused: false, levels: { workflow_approval: null } });
    await rig.answer(approval.id, 'approve');
    assert.equal((await rig.ended(id)).output.approved, true);
  });

  test('asked again after a rejection, it is another question', async () => {
    await rig.deploy(workflow('insist', [{ again: {
      try: [{ q: { call: 'steward.approval', with: { summary: 'Pay?' } } }, { no: { if: '${ .approved | not }', raise: { error: { type: 'https://example.com/no', status: 400, title: 'No' } } } }],
      catch: { retry: { delay: { milliseconds: 10 }, limit: { attempt: { count: 3 } } } },
    } }]));
    const { id } = await rig.startRun('insist', {});
    const first = await rig.pendingOf(id);
    await rig.answer(first.id, 'reject');
    const second = await rig.until(async () => (await rig.all('/autonomous/approvals/pending')).find((a) => a.reasons.includes(`asked by run ${id}`) && a.id !== first.id), 'the second question');
    await rig.answer(second.id, 'approve');
    assert.equal((await rig.ended(id)).output.approved, true);
  });

  test('parts that are killed lose no question', { timeout: 60_000 }, async () => {
    const parts = ['tenants/default/gate', 'agents/desk', 'agents/thinker1', 'agents/thinker2', 'tenants/default/inbox'];
    const runs = [];
    for (let n = 0; n < 60; n += 1) {
      runs.push(await rig.startRun('pay', { n }));
      if (n % 4 === 0) await rig.ask('POST', '/tree/kill', { path: parts[(n / 4) % parts.length] });
    }
    await rig.until(async () => (await rig.all('/autonomous/approvals/pending')).filter((a) => a.decision_type === 'workflow_approval').length === runs.length, 'all to be asked', 40_000);
  });

  test('a text is never cut in the middle of a character', async () => {
    const { id } = await rig.startRun('pay', {});
    await rig.deploy(workflow('long', [{ q: { call: 'steward.approval', with: { summary: '${ .words }' } } }]));
    const long = await rig.startRun('long', { words: `x${'é'.repeat(400)}` });
    const approval = await rig.pendingOf(long.id);
    assert.ok(approval.action_summary.endsWith('é') && Buffer.byteLength(approval.action_summary) <= 500);
    await rig.done('POST', `/runs/${id}/cancel`);
    await rig.restart('SIGKILL');
    await rig.answer(approval.id, 'approve');
    assert.equal((await rig.ended(long.id)).output.approved, true);
    const verified = await rig.verifyAudit();
    assert.equal(verified.code, 0, verified.out + verified.err);
    await rig.up();
  });

  test('a question without sense is asked all the same, in plain words', async () => {
    await rig.deploy(workflow('say', [{ it: { emit: { event: { with: { type: 'dev.steward.approval.wanted.v1', data: '${ .data }' } } } } }]));
    for (const data of [null, 7, 'Pay?', { summary: { a: 1 }, decision_type: 'x'.repeat(200), details: [], priority: 'now', expires_minutes: -5 }, { summary: 'y'.repeat(5000) }]) {
      const before = (await rig.all('/autonomous/approvals/pending')).length;
      await rig.startRun('say', { data });
      await rig.until(async () => (await rig.all('/autonomous/approvals/pending')).length === before + 1, 'the question');
    }
    const asked = await rig.all('/autonomous/approvals/pending');
    assert.ok(asked.every((a) => a.action_summary.length <= 500 && a.decision_type.length <= 100 && a.priority === 'medium'));
  });
});

describe('tasks and the pause of everything', () => {
  const rig = new EventRig(binary, { tenants: ['one', 'two', 'operator'], operators: ['operator'] });
  before(async () => {
    await rig.start();
    for (const tenant of ['one', 'two']) {
      await rig.done('PUT', '/packs/salon', undefined, {}, tenant);
      await rig.done('PUT', '/autonomous/governance', { quiet_hours: { from: '00:00', to: '00:00' } }, {}, tenant);
      await rig.done('PUT', '/records/customers/ann', { name: 'Ann', phone: '+49123' }, {}, tenant);
    }
  });
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());
  const task = (handler, body) => rig.ask('POST', `/internal/tasks/${handler}`, body, {}, 'one');

  test('each handler takes the tasks of its queue', async () => {
    for (const [handler, type, agent] of [
      ['execute', 'gap_fill', 'gap_fill_agent'], ['execute', 'no_show_prevention', 'no_show_prevention_agent'],
      ['execute', 'waitlist_promotion', 'waitlist_agent'], ['execute', 'retention_check', 'retention_agent'],
      ['analytics', 'aggregate_daily', 'analytics_agent'], ['cleanup', 'expired_approvals', 'cleanup_agent'], ['cleanup', 'expired_outreach', 'cleanup_agent'],
    ]) {
      const answer = await task(handler, { task_type: type });
      assert.deepEqual([answer.status, answer.json.agent_name], [202, agent], type);
    }
    assertProblem(await task('analytics', { task_type: 'gap_fill' }), 400);
    assertProblem(await task('cleanup', {}), 400);
    const sent = await task('send-notification', { task_type: 'send_whatsapp', customer_id: 'ann', outreach_type: 'reminder', message: 'Hello' });
    assert.deepEqual([sent.status, sent.json.channel, sent.json.message], [201, 'whatsapp', 'Hello'], sent.text);
    assertProblem(await task('send-notification', { task_type: 'send_letter', customer_id: 'ann' }), 400);
  });

  test('one call stops all agents of all tenants, also after a restart, and one lets them go on', async () => {
    assertProblem(await rig.ask('PUT', '/internal/agents', { paused: true }, {}, 'one'), 403);
    assertProblem(await rig.ask('PUT', '/internal/agents', { paused: 'yes' }, {}, 'operator'), 400);
    assert.equal((await rig.done('PUT', '/internal/agents', { paused: true }, {}, 'operator')).paused, true);
    const propose = (tenant) => rig.ask('POST', '/autonomous/decisions', { agent_name: 'helper', decision_type: 'x', summary: 'x' }, {}, tenant);
    for (const tenant of ['one', 'two']) assertProblem(await propose(tenant), 409);
    await rig.restart('SIGKILL');
    for (const tenant of ['one', 'two']) assertProblem(await propose(tenant), 409);
    assert.equal((await rig.done('GET', '/internal/agents', undefined, {}, 'operator')).paused, true);
    await rig.done('PUT', '/internal/agents', { paused: false }, {}, 'operator');
    for (const tenant of ['one', 'two']) assert.equal((await propose(tenant)).status, 201);
  });
});
