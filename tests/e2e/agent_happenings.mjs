// What agents do by themselves, what breaks them, and what the feed tells of it.
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { openFeed } from '../support/sse.mjs';
import { AgentRig, assertProblem } from './agent_rig.mjs';

const begin = '2026-11-23T08:00:00Z';

export function testHappenings(binary) {
  describe('an agent', () => {
    const rig = new AgentRig(binary, { clock: begin });
    before(async () => {
      await rig.start();
      await rig.install({ limits: { hourly_actions: 100, daily_actions: 100, per_customer_hourly: 10, per_customer_daily: 10 } });
      await rig.customer('ann');
    });
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());
    const breaker = async () => (await rig.get('/autonomous/agents/reminder')).circuit_breaker;

    test('looks at its times, or when it is told to', async () => {
      await rig.order('o-1', 'ann');
      await rig.pass(6);
      const message = await rig.only('/autonomous/outreach?trigger_id=o-1');
      assert.equal(message.message, 'Order o-1 is late');
      assert.equal((await rig.get('/records/orders/o-1')).data.state, 'reminded');
      await rig.order('o-2', 'ann');
      await rig.look();
      await rig.only('/autonomous/outreach?trigger_id=o-2');
      await rig.pass(30);
      assert.equal((await rig.all('/autonomous/outreach')).length, 2);
      const state = await rig.get('/autonomous/agents/reminder');
      assert.ok(Date.parse(state.last_execution) <= rig.now_ms && Date.parse(state.next_scheduled) > rig.now_ms);
    });

    test('the feed tells what happens, in order', async () => {
      const seen = [];
      const feed = openFeed(rig.server.url, { after: (await rig.events()).length, onEvent: (event) => event.sequence !== undefined && seen.push(event) });
      await rig.order('o-3', 'ann', 'offer');
      await rig.pass(6);
      const { id, decision_id } = await rig.only('/autonomous/approvals/pending');
      await rig.answer(id, 'delegate', { to: 'tom' });
      await rig.pass(10);
      await rig.answer(id, 'approve');
      const message = await rig.only('/autonomous/outreach?trigger_id=o-3');
      await rig.done('PATCH', `/autonomous/outreach/${message.id}`, { status: 'delivered' });
      await rig.done('PATCH', `/autonomous/outreach/${message.id}`, { status: 'read' });
      await rig.done('PATCH', `/autonomous/outreach/${message.id}`, { status: 'responded', response: { text: 'yes' } });
      await rig.order('o-4', 'ann', 'offer');
      await rig.order('o-5', 'ann', 'offer');
      await rig.pass(6);
      const open = await rig.all('/autonomous/approvals/pending');
      await rig.answer(open[0].id, 'reject');
      await rig.pass(16);
      await rig.done('PATCH', '/autonomous/agents/reminder', { status: 'paused' });
      await rig.done('PATCH', '/autonomous/agents/reminder', { status: 'active' });
      const told = (await rig.events()).at(-1).sequence;
      await rig.until(() => Number(seen.at(-1)?.sequence ?? 0) >= Number(told), 'the feed');
      feed.close();
      const of = (...subjects) => seen.filter((event) => subjects.includes(event.subject)).map((event) => [event.type, event.data.event]);
      assert.deepEqual(of('orders/o-3', `decisions/${decision_id}`, `approvals/${id}`, `outreach/${message.id}`), [
        ['dev.steward.autonomous.decision.v1', 'AUTONOMOUS_DECISION'],
        ['dev.steward.approval.requested.v1', 'APPROVAL_REQUESTED'],
        ['dev.steward.order.late.v1', 'ORDER_LATE'],
        ['dev.steward.approval.delegated.v1', 'APPROVAL_DELEGATED'],
        ['dev.steward.approval.escalated.v1', 'APPROVAL_ESCALATED'],
        ['dev.steward.approval.approved.v1', 'APPROVAL_APPROVED'],
        ['dev.steward.outreach.sent.v1', 'OUTREACH_SENT'],
        ['dev.steward.outreach.delivered.v1', 'OUTREACH_DELIVERED'],
        ['dev.steward.outreach.read.v1', 'OUTREACH_READ'],
        ['dev.steward.outreach.responded.v1', 'OUTREACH_RESPONDED'],
        ['dev.steward.decision.closed.v1', 'DECISION_CLOSED'],
      ]);
      const types = seen.map((event) => event.type);
      for (const type of ['approval.rejected', 'approval.expired', 'agent.changed']) assert.ok(types.includes(`dev.steward.${type}.v1`), type);
      assert.deepEqual(seen.map((event) => Number(event.sequence)), seen.map((_, i) => Number(seen[0].sequence) + i), 'none is left out');
      assert.deepEqual((await rig.events()).slice(-seen.length).map((event) => event.id), seen.map((event) => event.id), 'and stored as it was told');
      assert.equal(seen.find((event) => event.type === 'dev.steward.decision.closed.v1').data.revenue, 10);
    });

    test('that fails five times in a row is stopped for a while, and tried once', async () => {
      await rig.order('o-bad', 'ann', 'reminder', { broken: true });
      for (let i = 1; i <= 5; i += 1) {
        assert.equal((await breaker()).state, 'closed', `after ${i - 1}`);
        await rig.pass(5);
        assert.equal((await breaker()).error_count, i);
      }
      const opened = await breaker();
      assert.equal(opened.state, 'open');
      assert.match(opened.last_error, /an order is broken/);
      assert.equal((await rig.get('/autonomous/agents/reminder')).status, 'circuit_breaker');
      const refused = await rig.propose('ann');
      assertProblem(refused, 429);
      assert.ok(Number(refused.headers['retry-after']) <= 301, refused.headers['retry-after']);
      const board = await rig.get('/autonomous/analytics/dashboard');
      assert.deepEqual([board.agents.circuit_breaker, board.alerts.map((alert) => [alert.name, alert.severity])], [1, [['circuit_breaker_open', 'critical']]]);
      await rig.restart('SIGKILL');
      await rig.moveTo(rig.now_ms);
      assert.equal((await breaker()).state, 'open', 'a restart does not close it');
      await rig.pass(6);
      const again = await breaker();
      assert.deepEqual([again.state, again.error_count], ['open', 6], 'the one try failed');
      await rig.done('POST', '/actions/order', { id: 'o-bad', state: 'gone', force: true });
      await rig.pass(11);
      assert.equal((await breaker()).state, 'closed', 'a try that went well closes it');
      assert.equal((await rig.get('/autonomous/agents/reminder')).status, 'active');
    });

    test('a reset closes the breaker at once', async () => {
      await rig.order('o-worse', 'ann', 'reminder', { broken: true });
      for (let i = 0; i < 5; i += 1) await rig.look();
      assert.equal((await breaker()).state, 'open');
      await rig.done('POST', '/actions/order', { id: 'o-worse', state: 'gone', force: true });
      const reset = await rig.done('POST', '/autonomous/agents/reminder/reset-circuit-breaker');
      assert.deepEqual([reset.status, reset.circuit_breaker.state, reset.circuit_breaker.error_count], ['active', 'closed', 0]);
      await rig.proposed('ann');
    });
  });
}
