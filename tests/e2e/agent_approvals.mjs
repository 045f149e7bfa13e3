// What waits for a person: answered once, in time, by whom it was given to.
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { AgentRig, assertProblem, instant } from './agent_rig.mjs';

const begin = '2026-11-23T08:00:00Z';

export function testApprovals(binary) {
  describe('approvals', () => {
    const rig = new AgentRig(binary, { clock: begin });
    let number = 0;
    before(async () => {
      await rig.start();
      await rig.install({ limits: { hourly_actions: 1000, daily_actions: 1000 } });
    });
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());

    /** A decision about a new customer that waits, and its approval. */
    async function waiting(more = {}, customer = {}) {
      number += 1;
      const id = `cust_${number}`;
      await rig.customer(id, customer);
      const decision = await rig.proposed(id, { type: 'offer', ...more });
      return { customer: id, decision, approval: await rig.approvalOf(decision) };
    }
    const outcome = async ({ decision }) => (await rig.get(`/autonomous/decisions/${decision.id}`)).outcome;

    test('of two owners who answer at once one is heard', async () => {
      for (let round = 0; round < 10; round += 1) {
        const w = await waiting();
        const answers = await Promise.all([
          rig.answer(w.approval.id, 'approve', { responded_by: 'sarah' }),
          rig.answer(w.approval.id, round % 2 ? 'approve' : 'reject', { responded_by: 'tom' }),
        ]);
        assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
        const heard = answers.find((answer) => answer.status === 200).json;
        assert.deepEqual((await rig.get(`/autonomous/approvals/${w.approval.id}`)).response, heard.response);
        assert.equal((await rig.messagesOf(w.decision)).length, heard.status === 'approved' ? 1 : 0);
        assertProblem(await rig.answer(w.approval.id, 'delegate', { to: 'x' }), 409);
      }
    });

    test('answers that are none are refused, and leave it waiting', async () => {
      const { approval } = await waiting();
      const ask = (body, id = approval.id) => rig.ask('POST', `/autonomous/approvals/${id}/action`, body);
      assertProblem(await ask({ action: 'perhaps' }), 400, '/action');
      assertProblem(await ask({}), 400, '/action');
      assertProblem(await ask({ action: 'delegate' }), 400, '/to');
      assertProblem(await ask({ action: 'delegate', to: 'x'.repeat(201) }), 400, '/to');
      assertProblem(await ask({ action: 'approve', notes: 'x'.repeat(2_001) }), 400, '/notes');
      assertProblem(await ask('[]'), 400);
      assertProblem(await ask({ action: 'approve' }, 'apr_x'), 404);
      assertProblem(await ask({ action: 'approve' }, 'a%20b'), 404);
      assert.deepEqual(await rig.get(`/autonomous/approvals/${approval.id}`), approval);
    });

    test('what was approved counts at once, also for who is killed right after', async () => {
      const counted = async () => {
        const { counters, rate_limits: limits } = await rig.get('/autonomous/agents/reminder');
        return [counters.actions_taken, limits.hourly_actions.current];
      };
      const { approval } = await waiting();
      const before = await counted();
      assert.equal((await rig.answer(approval.id, 'approve')).status, 200);
      const after = await counted();
      assert.deepEqual(after, before.map((count) => count + 1));
      await rig.restart('SIGKILL');
      await rig.moveTo(rig.now_ms);
      await rig.proposed('nobody', { type: 'note', context: {}, act: {} });
      assert.deepEqual(await counted(), after.map((count) => count + 1));
    });

    test('one that is delegated is still answered once', async () => {
      const w = await waiting();
      const given = await rig.answer(w.approval.id, 'delegate', { to: 'tom' });
      assert.deepEqual([given.status, given.json.status, given.json.assigned_to], [200, 'pending', 'tom']);
      assert.equal((await rig.answer(w.approval.id, 'approve', { responded_by: 'tom' })).json.response.responded_by, 'tom');
      assertProblem(await rig.answer(w.approval.id, 'reject'), 409);
    });

    test('nobody answers: it escalates, expires, and is answered no more', async () => {
      const w = await waiting();
      const urgent = await waiting({ priority: 'urgent' });
      const short = await waiting({ expires_at: instant(rig.now_ms + 5 * 60_000) });
      const now = () => rig.get(`/autonomous/approvals/${w.approval.id}`);
      await rig.pass(5);
      assert.equal((await rig.get(`/autonomous/approvals/${short.approval.id}`)).status, 'expired', 'with its offer');
      await rig.pass(4);
      assert.equal((await now()).escalated_at, null);
      await rig.pass(1);
      const escalated = await now();
      assert.deepEqual([escalated.status, escalated.priority, Date.parse(escalated.escalated_at)], ['pending', 'high', rig.now_ms]);
      assert.equal((await rig.get(`/autonomous/approvals/${urgent.approval.id}`)).priority, 'urgent');
      await rig.pass(4);
      assert.equal((await now()).status, 'pending');
      await rig.pass(1);
      assert.equal((await now()).status, 'expired');
      assert.equal((await outcome(w)).status, 'expired');
      for (const action of ['approve', 'reject']) assertProblem(await rig.answer(w.approval.id, action), 409);
      assertProblem(await rig.answer(w.approval.id, 'delegate', { to: 'tom' }), 409);
      await rig.pass(60);
      assert.deepEqual(await rig.messagesOf(w.decision), []);
    });

    test('it expires while the server is down', async () => {
      const w = await waiting();
      await rig.server.kill();
      await rig.up();
      await rig.moveTo(rig.now_ms + 16 * 60_000);
      await rig.until(async () => (await outcome(w)).status === 'expired', 'what nobody has asked for');
      assertProblem(await rig.answer(w.approval.id, 'approve'), 409);
    });

    test('the end of an offer is a time to come, in whole seconds or fractions', async () => {
      const fine = await waiting({ expires_at: new Date(rig.now_ms + 5 * 60_000).toISOString() });
      assert.equal(Date.parse(fine.approval.expires_at), rig.now_ms + 5 * 60_000, 'fractions');
      const message = { customer_id: fine.customer, outreach_type: 'x', message: 'Hi' };
      const sent = await rig.ask('POST', '/autonomous/outreach', { ...message, expires_at: new Date(rig.now_ms + 3_600_000).toISOString() });
      assert.equal(Date.parse(sent.json.expires_at), rig.now_ms + 3_600_000, 'of a message');
      for (const expires_at of ['tomorrow', '2026-13-45T00:00:00Z']) {
        assertProblem(await rig.propose(fine.customer, { type: 'offer', expires_at }), 400);
        assertProblem(await rig.ask('POST', '/autonomous/outreach', { ...message, expires_at }), 400);
      }
      const past = await rig.propose(fine.customer, { type: 'offer', expires_at: instant(rig.now_ms - 60_000) });
      assert.ok(past.status >= 400 || past.json.outcome.status === 'expired', 'what is over before it begins is not begun');
    });

    test('a customer who is gone by then is not written to', async () => {
      const w = await waiting();
      assert.equal((await rig.ask('DELETE', `/records/customers/${w.customer}`)).status, 204);
      const answer = await rig.answer(w.approval.id, 'approve');
      assert.deepEqual([answer.status, answer.json.status], [200, 'approved']);
      const { status, result } = await outcome(w);
      assert.equal(status, 'failed');
      assert.match(result, /no such customer/);
      assert.deepEqual(await rig.messagesOf(w.decision), []);
    });

    test('a customer who wants no more by then is not written to', async () => {
      for (const [consent, why] of [[{ opted_out: true }, /does not want/], [{ whatsapp: false, sms: false, email: false }, /does not want/]]) {
        const w = await waiting();
        await rig.done('PATCH', `/records/customers/${w.customer}`, { consent });
        assert.equal((await rig.answer(w.approval.id, 'approve')).status, 200);
        const { status, result } = await outcome(w);
        assert.equal(status, 'failed');
        assert.match(result, why);
        assert.deepEqual(await rig.messagesOf(w.decision), []);
        assertProblem(await rig.ask('POST', '/autonomous/outreach', { customer_id: w.customer, outreach_type: 'x', message: 'Hi' }), 409);
      }
      const w = await waiting({}, { consent: { whatsapp: false } });
      await rig.answer(w.approval.id, 'approve');
      assert.deepEqual((await rig.messagesOf(w.decision)).map((item) => item.channel), ['sms']);
    });

    test('whoever is written to is who was asked, whoever the decision is about', async () => {
      const wants = await waiting();
      await rig.customer('wants_not', { consent: { opted_out: true } });
      const answer = await rig.propose(wants.customer, { act: { outreach: { customer_id: 'wants_not', outreach_type: 'reminder', message: 'Hi' } } });
      assert.ok(answer.status >= 400 || (await rig.messagesOf(answer.json)).every((item) => item.customer_id !== 'wants_not'), 'somebody who has opted out is written to');
    });

    test('a template that lacks a field fails what was approved, and takes nothing from the limits', async () => {
      const before = (await rig.get('/autonomous/agents/reminder')).rate_limits.hourly_actions.current;
      const w = await waiting({ act: { outreach: { outreach_type: 'reminder', template: 'hello', fields: {} } } });
      assert.equal((await rig.answer(w.approval.id, 'approve')).status, 200);
      const { status, result } = await outcome(w);
      assert.equal(status, 'failed');
      assert.match(result, /needs the field 'order'/);
      assert.deepEqual(await rig.messagesOf(w.decision), []);
      assert.equal((await rig.get('/autonomous/agents/reminder')).rate_limits.hourly_actions.current, before);
      await rig.proposed(w.customer);
    });

    test('a decision whose outcome is told meanwhile leaves nothing to approve', async () => {
      const w = await waiting();
      await rig.done('PATCH', `/autonomous/decisions/${w.decision.id}`, { outcome: { status: 'failed' } });
      assert.equal((await rig.get(`/autonomous/approvals/${w.approval.id}`)).status, 'cancelled');
      assertProblem(await rig.answer(w.approval.id, 'approve'), 409);
      assert.deepEqual(await rig.messagesOf(w.decision), []);
    });

    test('writes that were approved are written, once', async () => {
      number += 1;
      const act = { writes: [{ collection: 'tallies', id: `w-${number}`, data: { count: 1 } }] };
      const made = await rig.proposed('nobody', { type: 'ask_note', context: {}, act });
      assertProblem(await rig.ask('GET', `/records/tallies/w-${number}`), 404);
      assert.equal((await rig.answer((await rig.approvalOf(made)).id, 'approve')).status, 200);
      await rig.until(async () => (await rig.get(`/autonomous/decisions/${made.id}`)).outcome.status === 'success', 'the writes');
      assert.deepEqual((await rig.get(`/records/tallies/w-${number}`)).data, { count: 1 });
      assert.equal((await rig.get(`/records/tallies/w-${number}`)).version > 0, true);
    });
  });
}
