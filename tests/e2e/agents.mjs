// Agents over HTTP: what they propose, who decides, what is done and what is refused, at what times,
// and that a server which is killed neither forgets nor doubles anything.
//
//   node tests/e2e/agents.mjs [--binary build/release/steward] [--database postgres]
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { readArguments } from '../support/arguments.mjs';
import { AgentRig, assertProblem, instant } from './agent_rig.mjs';
import { shopPack } from './agent_pack.mjs';
import { testApprovals } from './agent_approvals.mjs';
import { testClosedDoors } from './agent_doors.mjs';
import { testGovernance } from './agent_governance.mjs';
import { testHappenings } from './agent_happenings.mjs';
import { testKills } from './agent_kills.mjs';
import { testSalon } from './agent_salon.mjs';
import { testTimes } from './agent_times.mjs';

const { binary, database } = readArguments(process.argv.slice(2), {
  binary: 'build/release/steward',
  database: '', // "postgres": a private PostgreSQL in place of the embedded store
});
if (!['', 'postgres'].includes(database)) throw new Error(`--database ${database}: only postgres is known`);
AgentRig.database = database;
const begin = '2026-11-23T08:00:00Z';

describe('before any pack', () => {
  const rig = new AgentRig(binary, { clock: begin });
  before(() => rig.start());
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('there is nothing to see and nobody to ask', async () => {
    for (const list of ['decisions', 'agents', 'approvals', 'approvals/pending', 'gaps', 'gaps/open', 'gaps/high-priority', 'outreach'])
      assert.deepEqual(await rig.get(`/autonomous/${list}`), { items: [], next: null }, list);
    assert.deepEqual(await rig.get('/packs'), { items: [], next: null });
    assert.equal((await rig.get('/autonomous/analytics/dashboard')).decisions.today, 0);
    assert.equal((await rig.get('/autonomous/analytics/revenue-impact')).total, 0);
    assert.equal((await rig.get('/autonomous/decisions/stats/daily')).total, 0);
    assert.equal((await rig.get('/autonomous/approvals/stats/summary')).pending, 0);
    assert.equal((await rig.get('/autonomous/gaps/stats/daily')).total, 0);
    assert.equal((await rig.get('/autonomous/outreach/stats/summary')).total, 0);
    assertProblem(await rig.propose('ann'), 409);
    assertProblem(await rig.ask('POST', '/autonomous/outreach', { customer_id: 'ann', outreach_type: 'x', message: 'Hi' }), 409);
    assertProblem(await rig.ask('PUT', '/autonomous/governance', { paused: true }), 409);
    assertProblem(await rig.ask('POST', '/actions/book', {}), 404);
    for (const path of ['decisions/dec_x', 'agents/reminder', 'approvals/apr_x', 'gaps/gap_x', 'outreach/out_x'])
      assertProblem(await rig.ask('GET', `/autonomous/${path}`), 404);
  });
});

