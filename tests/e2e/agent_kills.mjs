// The server is killed at random moments while people propose, approve and answer.
import test, { after, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { atMost, sleep } from '../support/client.mjs';
import { between, seeded } from '../support/random.mjs';
import { AgentRig } from './agent_rig.mjs';

const seed = Number(process.env.STEWARD_SEED ?? Date.now() % 1_000_000);
const kills = 8;
const wide = { hourly_actions: 50_000, daily_actions: 50_000, per_customer_hourly: 1, per_customer_daily: 1 };

export function testKills(binary) {
  describe(`kills (STEWARD_SEED=${seed})`, () => {
    const rig = new AgentRig(binary);
    const random = seeded(seed);
    const acknowledged = { decisions: new Map(), approvals: new Map(), answers: new Set(), notes: new Set() };
    let finished = 0;
    before(async () => {
      await rig.start();
      await rig.install({ limits: wide });
    });
    after(() => rig.stop());

    /** Asks until there is an answer that is no 5xx. */
    async function insist(...words) {
      for (const deadline = Date.now() + 60_000; ; await sleep(20)) {
        const answer = await rig.ask(...words).catch((error) => ({ status: 599, text: error.message }));
        if (answer.status < 500) return answer;
        assert.ok(Date.now() < deadline, `${words.slice(0, 2).join(' ')} was not answered: ${answer.text}`);
      }
    }

    /** One customer's story: proposed, approved where it takes that, answered. */
    async function live(number) {
      const customer = `cust_${number}`;
      const type = number % 2 ? 'offer' : 'reminder';
      await insist('PUT', `/records/customers/${customer}`, { name: customer, phone: '+49' });
      const made = await insist('POST', '/autonomous/decisions', {
        agent_name: 'reminder', decision_type: type, summary: 'x', key: `k-${number}`, context: { customer_id: customer }, revenue_impact: { potential: 10 },
        act: { outreach: { outreach_type: 'reminder', template: 'hello', fields: { order: 'o' } } },
      });
      if (made.status === 201) acknowledged.decisions.set(made.json.id, customer);
      const [decision] = (await insist('GET', `/autonomous/decisions?customer_id=${customer}`)).json.items;
      assert.ok(decision, `${customer}: ${made.status} ${made.text}`);
      if (type === 'offer') {
        const action = number % 10 === 9 ? 'reject' : 'approve';
        const id = decision.approval.approval_id;
        const answers = await Promise.all([1, 2].map((who) => insist('POST', `/autonomous/approvals/${id}/action`, { action, responded_by: `owner ${who}` })));
        assert.ok(answers.every((answer) => [200, 409].includes(answer.status)) && answers.filter((answer) => answer.status === 200).length <= 1, answers.map((answer) => answer.text).join(' '));
        acknowledged.approvals.set(id, action === 'approve' ? 'approved' : 'rejected');
        if (action === 'reject') return;
      }
      const [message] = (await insist('GET', `/autonomous/outreach?customer_id=${customer}`)).json.items;
      assert.ok(message, `${customer} was not written to`);
      const answered = await insist('PATCH', `/autonomous/outreach/${message.id}`, { status: 'responded', response: { text: number % 3 ? 'yes' : 'no' } });
      assert.ok([200, 409].includes(answered.status), answered.text);
      acknowledged.answers.add(message.id);
    }

    async function note(number) {
      const made = await insist('POST', '/autonomous/decisions', {
        agent_name: 'idler', decision_type: 'note', summary: 'x', key: `n-${number}`, act: { writes: [{ collection: 'tallies', id: `n-${number}`, data: { count: 1 } }] },
      });
      if (made.status === 201) acknowledged.notes.add(made.json.id);
    }

    test('stories go on while it is killed', { timeout: 240_000 }, async () => {
      const numbers = Array.from({ length: 160 }, (_, i) => i + 1);
      const killing = (async () => {
        for (let i = 1; i <= kills; i += 1) {
          while (finished < (numbers.length * i) / (kills + 1)) await sleep(2);
          await sleep(between(random, 0, 60));
          await rig.restart('SIGKILL');
        }
      })();
      await atMost(12, numbers, async (number) => {
        await Promise.all([live(number), note(number)]);
        finished += 1;
      });
      await killing;
      rig.assertAlive();
    });

    test('nothing that was acknowledged is lost, and nobody was written to twice', async () => {
      const decisions = await rig.all('/autonomous/decisions');
      const messages = (await rig.all('/autonomous/outreach')).filter((item) => !item.reply_to);
      const approvals = new Map((await rig.all('/autonomous/approvals')).map((item) => [item.id, item]));
      const byId = new Map(decisions.map((item) => [item.id, item]));
      for (const id of acknowledged.decisions.keys()) assert.ok(byId.has(id), id);
      for (const [id, status] of acknowledged.approvals) assert.equal(approvals.get(id)?.status, status);
      for (const id of acknowledged.answers) assert.equal(messages.find((item) => item.id === id)?.status, 'responded');
      const count = (of) => {
        const counts = new Map();
        for (const item of of) counts.set(item, (counts.get(item) ?? 0) + 1);
        return counts;
      };
      for (const [id, times] of count(messages.map((item) => item.decision_id))) assert.equal(times, 1, `decision ${id}`);
      for (const [id, times] of count(messages.map((item) => item.customer_id))) assert.equal(times, 1, `customer ${id}`);
      for (const item of decisions.filter((each) => each.agent_name === 'reminder')) {
        const sent = messages.filter((message) => message.decision_id === item.id).length;
        assert.equal(sent, item.acted_at ? 1 : 0, `decision ${item.id} of ${item.decision_type}`);
        if (item.approval.approval_id) assert.equal(approvals.get(item.approval.approval_id)?.decision_id, item.id);
      }
    });

    test('counters equal decisions', async () => {
      const decisions = await rig.all('/autonomous/decisions?agent_name=reminder');
      const { counters, rate_limits: limits } = await rig.get('/autonomous/agents/reminder');
      const of = (status) => decisions.filter((item) => item.outcome.status === status).length;
      const revenue = decisions.reduce((sum, item) => sum + item.revenue_impact.actual, 0);
      const acted = decisions.filter((item) => item.acted_at).length;
      assert.deepEqual([counters.actions_taken, counters.actions_successful, counters.actions_failed, counters.revenue_generated, limits.hourly_actions.current],
        [acted, of('success'), of('failed'), revenue, acted]);
      const day = await rig.get('/autonomous/decisions/stats/daily');
      const impact = await rig.get('/autonomous/analytics/revenue-impact');
      assert.deepEqual([impact.total, impact.by_agent.reminder, day.revenue.actual], [revenue, revenue, revenue]);
      assert.equal(impact.by_day[0].count, day.total);
    });

    test('what was decided to be written is written', async () => {
      for (const id of acknowledged.notes)
        await rig.until(async () => (await rig.get(`/autonomous/decisions/${id}`)).outcome.status === 'success', `decision ${id} to be carried out`, 15_000);
      assert.equal((await rig.all('/records/tallies')).length, 160);
    });

    test('the audit log is whole', async () => {
      const verified = await rig.verifyAudit();
      assert.equal(verified.code, 0, verified.out + verified.err);
    });
  });
}
