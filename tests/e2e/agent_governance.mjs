// The owner's rules: what they say, what is no rule, and that they hold: pause, shadow mode, levels,
// limits, trust that is earned and lost.
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { AgentRig, assertProblem } from './agent_rig.mjs';

const begin = '2026-11-23T08:00:00Z';
const wide = { hourly_actions: 1000, daily_actions: 1000, per_customer_hourly: 100, per_customer_daily: 100 };

function served(binary, governance) {
  const rig = new AgentRig(binary, { clock: begin });
  before(async () => {
    await rig.start();
    await rig.install({ limits: wide, ...governance });
    for (const id of ['ann', 'bob', 'eve']) await rig.customer(id);
  });
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());
  return rig;
}

export function testGovernance(binary) {
  describe('the rules', () => {
    const rig = served(binary);

    test('what GET answers can be PUT, and what is left out stays', async () => {
      const rules = await rig.get('/autonomous/governance');
      assert.deepEqual(rules.quiet_hours, { from: '00:00', to: '00:00' });
      assert.deepEqual(rules.approvals, { expire_minutes: 15, escalate_minutes: 10 });
      assert.deepEqual(rules.circuit_breaker, { error_threshold: 5, cooldown_minutes: 5, half_open_attempts: 1, auto_recovery: true });
      assert.equal(rules.otherwise, 'supervised');
      assert.deepEqual(await rig.rules(rules), rules);
      const changed = await rig.rules({ approvals: { expire_minutes: 30 } });
      assert.deepEqual(changed, { ...rules, approvals: { expire_minutes: 30, escalate_minutes: 10 } });
      assert.deepEqual(await rig.get('/autonomous/governance'), changed);
      await rig.rules({ approvals: { expire_minutes: 15 } });
    });

    test('each wrong member is named, and nothing is changed', async () => {
      const before = await rig.get('/autonomous/governance');
      const wrong = [
        [{ levels: [] }, '/levels'], [{ levels: { x: 'always' } }, '/levels/x'],
        [{ otherwise: 'never' }, '/otherwise'],
        [{ rules: {} }, '/rules'], [{ rules: [{ above: 1, level: 'supervised' }] }, '/rules/0/field'],
        [{ rules: [{ field: 'a', level: 'supervised' }] }, '/rules/0/above'], [{ rules: [{ field: 'a', above: '1', level: 'supervised' }] }, '/rules/0/above'],
        [{ rules: [{ field: 'a', above: 1, level: 'x' }] }, '/rules/0/level'], [{ rules: [{ field: 7, above: 1, level: 'supervised' }] }, '/rules/0/field'],
        [{ rules: [{ field: 'a', above: 1, below: 2, level: 'supervised' }] }, '/rules/0/below'], [{ rules: [7] }, '/rules/0'],
        [{ limits: 7 }, '/limits'], [{ limits: { hourly_actions: -1 } }, '/limits/hourly_actions'], [{ limits: { daily_actions: 1.5 } }, '/limits/daily_actions'],
        [{ limits: { per_customer_hourly: '1' } }, '/limits/per_customer_hourly'], [{ limits: { per_customer_daily: 1e9 } }, '/limits/per_customer_daily'],
        [{ limits: { weekly: 1 } }, '/limits/weekly'],
        [{ circuit_breaker: { error_threshold: 0 } }, '/circuit_breaker/error_threshold'], [{ circuit_breaker: { cooldown_minutes: 0 } }, '/circuit_breaker/cooldown_minutes'],
        [{ circuit_breaker: { half_open_attempts: 0 } }, '/circuit_breaker/half_open_attempts'], [{ circuit_breaker: { auto_recovery: 1 } }, '/circuit_breaker/auto_recovery'],
        [{ circuit_breaker: { fuse: 1 } }, '/circuit_breaker/fuse'],
        [{ quiet_hours: { from: '25:00' } }, '/quiet_hours/from'], [{ quiet_hours: { to: '9' } }, '/quiet_hours/to'], [{ quiet_hours: { to: '09:60' } }, '/quiet_hours/to'],
        [{ quiet_hours: { zone: 'UTC' } }, '/quiet_hours/zone'],
        [{ approvals: { expire_minutes: 0 } }, '/approvals/expire_minutes'], [{ approvals: { escalate_minutes: -1 } }, '/approvals/escalate_minutes'],
        [{ approvals: { expire_minutes: 20_000 } }, '/approvals/expire_minutes'],
        [{ earning: { consent: 'yes' } }, '/earning/consent'], [{ earning: { approvals: 1.1 } }, '/earning/approvals'], [{ earning: { successes: -0.1 } }, '/earning/successes'],
        [{ earning: { decisions_least: 0 } }, '/earning/decisions_least'], [{ earning: { bad_most: 0 } }, '/earning/bad_most'], [{ earning: { bad_among: 0 } }, '/earning/bad_among'],
        [{ paused: 'yes' }, '/paused'], [{ shadow: 1 }, '/shadow'], [{ settings: [] }, '/settings'], [{ colour: 'red' }, '/colour'],
      ];
      for (const [body, pointer] of wrong) {
        assertProblem(await rig.ask('PUT', '/autonomous/governance', body), 422, pointer);
        assertProblem(await rig.ask('PUT', '/autonomous/governance', { paused: true, ...body }), 422, pointer);
      }
      const both = await rig.ask('PUT', '/autonomous/governance', { paused: 7, limits: { daily_actions: -1 } });
      assertProblem(both, 422, '/paused');
      assertProblem(both, 422, '/limits/daily_actions');
      for (const body of ['', '[]', '{', '7']) assertProblem(await rig.ask('PUT', '/autonomous/governance', body), 400);
      assertProblem(await rig.ask('PUT', '/autonomous/governance', 'paused: true', { 'content-type': 'application/yaml' }), 415);
      assert.deepEqual(await rig.get('/autonomous/governance'), before);
    });

    test('a time zone that is none is no setting', async () => {
      assertProblem(await rig.ask('PUT', '/autonomous/governance', { settings: { zone: 'Europe/Nowhere' } }), 422, '/settings/zone');
    });

    test('levels hold from the next decision on, and a value rule makes them stricter', async () => {
      const level = async (type, more) => (await rig.proposed('ann', { type, ...more })).autonomy_level;
      assert.equal(await level('reminder'), 'full_auto');
      assert.equal(await level('offer'), 'supervised');
      assert.equal(await level('price'), 'manual_only');
      assert.equal(await level('unheard_of'), 'supervised');
      assert.equal(await level('reminder', { action_details: { discount_percent: 20 } }), 'full_auto');
      assert.equal(await level('reminder', { action_details: { discount_percent: 21 } }), 'manual_only');
      const { levels } = await rig.get('/autonomous/governance');
      await rig.rules({ levels: { ...levels, reminder: 'manual_only' } });
      assert.equal(await level('reminder'), 'manual_only');
      await rig.rules({ levels });
      assert.equal(await level('reminder'), 'full_auto');
    });

    test('a pause of all holds whatever would be new', async () => {
      const asked = await rig.proposed('ann', { type: 'offer' });
      const { id } = await rig.approvalOf(asked);
      const told = (await rig.events()).length;
      assert.equal((await rig.rules({ paused: true })).paused, true);
      const messages = (await rig.all('/autonomous/outreach')).length;
      assertProblem(await rig.propose('bob'), 409);
      assertProblem(await rig.ask('POST', '/autonomous/outreach', { customer_id: 'bob', outreach_type: 'x', message: 'Hi' }), 409);
      await rig.order('paused-1', 'bob');
      await rig.pass(11);
      assert.equal((await rig.answer(id, 'approve')).status, 200);
      await rig.pass(2);
      assert.equal((await rig.all('/autonomous/outreach')).length, messages, 'nothing was sent');
      const names = (await rig.events()).slice(told).map((event) => event.type);
      assert.ok(!names.includes('dev.steward.outreach.sent.v1') && !names.includes('dev.steward.autonomous.decision.v1'), names.join(' '));
      await rig.rules({ paused: false });
      await rig.pass(6);
      assert.equal((await rig.messagesOf(asked)).length, 1, 'what was approved is done then');
      assert.deepEqual((await rig.all('/autonomous/outreach?trigger_id=paused-1')).map((item) => item.customer_id), ['bob']);
    });

    test('a pause in the midst: what is told after it is nothing new', async () => {
      const proposals = Array.from({ length: 40 }, (_, i) => rig.propose(i % 2 ? 'ann' : 'bob'));
      await proposals[5];
      const paused = rig.rules({ paused: true });
      const later = paused.then(() => rig.propose('eve'));
      const statuses = (await Promise.all(proposals)).map((answer) => answer.status);
      assert.ok(statuses.every((status) => [201, 409].includes(status)), statuses.join(' '));
      assertProblem(await later, 409);
      await rig.done('POST', '/internal/tasks/execute', { task_type: 'remind' }); // nor when it is told to look
      await rig.pass(6);
      const events = await rig.events();
      const at = events.findLastIndex((event) => event.type === 'dev.steward.agent.changed.v1' && event.data.paused === true);
      const after = events.slice(at).map((event) => event.type);
      assert.ok(at > 0 && !after.includes('dev.steward.autonomous.decision.v1') && !after.includes('dev.steward.outreach.sent.v1'), after.join(' '));
      await rig.rules({ paused: false });
    });

    test('a pause of one agent holds that one, across a restart', async () => {
      await rig.done('PATCH', '/autonomous/agents/reminder', { status: 'paused' });
      assertProblem(await rig.propose('ann'), 409);
      await rig.order('paused-2', 'ann');
      await rig.restart('SIGKILL');
      await rig.moveTo(rig.now_ms + 11 * 60_000);
      assert.equal((await rig.get('/autonomous/agents/reminder')).status, 'paused');
      assert.deepEqual(await rig.all('/autonomous/outreach?trigger_id=paused-2'), []);
      await rig.done('PATCH', '/autonomous/agents/reminder', { status: 'active' });
      await rig.pass(6);
      assert.equal((await rig.all('/autonomous/outreach?trigger_id=paused-2')).length, 1);
    });

    test('shadow mode decides and records, and does nothing', async () => {
      const board = async () => (await rig.get('/autonomous/analytics/dashboard')).outreach.sent_today;
      const before = await board();
      const change = async (shadow) => {
        await rig.done('PUT', '/autonomous/agents/reminder/config', { shadow });
      };
      const check = async () => {
        const { id } = await rig.proposed('ann');
        const made = await rig.get(`/autonomous/decisions/${id}`);
        assert.deepEqual([made.shadow, made.action_taken, made.outcome.status], [true, 'none', 'expired']);
        const offer = await rig.proposed('ann', { type: 'offer' });
        assert.equal(offer.approval.approval_id, null, 'nobody is asked');
      };
      await change(true);
      await check();
      await change(false);
      await rig.rules({ shadow: true });
      await check();
      await rig.rules({ shadow: false });
      assert.equal(await board(), before);
      assert.equal((await rig.messagesOf(await rig.proposed('ann'))).length, 1);
    });
  });

  describe('limits', () => {
    const rig = served(binary, { limits: { hourly_actions: 3, daily_actions: 5, per_customer_hourly: 1, per_customer_daily: 2 } });
    const refused = async (customer, seconds, more) => {
      const answer = await rig.propose(customer, more);
      assertProblem(answer, 429);
      const after_s = Number(answer.headers['retry-after']);
      assert.ok(Math.abs(after_s - seconds) <= 1, `Retry-After ${after_s}, not ${seconds}`);
    };

    test('a customer is written to once in an hour and twice in a day, by all together', async () => {
      await rig.proposed('ann');
      await refused('ann', 3600);
      assertProblem(await rig.ask('POST', '/autonomous/outreach', { customer_id: 'ann', outreach_type: 'x', message: 'Hi' }), 429);
      await refused('ann', 3600, { agent_name: 'another' });
      await rig.pass(59);
      await refused('ann', 60);
      await rig.pass(1);
      await rig.proposed('ann');
      await rig.pass(60);
      await refused('ann', 22 * 3600);
      await rig.restart('SIGKILL');
      await rig.moveTo(rig.now_ms);
      await refused('ann', 22 * 3600);
    });

    test('an agent acts three times in an hour and five times in a day', async () => {
      await rig.moveTo('2026-11-25T08:00:00Z');
      const customers = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
      for (const id of customers) await rig.customer(id);
      for (const id of customers.slice(0, 3)) await rig.proposed(id);
      await refused('c4', 3600);
      const state = await rig.get('/autonomous/agents/reminder');
      assert.deepEqual(state.rate_limits.hourly_actions, { limit: 3, current: 3, remaining: 0 });
      await rig.pass(60);
      for (const id of customers.slice(3, 5)) await rig.proposed(id);
      await refused('c6', 23 * 3600);
      await rig.done('PUT', '/autonomous/agents/reminder/config', { max_daily_actions: 6 });
      await rig.proposed('c6');
    });

    test('what was approved waits for its turn, and is done when it has come', async () => {
      await rig.moveTo('2026-11-28T08:00:00Z');
      const offer = await rig.proposed('bob', { type: 'offer' });
      await rig.proposed('bob');
      assert.equal((await rig.answer((await rig.approvalOf(offer)).id, 'approve')).status, 200);
      assert.deepEqual(await rig.messagesOf(offer), []);
      await rig.pass(59);
      assert.deepEqual(await rig.messagesOf(offer), []);
      await rig.pass(2);
      assert.equal((await rig.messagesOf(offer)).length, 1);
    });

    test('an agent has no more questions open than it may act in an hour', async () => {
      await rig.moveTo('2026-11-30T08:00:00Z');
      const answers = [];
      for (const id of ['c1', 'c2', 'c3', 'c4']) answers.push((await rig.propose(id, { type: 'offer' })).status);
      assert.deepEqual(answers, [201, 201, 201, 409]);
    });

    test('limits of a second pack are not the ones of the tenant', async () => {
      const agents = [{ name: 'newcomer', every_minutes: 60, decide: { rule: '{}' } }];
      await rig.done('PUT', '/packs/another', { pack: 'another', version: '1', agents, governance: { limits: { hourly_actions: 2, daily_actions: 4 } } });
      const { rate_limits: limits } = await rig.get('/autonomous/agents/newcomer');
      assert.deepEqual([limits.hourly_actions.limit, limits.daily_actions.limit], [3, 5]);
    });

    test('limits that the owner changes hold for all agents that have none of their own', async () => {
      await rig.moveTo('2026-12-02T08:00:00Z');
      await rig.rules({ limits: { hourly_actions: 1 } });
      const propose = (customer) => rig.propose(customer, { agent_name: 'newcomer' });
      assert.equal((await propose('c1')).status, 201);
      assertProblem(await propose('c2'), 429);
      const limitOf = async (agent) => (await rig.get(`/autonomous/agents/${agent}`)).rate_limits.hourly_actions.limit;
      assert.deepEqual([await limitOf('newcomer'), await limitOf('reminder')], [1, 3]);
    });
  });

  describe('trust', () => {
    const earning = { consent: true, approvals: 0.5, successes: 0.5, decisions_least: 5, bad_most: 5, bad_among: 20 };
    const rig = served(binary, { earning });
    const settled = async (type, status, more = {}) => {
      const made = await rig.proposed('ann', { type, ...more });
      if (made.approval.required) assert.equal((await rig.answer((await rig.approvalOf(made)).id, 'approve')).status, 200);
      await rig.done('PATCH', `/autonomous/decisions/${made.id}`, { outcome: { status } });
      return made.autonomy_level;
    };
    const moves = async () => (await rig.all('/autonomous/decisions?decision_type=autonomy_change')).map((item) => item.summary);

    test('it is earned by approvals and successes, and lost by failures; each move is a decision', async () => {
      const levels = [];
      for (let i = 0; i < 6; i += 1) levels.push(await settled('offer', 'success'));
      assert.deepEqual(levels, [...Array(5).fill('supervised'), 'full_auto']);
      const { earned } = await rig.get('/autonomous/governance');
      assert.equal(earned.offer.earned, true);
      assert.match(earned.offer.explanation, /5 of 5 approved/);
      assert.deepEqual(await moves(), ['offer moves to full_auto']);
      await rig.pass(1);
      for (let i = 0; i < 4; i += 1) assert.equal(await settled('offer', 'failed'), 'full_auto');
      assert.equal(await settled('offer', 'failed'), 'full_auto', 'this is the fifth');
      assert.deepEqual(await moves(), ['offer moves to supervised', 'offer moves to full_auto']);
      assert.equal((await rig.proposed('ann', { type: 'offer' })).autonomy_level, 'supervised');
      const entries = await rig.all('/records/audit_logs?filter=' + encodeURIComponent(JSON.stringify({ actor: 'governance' })));
      assert.equal(entries.length, 2);
      await rig.done('POST', '/autonomous/agents/reminder/reset-circuit-breaker');
    });

    test('what only people may decide earns nothing', async () => {
      for (let i = 0; i < 7; i += 1) assert.equal(await settled('price', 'success'), 'manual_only');
      const { earned } = await rig.get('/autonomous/governance');
      assert.deepEqual([earned.price?.record.answered ?? 0, earned.price?.record.outcomes ?? 0], [0, 0]);
      assert.equal(earned.price?.earned ?? false, false);
    });

    test('without consent nothing is earned, and consent that is withdrawn ends what was', async () => {
      for (let i = 0; i < 5; i += 1) await settled('favour', 'success');
      assert.equal((await rig.proposed('ann', { type: 'favour' })).autonomy_level, 'full_auto');
      await rig.rules({ earning: { consent: false } });
      assert.equal((await rig.proposed('ann', { type: 'favour' })).autonomy_level, 'supervised');
      for (let i = 0; i < 7; i += 1) assert.equal(await settled('kindness', 'success'), 'supervised');
    });
  });
}