describe('the operations', () => {
  const rig = new AgentRig(binary, { clock: begin });
  before(async () => {
    await rig.start();
    await rig.install({ limits: { hourly_actions: 1000, daily_actions: 1000, per_customer_hourly: 100, per_customer_daily: 100 } });
    await rig.customer('ann');
  });
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('a decision is made, shown, listed and told its outcome', async () => {
    const made = await rig.propose('ann', { reasons: ['it is late'], action_details: { order: 'o' }, action_taken: 'outreach_initiated' });
    assert.equal(made.status, 201, made.text);
    const { json } = made;
    assert.equal(made.headers.location, `/api/v1/autonomous/decisions/${json.id}`);
    assert.deepEqual(
      [json.agent_name, json.decision_type, json.autonomy_level, json.summary, json.reasons, json.action_taken, json.created_at],
      ['reminder', 'reminder', 'full_auto', 'Write to ann', ['it is late'], 'outreach_initiated', begin],
    );
    assert.deepEqual(json.revenue_impact, { potential: 10, actual: 0, currency: 'EUR' });
    assert.equal(json.outcome.status, 'pending');
    assert.deepEqual(await rig.get(`/autonomous/decisions/${json.id}`), json);

    const told = await rig.done('PATCH', `/autonomous/decisions/${json.id}`, {
      outcome: { status: 'success', result: 'paid', booking_created_id: 'b-1' }, revenue_impact: { actual: 12.5 },
    });
    assert.deepEqual([told.outcome.status, told.outcome.result, told.outcome.booking_created_id, told.outcome.completed_at, told.revenue_impact.actual],
      ['success', 'paid', 'b-1', begin, 12.5]);
    const back = await rig.done('PATCH', `/autonomous/decisions/${json.id}`, { outcome: { status: 'failed', result: 'sent back' } });
    assert.deepEqual([back.outcome.status, back.revenue_impact.actual], ['failed', 0], 'an outcome can be taken back');

    await rig.pass(1);
    const other = await rig.proposed('ann', { type: 'offer' });
    const ids = async (query) => (await rig.all(`/autonomous/decisions${query}`)).map((item) => item.id);
    assert.deepEqual(await ids(''), [other.id, json.id], 'the newest first');
    assert.deepEqual(await ids('?decision_type=offer'), [other.id]);
    assert.deepEqual(await ids('?status=failed'), [json.id]);
    assert.deepEqual(await ids('?customer_id=ann&agent_name=reminder'), [other.id, json.id]);
    assert.deepEqual(await ids('?agent_name=nobody'), []);
    const page = await rig.get('/autonomous/decisions?limit=1');
    assert.equal(page.items.length, 1);
    assert.equal((await rig.get(`/autonomous/decisions?limit=1&cursor=${encodeURIComponent(page.next)}`)).items[0].id, json.id);
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?cursor=nonsense', '?status=', '?colour=red'])
      assertProblem(await rig.ask('GET', `/autonomous/decisions${query}`), 400);
  });

  test('decisions that make no sense are refused', async () => {
    const bodies = ['', '{', '[]', '7', {}, { agent_name: 'reminder' }, { decision_type: 'x' }, { agent_name: 'No Name', decision_type: 'x' },
      { agent_name: 'reminder', decision_type: 7 }, { agent_name: 'reminder', decision_type: 'x', context: [] },
      { agent_name: 'reminder', decision_type: 'x', act: { outreach: { outreach_type: 'x' } } },
      { agent_name: 'reminder', decision_type: 'x', act: { writes: [{ collection: 'orders' }] } },
      { agent_name: 'reminder', decision_type: 'x', act: { workflow: { name: 'x' } } }];
    for (const body of bodies) assertProblem(await rig.ask('POST', '/autonomous/decisions', body), 400);
    assertProblem(await rig.ask('POST', '/autonomous/decisions', 'a: 1', { 'content-type': 'application/yaml' }), 415);
    assertProblem(await rig.propose('nobody'), 409);
    const { id } = await rig.proposed('ann');
    const patch = (body, at = id) => rig.ask('PATCH', `/autonomous/decisions/${at}`, body);
    assertProblem(await patch({ outcome: { status: 'good' } }), 400, '/outcome/status');
    assertProblem(await patch({}), 400, '/outcome/status');
    assertProblem(await patch({ outcome: { status: 'success' }, revenue_impact: { actual: -1 } }), 400, '/revenue_impact/actual');
    assertProblem(await patch({ outcome: { status: 'success' }, summary: 'x' }), 400, '/summary');
    assertProblem(await patch({ outcome: { status: 'success' } }, 'dec_x'), 404);
    for (const path of ['dec_x', 'a%20b', '%00']) assert.ok([400, 404].includes((await rig.ask('GET', `/autonomous/decisions/${path}`)).status));
    assert.equal((await rig.get(`/autonomous/decisions/${id}`)).outcome.status, 'pending');
  });

  test('what a record can\'t hold, no decision holds', async () => {
    assertProblem(await rig.ask('POST', '/autonomous/decisions', '{"agent_name":"reminder","decision_type":"a\\u0000b","summary":"x"}'), 400);
    assertProblem(await rig.ask('POST', '/autonomous/decisions', '{"agent_name":"reminder","decision_type":"x","context":{"a":"\\u0000"}}'), 400);
    assertProblem(await rig.ask('POST', '/autonomous/decisions', '{"agent_name":"reminder","decision_type":"x","context":{"a\\u0000":1}}'), 400);
    await rig.proposed('ann');
  });

  test('a key that is open is not proposed twice', async () => {
    const { id } = await rig.proposed('ann', { key: 'k-1' });
    assertProblem(await rig.propose('ann', { key: 'k-1' }), 409);
    await rig.done('PATCH', `/autonomous/decisions/${id}`, { outcome: { status: 'success' } });
    assert.notEqual((await rig.proposed('ann', { key: 'k-1' })).id, id);
  });

  test('agents are listed, shown, paused, resumed, set and reset', async () => {
    const { items } = await rig.get('/autonomous/agents');
    assert.deepEqual(items.map((item) => item.agent_name), ['idler', 'reminder']);
    const agent = await rig.get('/autonomous/agents/reminder');
    assert.deepEqual([agent.title, agent.task_type, agent.status, agent.shadow, agent.interval_minutes, agent.circuit_breaker.state],
      ['Reminds', 'remind', 'active', false, 5, 'closed']);
    assert.equal(agent.rate_limits.hourly_actions.current + agent.rate_limits.hourly_actions.remaining, agent.rate_limits.hourly_actions.limit);
    assertProblem(await rig.ask('GET', '/autonomous/agents/nobody'), 404);

    assert.equal((await rig.done('PATCH', '/autonomous/agents/reminder', { status: 'paused' })).status, 'paused');
    assert.equal((await rig.get('/autonomous/agents/reminder')).status, 'paused');
    assert.equal((await rig.done('PATCH', '/autonomous/agents/reminder', { status: 'active' })).status, 'active');
    assertProblem(await rig.ask('PATCH', '/autonomous/agents/reminder', { status: 'error' }), 400, '/status');
    assertProblem(await rig.ask('PATCH', '/autonomous/agents/reminder', { status: 'paused', title: 'x' }), 400, '/title');
    assertProblem(await rig.ask('PATCH', '/autonomous/agents/nobody', { status: 'paused' }), 404);

    const set = { max_hourly_actions: 50, max_daily_actions: 60, cooldown_minutes: 7, interval_minutes: 9, shadow: false, custom: { a: [1] } };
    const changed = await rig.done('PUT', '/autonomous/agents/idler/config', set);
    assert.deepEqual([changed.config.max_hourly_actions, changed.config.max_daily_actions, changed.config.cooldown_minutes, changed.interval_minutes, changed.config.custom],
      [50, 60, 7, 9, { a: [1] }]);
    assert.equal(changed.rate_limits.daily_actions.limit, 60);
    const wrong = { max_hourly_actions: -1, max_daily_actions: 1.5, cooldown_minutes: 0, interval_minutes: '5', shadow: 'no', custom: 7, colour: 'red' };
    for (const [name, value] of Object.entries(wrong))
      assertProblem(await rig.ask('PUT', '/autonomous/agents/idler/config', { [name]: value }), 400, `/${name}`);
    assertProblem(await rig.ask('PUT', '/autonomous/agents/idler/config', { custom: { a: 'x'.repeat(20_000) } }), 400, '/custom');
    assertProblem(await rig.ask('PUT', '/autonomous/agents/nobody/config', {}), 404);
    assert.deepEqual((await rig.get('/autonomous/agents/idler')).config, changed.config);

    assert.equal((await rig.done('POST', '/autonomous/agents/idler/reset-circuit-breaker')).circuit_breaker.state, 'closed');
    assertProblem(await rig.ask('POST', '/autonomous/agents/nobody/reset-circuit-breaker'), 404);
  });

  test('approvals are listed, shown, answered and summed up', async () => {
    const one = await rig.proposed('ann', { type: 'offer', reasons: ['a reason'], action_details: { percent: 5 } });
    const two = await rig.proposed('ann', { type: 'offer' });
    const approval = await rig.approvalOf(one);
    assert.deepEqual(
      [approval.decision_id, approval.agent_name, approval.action_type, approval.decision_type, approval.action_summary, approval.reasons, approval.priority, approval.status],
      [one.id, 'reminder', 'offer', 'offer', 'Write to ann', ['a reason'], 'medium', 'pending'],
    );
    assert.equal(approval.expires_at, instant(rig.now_ms + 15 * 60_000));
    assert.equal(approval.action_details.percent, 5);
    assert.equal(approval.action_details.potential_revenue, 10);
    assert.deepEqual(approval.response, { action: null, responded_by: null, responded_at: null, notes: null });
    assert.deepEqual(await rig.messagesOf(one), []);
    const before = await rig.get('/autonomous/approvals/stats/summary');

    const done = await rig.answer(approval.id, 'approve', { notes: 'fine' });
    assert.equal(done.status, 200, done.text);
    assert.deepEqual([done.json.status, done.json.response], ['approved', { action: 'approve', responded_by: 'sarah', responded_at: instant(rig.now_ms), notes: 'fine' }]);
    assert.equal((await rig.messagesOf(one)).length, 1);
    const other = await rig.approvalOf(two);
    assert.equal((await rig.answer(other.id, 'reject')).json.status, 'rejected');
    assert.deepEqual(await rig.messagesOf(two), []);
    assert.equal((await rig.get(`/autonomous/decisions/${two.id}`)).outcome.status, 'rejected');

    const after = await rig.get('/autonomous/approvals/stats/summary');
    assert.deepEqual([after.pending, after.approved, after.rejected], [before.pending - 2, before.approved + 1, before.rejected + 1]);
    assert.deepEqual((await rig.all('/autonomous/approvals?status=rejected')).map((item) => item.id), [other.id]);
    assert.ok((await rig.all('/autonomous/approvals?agent_name=reminder')).length >= 2);
    assert.ok((await rig.all('/autonomous/approvals/pending')).every((item) => item.status === 'pending'));
    assertProblem(await rig.ask('GET', '/autonomous/approvals/pending?status=approved'), 400);
    assertProblem(await rig.ask('GET', '/autonomous/approvals/apr_x'), 404);
    assertProblem(await rig.ask('GET', '/autonomous/approvals?limit=-1'), 400);
    assertProblem(await rig.ask('GET', '/autonomous/approvals/stats/summary?x=1'), 400);
  });

  test('gaps are listed, chosen and summed up', async () => {
    const gap = (id, more) => ({ id, staff_id: 'rahul', date: '2026-11-23', start_time: `2026-11-23T1${id.at(-1)}:00:00Z`, status: 'open', priority: 'low', potential_revenue: 100, ...more });
    const gaps = [gap('gap_1'), gap('gap_2', { priority: 'high' }), gap('gap_3', { status: 'filled', filled_revenue: 80 }), gap('gap_4', { staff_id: 'anna', priority: 'critical' }),
      gap('gap_5', { status: 'expired', date: '2026-11-22' })];
    for (const each of gaps) await rig.done('POST', '/actions/write', { write: { collection: 'gaps', id: each.id, data: each } });
    const ids = async (path) => (await rig.all(`/autonomous/gaps${path}`)).map((item) => item.id);
    assert.deepEqual(await ids(''), ['gap_1', 'gap_2', 'gap_3', 'gap_4', 'gap_5']);
    assert.deepEqual(await ids('?status=filled'), ['gap_3']);
    assert.deepEqual(await ids('?date=2026-11-22'), ['gap_5']);
    assert.deepEqual(await ids('?staff_id=anna&priority=critical'), ['gap_4']);
    assert.deepEqual(await ids('/open'), ['gap_1', 'gap_2', 'gap_4']);
    assert.deepEqual(await ids('/high-priority'), ['gap_2', 'gap_4']);
    assert.deepEqual(await rig.get('/autonomous/gaps/gap_1'), gaps[0]);
    const day = await rig.get('/autonomous/gaps/stats/daily?date=2026-11-23');
    assert.deepEqual([day.date, day.total, day.open, day.filled, day.expired, day.ignored, day.fill_rate, day.potential_revenue, day.filled_revenue],
      ['2026-11-23', 4, 3, 1, 0, 0, 0.25, 400, 80]);
    assertProblem(await rig.ask('GET', '/autonomous/gaps/gap_x'), 404);
    assertProblem(await rig.ask('GET', '/autonomous/gaps/stats/daily?date=today'), 400, 'date');
    for (const path of ['?colour=red', '/open?status=filled', '/high-priority?priority=low']) assertProblem(await rig.ask('GET', `/autonomous/gaps${path}`), 400);
  });

  test('a message is written by a person, followed up and answered', async () => {
    const made = await rig.ask('POST', '/autonomous/outreach', {
      customer_id: 'ann', outreach_type: 'news', template: 'hello', fields: { order: 'o-1' }, language: 'de', trigger_id: 't-1', trigger_type: 'order',
      offer_details: { percent: 5 }, expires_at: '2026-11-23T12:00:00Z',
    });
    assert.equal(made.status, 201, made.text);
    const { json } = made;
    assert.equal(made.headers.location, `/api/v1/autonomous/outreach/${json.id}`);
    assert.deepEqual([json.customer_name, json.customer_phone, json.channel, json.status, json.message, json.trigger_id, json.offer_details, json.expires_at, json.language],
      ['Name of ann', '+49123', 'whatsapp', 'sent', 'Bestellung o-1 fehlt', 't-1', { percent: 5 }, '2026-11-23T12:00:00Z', 'de']);
    assert.equal(json.delivery.sent_at, instant(rig.now_ms));
    assert.deepEqual(await rig.get(`/autonomous/outreach/${json.id}`), json);
    const patch = (body, id = json.id) => rig.ask('PATCH', `/autonomous/outreach/${id}`, body);
    const delivered = (await patch({ status: 'delivered' })).json;
    assert.deepEqual([delivered.status, delivered.delivery.delivered_at], ['delivered', instant(rig.now_ms)]);
    assert.equal((await patch({ status: 'read' })).json.status, 'read');
    assert.equal((await patch({ status: 'delivered' })).json.status, 'read', 'what is known better stays');
    const answered = (await patch({ status: 'responded', response: { text: 'yes' } })).json;
    assert.deepEqual([answered.status, answered.response.received, answered.response.text, answered.response.action], ['responded', true, 'yes', 'yes']);
    assert.equal((await rig.get(`/autonomous/decisions/${json.decision_id}`)).outcome.status, 'success');
    const reply = await rig.only('/autonomous/outreach?status=sent&outreach_type=reminder&customer_id=ann').catch(() => undefined);
    const thanks = reply ?? (await rig.all('/autonomous/outreach')).find((item) => item.reply_to === json.id);
    assert.equal(thanks.message, 'Thank you');
    assertProblem(await patch({ status: 'responded', response: { text: 'no' } }), 409);
    assertProblem(await patch({ status: 'failed' }), 409);
    assertProblem(await patch({ status: 'sent' }), 400, '/status');
    assertProblem(await patch({ status: 'responded' }), 400, '/response/text');
    assertProblem(await patch({ status: 'read' }, 'out_x'), 404);
    assert.deepEqual((await rig.all('/autonomous/outreach?outreach_type=news')).map((item) => item.id), [json.id]);
    assert.deepEqual((await rig.all('/autonomous/outreach?trigger_id=t-1&status=responded')).map((item) => item.id), [json.id]);
    assertProblem(await rig.ask('GET', '/autonomous/outreach/out_x'), 404);
    assertProblem(await rig.ask('GET', '/autonomous/outreach?colour=red'), 400);
    const figures = await rig.get('/autonomous/outreach/stats/summary');
    assert.equal(figures.total, (await rig.all('/autonomous/outreach')).length);
    for (const sums of ['by_status', 'by_type', 'by_channel'])
      assert.equal(Object.values(figures[sums]).reduce((sum, count) => sum + count, 0), figures.total, sums);
    assertProblem(await rig.ask('GET', '/autonomous/outreach/stats/summary?date=x'), 400);
  });

  test('messages that make no sense are refused', async () => {
    const bodies = ['', {}, { customer_id: 'ann' }, { customer_id: 'ann', outreach_type: 'x' }, { outreach_type: 'x', message: 'Hi' },
      { customer_id: 'ann', outreach_type: 'x', message: 'Hi', template: 'hello' }, { customer_id: 7, outreach_type: 'x', message: 'Hi' }];
    for (const body of bodies) assertProblem(await rig.ask('POST', '/autonomous/outreach', body), 400);
    const before = (await rig.all('/autonomous/outreach')).length;
    const post = (more) => rig.ask('POST', '/autonomous/outreach', { customer_id: 'ann', outreach_type: 'x', ...more });
    assertProblem(await post({ template: 'none' }), 409);
    const missing = await post({ template: 'hello' });
    assertProblem(missing, 409);
    assert.match(missing.json.detail, /'order'/, 'the field is named');
    assertProblem(await post({ customer_id: 'nobody', message: 'Hi' }), 409);
    assert.equal((await rig.all('/autonomous/outreach')).length, before);
  });

  test('a channel that there is not is refused', async () => {
    assertProblem(await rig.ask('POST', '/autonomous/outreach', { customer_id: 'ann', outreach_type: 'x', message: 'Hi', channel: 'pigeon' }), 400);
  });

  test('a task that no agent has is refused, and so is a clock that would go back', async () => {
    assertProblem(await rig.ask('POST', '/internal/tasks/execute', { task_type: 'none' }), 400, '/task_type');
    assertProblem(await rig.ask('POST', '/internal/tasks/execute', {}), 400, '/task_type');
    assertProblem(await rig.ask('PUT', '/internal/clock', { now: '2020-01-01T00:00:00Z' }), 409);
    for (const body of [{}, { now: 7 }, { now: 'noon' }, '[]']) assertProblem(await rig.ask('PUT', '/internal/clock', body), 400, '/now');
  });

  test('who moves the clock is told the time it is', async () => {
    const now = instant(rig.now_ms);
    assert.equal((await rig.done('PUT', '/internal/clock', { now })).now, now);
  });

  test('what an owner sees adds up', async () => {
    const day = await rig.get('/autonomous/decisions/stats/daily?date=2026-11-23');
    const decisions = await rig.all('/autonomous/decisions');
    assert.equal(day.total, decisions.length);
    const sum = (of) => Object.values(of).reduce((total, count) => total + count, 0);
    assert.equal(sum(day.by_status), day.total);
    assert.equal(sum(Object.fromEntries(Object.entries(day.by_type).map(([type, each]) => [type, each.count]))), day.total);
    const actual = decisions.reduce((total, item) => total + item.revenue_impact.actual, 0);
    const potential = decisions.reduce((total, item) => total + item.revenue_impact.potential, 0);
    assert.deepEqual([day.revenue.actual, day.revenue.potential, day.revenue.currency], [actual, potential, 'EUR']);
    const good = decisions.filter((item) => item.outcome.status === 'success').length;
    const bad = decisions.filter((item) => item.outcome.status === 'failed').length;
    assert.equal(day.success_rate, good / (good + bad));
    const impact = await rig.get('/autonomous/analytics/revenue-impact?from=2026-11-23&to=2026-11-23');
    assert.deepEqual([impact.from, impact.to, impact.currency, impact.total], ['2026-11-23', '2026-11-23', 'EUR', actual]);
    assert.deepEqual([sum(impact.by_type), sum(impact.by_agent)], [actual, actual]);
    assert.deepEqual(impact.by_day, [{ date: '2026-11-23', potential, actual, count: decisions.length }]);
    const board = await rig.get('/autonomous/analytics/dashboard');
    assert.deepEqual([board.date, board.revenue.today, board.revenue.last_7_days, board.revenue.last_30_days, board.decisions.today, board.decisions.success_rate],
      ['2026-11-23', actual, actual, actual, decisions.length, day.success_rate]);
    assert.equal(board.approvals.pending, (await rig.all('/autonomous/approvals/pending')).length);
    assert.equal(board.outreach.sent_today, (await rig.all('/autonomous/outreach')).length);
    assert.deepEqual(board.agents, { active: (await rig.all('/autonomous/agents')).length, paused: 0, error: 0, circuit_breaker: 0 });
    for (const path of ['/autonomous/decisions/stats/daily?date=x', '/autonomous/analytics/revenue-impact?from=x', '/autonomous/analytics/revenue-impact?to=2026-13-45', '/autonomous/analytics/dashboard?x=1'])
      assertProblem(await rig.ask('GET', path), 400);
    const state = await rig.get('/autonomous/agents/reminder');
    const own = decisions.filter((item) => item.agent_name === 'reminder');
    assert.equal(state.counters.actions_taken, own.filter((item) => item.acted_at).length);
    assert.equal(state.counters.revenue_generated, own.reduce((total, item) => total + item.revenue_impact.actual, 0));
  });
});

