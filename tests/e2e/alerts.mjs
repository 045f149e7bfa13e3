// The alerts that config/alerts.yaml gives to Prometheus: judged by promtool (Debian package
// prometheus) where it is there, and their metrics against what a server tells.
//
//   node tests/e2e/alerts.mjs [--binary build/release/steward]
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { AgentRig } from './agent_rig.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const folder = fileURLToPath(new URL('../../config', import.meta.url));
const promtool = (args, input) => spawnSync('promtool', args, { cwd: folder, input, encoding: 'utf8' });
const missing = promtool(['--version']).status === 0 ? false : 'promtool is not here (Debian: apt-get install prometheus), so the alerts are not judged';

test('the rules are rules, and alert when they should', { skip: missing }, () => {
  const checked = promtool(['check', 'rules', 'alerts.yaml']);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  assert.match(checked.stdout, /3 rules found/);
  const tested = promtool(['test', 'rules', 'alerts_test.yaml']);
  assert.equal(tested.status, 0, tested.stdout + tested.stderr);
});

describe('the metrics', () => {
  const rig = new AgentRig(binary, { clock: '2026-11-23T08:00:00Z' });
  const metrics = async () => (await rig.client.request('GET', '/metrics')).text;
  const value = async (series) => {
    const line = (await metrics()).split('\n').find((each) => each.startsWith(`${series} `));
    assert.ok(line, `${series} is told`);
    return Number(line.slice(series.length + 1));
  };
  const limits = { hourly_actions: 1000, daily_actions: 1000, per_customer_hourly: 100, per_customer_daily: 100 };
  before(async () => {
    await rig.start();
    await rig.install({ limits });
    await rig.customer('ann');
  });
  after(() => rig.stop());
  afterEach(() => rig.assertAlive());

  test('that the alerts ask for are told from the start', async () => {
    const names = [...readFileSync(`${folder}/alerts.yaml`, 'utf8').matchAll(/expr: (\w+)/g)].map((found) => found[1]);
    assert.equal(names.length, 3);
    const text = await metrics();
    for (const name of names) assert.match(text, new RegExp(`^${name}(\\{[^}]*\\})? [\\d.]+$`, 'm'), name);
    assert.equal(await value('autonomous_decisions_success_rate'), 1);
    assert.equal(await value('agent_circuit_breaker_state{agent="reminder"}'), 0);
    assert.equal(await value('approvals_pending'), 0);
  });

  test('are as Prometheus wants them', { skip: missing }, async () => {
    const checked = promtool(['check', 'metrics'], await metrics());
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  });

  test('follow approvals that wait and are answered, also across a restart', async () => {
    for (let i = 0; i < 11; i += 1) await rig.proposed('ann', { type: 'offer' });
    assert.equal(await value('approvals_pending'), 11);
    const [first] = await rig.all('/autonomous/approvals/pending');
    await rig.answer(first.id, 'approve');
    assert.equal(await value('approvals_pending'), 10);
    assert.equal(await value('approval_response_time_seconds_count'), 1);
    await rig.restart('SIGKILL');
    await rig.until(async () => (await value('approvals_pending')) === 10, 'ten approvals to be told', 5_000);
  });

  test('follow decisions that turn out well and badly', async () => {
    const turnsOut = async (status) => rig.done('PATCH', `/autonomous/decisions/${(await rig.proposed('ann')).id}`, { outcome: { status }, ...(status === 'success' && { revenue_impact: { actual: 5 } }) });
    const total = async () => (await metrics()).match(/^autonomous_decisions_total\{type="reminder"\} (\d+)/m)?.[1] ?? 0;
    const before = Number(await total());
    for (const status of ['success', 'success', 'success', 'failed']) await turnsOut(status);
    assert.equal(await value('autonomous_decisions_success_rate'), 0.75);
    assert.equal(await value('autonomous_revenue_generated'), 15);
    assert.equal(Number(await total()), before + 4);
  });

  test('follow a circuit breaker that opens and is reset, also across a restart', async () => {
    const breaker = () => value('agent_circuit_breaker_state{agent="reminder"}');
    await rig.order('o-bad', 'ann', 'reminder', { broken: true });
    for (let i = 0; i < 5; i += 1) await rig.look();
    assert.equal(await breaker(), 2);
    await rig.restart('SIGKILL');
    await rig.until(async () => (await breaker().catch(() => 0)) === 2, 'the open breaker to be told', 5_000);
    await rig.done('POST', '/autonomous/agents/reminder/reset-circuit-breaker');
    assert.equal(await breaker(), 0);
  });
});