describe('packs and actions', () => {
  const rig = new AgentRig(binary, { clock: begin });
  before(() => rig.start());
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('a pack is installed from JSON and YAML, listed and shown', async () => {
    const done = await rig.install();
    assert.deepEqual(done, { pack: 'shop', version: '1.0.0', title: 'A shop', agents: ['reminder', 'idler'] });
    assert.deepEqual((await rig.all('/packs')).map((pack) => pack.pack), ['shop']);
    assert.equal((await rig.get('/packs/shop')).version, '1.0.0');
    assertProblem(await rig.ask('GET', '/packs/none'), 404);
    assertProblem(await rig.ask('PUT', '/packs/none'), 404);
    const yaml = 'pack: tiny\nversion: "1"\nactions:\n  - {name: hi, decide: {rule: "{answer: {hi: .trigger.body.name}}"}}\n';
    await rig.done('PUT', '/packs/tiny', yaml, { 'content-type': 'application/yaml' });
    assert.deepEqual(await rig.done('POST', '/actions/hi', { name: 'you' }), { hi: 'you' });
    assert.equal((await rig.get('/autonomous/agents/reminder')).status, 'active');
  });

  test('all problems of a pack are told, each with its place', async () => {
    const broken = 'pack: bad\nversion: "1"\n  title: [';
    assertProblem(await rig.ask('PUT', '/packs/bad', broken, { 'content-type': 'application/yaml' }), 400);
    const pack = shopPack();
    pack.pack = 'bad';
    pack.colour = 'red';
    delete pack.version;
    pack.settings.zone = 'Europe/Nowhere';
    pack.collections[0].schema = { type: 'text' };
    pack.collections.push({ name: 'orders' });
    pack.agents[0].every_minutes = 0;
    pack.agents[0].decide = { rule: 'if then' };
    pack.agents[0].observe.late.filter = { state: '{yesterday}' };
    pack.agents[1].decide = { skill: 'no.such' };
    pack.actions[1].decide = { rule: '$undefined' };
    pack.actions[0].schema = { type: 'text' };
    pack.templates[0].texts = {};
    const answer = await rig.ask('PUT', '/packs/bad', pack);
    for (const place of ['/colour', '/version', '/settings/zone', '/collections/0/schema/type', '/collections/4/name', '/agents/0/every_minutes', '/agents/0/decide/rule',
      '/agents/0/observe/late/filter/state', '/agents/1/decide/skill', '/actions/1/decide/rule', '/actions/0/schema/type', '/templates/0/texts'])
      assertProblem(answer, 422, place);
    assertProblem(await rig.ask('PUT', '/packs/bad', shopPack()), 400, '/pack');
    assertProblem(await rig.ask('PUT', '/packs/bad', '[]'), 422);
    assertProblem(await rig.ask('GET', '/packs/bad'), 404);
    assertProblem(await rig.ask('PUT', '/packs/bad', { pack: 'bad', version: '1', collections: [{ name: 'audit_logs' }] }), 422);
  });

  test('rules of a pack that make no sense are told', async () => {
    const pack = { pack: 'bad', version: '1', governance: { levels: { x: 'always' }, limits: { hourly_actions: -1 } } };
    const answer = await rig.ask('PUT', '/packs/bad', pack);
    assertProblem(answer, 422, '/governance/levels/x');
    assertProblem(answer, 422, '/governance/limits/hourly_actions');
  });

  test('what the owner has changed in the rules stays when a pack is installed again', async () => {
    await rig.rules({ levels: { reminder: 'manual_only' }, limits: { hourly_actions: 7 }, shadow: true });
    await rig.install();
    const kept = await rig.get('/autonomous/governance');
    assert.deepEqual([kept.levels.reminder, kept.limits.hourly_actions, kept.shadow], ['manual_only', 7, true]);
    await rig.restart();
    assert.equal((await rig.get('/autonomous/governance')).levels.reminder, 'manual_only');
    await rig.done('PUT', '/packs/second', { pack: 'second', version: '1', governance: { levels: { reminder: 'full_auto', other: 'full_auto' }, limits: { hourly_actions: 9 }, shadow: false } });
    const still = await rig.get('/autonomous/governance');
    assert.deepEqual([still.levels.reminder, still.limits.hourly_actions, still.shadow], ['manual_only', 7, true], 'nor when another is');
  });

  test('an action is performed, or refused with its status', async () => {
    const order = (body, headers) => rig.ask('POST', '/actions/order', body, headers);
    assert.deepEqual((await order({ id: 'o-1', state: 'new' })).json, { ordered: 'o-1' });
    assert.deepEqual((await rig.get('/records/orders/o-1')).data, { state: 'new' });
    assertProblem(await order({ id: 'o-1', state: 'new' }), 409);
    assertProblem(await order({ id: 'nowhere' }), 404);
    assertProblem(await order({ id: 'odd' }), 422, '/id');
    assertProblem(await order({}), 422);
    assertProblem(await order({ id: '' }), 422, '/id');
    assertProblem(await order({ id: 'o-2', state: 'new', total: -1 }), 422);
    assertProblem(await order({ id: 'not an id', state: 'new' }), 422);
    assertProblem(await order('[]'), 400);
    assertProblem(await order('{'), 400);
    assertProblem(await order({ id: 'o-3' }, { 'idempotency-key': 'x'.repeat(256) }), 400, 'Idempotency-Key');
    assertProblem(await rig.ask('POST', '/actions/none', {}), 404);
    assertProblem(await rig.ask('POST', '/actions/broken', {}), 422);
    assert.deepEqual((await rig.all('/records/orders')).map((item) => item.id), ['o-1']);
  });

  test('actions are done one after the other: thirty at once all count', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => rig.ask('POST', '/actions/tally', { name: 'many' })));
    assert.deepEqual(answers.map((answer) => answer.status), Array(30).fill(200));
    assert.deepEqual(answers.map((answer) => answer.json.count).sort((a, b) => a - b), Array.from({ length: 30 }, (_, i) => i + 1));
  });

  test('an action with the same Idempotency-Key is done once, and answered alike', async () => {
    const tally = () => rig.ask('POST', '/actions/tally', { name: 'once' }, { 'idempotency-key': 'key-1' });
    const answers = [await tally(), await tally(), ...(await Promise.all([tally(), tally()]))];
    assert.deepEqual(answers.map((answer) => answer.status), Array(4).fill(200));
    assert.deepEqual((await rig.get('/records/tallies/once')).data, { count: 1 });
    assert.deepEqual(answers.map((answer) => answer.json), Array(4).fill({ count: 1 }));
  });
});

testGovernance(binary);
testApprovals(binary);
testHappenings(binary);
testTimes(binary);
testClosedDoors(binary);
testSalon(binary);
testKills(binary);
