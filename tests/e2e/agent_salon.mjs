// The built-in pack of a salon, as an owner meets it.
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { AgentRig, assertProblem, search } from './agent_rig.mjs';

const agents = ['analytics_agent', 'cleanup_agent', 'gap_fill_agent', 'no_show_prevention_agent', 'retention_agent', 'upsell_agent', 'waitlist_agent'];
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export function testSalon(binary) {
  describe('the salon', () => {
    const rig = new AgentRig(binary, { clock: '2026-11-23T05:00:00Z' }); // a Monday, half past ten in the salon
    before(() => rig.start());
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());
    const book = (body, headers) => rig.ask('POST', '/actions/book', { customer_id: 'priya', staff_id: 'rahul', service_id: 'cut', start_time: '2026-11-23T08:00:00Z', ...body }, headers);
    const act = (name, appointment_id, more = {}) => rig.ask('POST', `/actions/${name}`, { appointment_id, ...more });
    const statusOf = async (id) => (await rig.get(`/records/appointments/${id}`)).data.status;

    test('is installed without a body; seven agents run', async () => {
      const installed = await rig.done('PUT', '/packs/salon');
      assert.equal(installed.pack, 'salon');
      assert.deepEqual([...installed.agents].sort(), agents);
      assert.deepEqual((await rig.all('/autonomous/agents')).map((agent) => agent.agent_name), agents);
      const rules = await rig.get('/autonomous/governance');
      assert.deepEqual(rules.limits, { hourly_actions: 20, daily_actions: 100, per_customer_hourly: 1, per_customer_daily: 3 });
      assert.deepEqual([rules.levels.gap_fill, rules.levels.no_show_prevention, rules.quiet_hours], ['supervised', 'full_auto', { from: '21:00', to: '09:00' }]);
      await rig.done('PUT', '/packs/salon');
      assert.equal((await rig.all('/autonomous/agents')).length, 7);

      const hours = Object.fromEntries(weekdays.map((day) => [day, [['09:00', '18:00']]]));
      await rig.done('PUT', '/records/staff/rahul', { name: 'Rahul Kumar', active: true, skills: [], working_hours: hours, breaks: { mon: [['13:00', '13:30']] } });
      await rig.done('PUT', '/records/services/cut', { name: 'Haircut', duration_minutes: 45, buffer_after_minutes: 15, price: 500, active: true });
      for (const [id, name] of [['priya', 'Priya Sharma'], ['asha', 'Asha Rao'], ['lena', 'Lena Fischer']])
        await rig.done('PUT', `/records/customers/${id}`, { name, phone: `+9198765${id.length}0000`, language: 'en', consent: { whatsapp: true, sms: true, email: true } });
    });

    test('an appointment is booked once, and never over another', async () => {
      const key = { 'idempotency-key': 'booking-1' };
      const made = await book({}, key);
      assert.equal(made.status, 200, made.text);
      const { id } = made.json.appointment;
      assert.deepEqual((await book({}, key)).json, made.json, 'the same key, the same appointment');
      assert.equal(await statusOf(id), 'booked');
      for (const [what, start_time] of [['taken', '2026-11-23T08:00:00Z'], ['overlapping', '2026-11-23T08:30:00Z'], ['within the buffer', '2026-11-23T08:50:00Z'],
        ['a break', '2026-11-23T07:40:00Z'], ['after hours', '2026-11-23T12:20:00Z'], ['before hours', '2026-11-24T03:00:00Z']])
        assertProblem(await book({ start_time }), 409, undefined, what);
      for (const body of [{ customer_id: 'nobody' }, { staff_id: 'nobody' }, { service_id: 'none' }, { start_time: 'noon' }]) assertProblem(await book(body), 422);
      assertProblem(await rig.ask('POST', '/actions/book', { customer_id: 'priya' }), 422);
      assertProblem(await book({ colour: 'red' }), 422);
      const race = await Promise.all(['priya', 'asha', 'lena', 'priya', 'asha'].map((customer_id) => book({ customer_id, start_time: '2026-11-24T06:00:00Z' })));
      assert.deepEqual(race.map((answer) => answer.status).sort(), [200, 409, 409, 409, 409]);
    });

    test('an appointment is confirmed, kept, missed or cancelled; each once, whoever repeats it', async () => {
      const at = async (start_time) => (await book({ start_time })).json.appointment.id;
      const [kept, missed, cancelled] = [await at('2026-11-25T05:00:00Z'), await at('2026-11-25T06:00:00Z'), await at('2026-11-25T08:30:00Z')];
      const steps = [['confirm', kept, 'confirmed'], ['complete', kept, 'completed', { amount: 550 }], ['no_show', missed, 'no_show'], ['cancel', cancelled, 'cancelled', { reason: 'ill' }]];
      for (const [name, id, status, more] of steps) {
        const first = await act(name, id, more);
        assert.equal(first.status, 200, `${name}: ${first.text}`);
        assert.equal(await statusOf(id), status);
        const again = await act(name, id, more);
        assert.deepEqual([again.status, again.json], [200, first.json], `${name} again`);
      }
      assert.ok((await act('cancel', kept)).status === 409, 'who came cannot cancel');
      for (const name of ['confirm', 'complete', 'no_show', 'cancel']) {
        assert.ok([404, 422].includes((await act(name, 'apt_none')).status), name);
        assertProblem(await rig.ask('POST', `/actions/${name}`, {}), 422);
      }
      assertProblem(await rig.ask('PUT', `/records/appointments/${kept}`, {}), 403);
      assert.equal((await book({ start_time: '2026-11-25T08:30:00Z' })).status, 200, 'what was cancelled is free');
    });

    test('a gap is found, offered with the owner’s yes, and filled with the customer’s', async () => {
      for (const customer_id of ['asha', 'lena'])
        await rig.done('POST', '/actions/import_appointments', {
          appointments: Array.from({ length: 6 }, (_, i) => ({
            id: `past_${customer_id}_${i}`, customer_id, staff_id: 'rahul', service_id: 'cut', status: 'completed', price: 500,
            start_time: new Date(Date.parse('2026-11-09T06:00:00Z') - i * 14 * 86_400_000).toISOString().replace('.000Z', 'Z'),
            end_time: new Date(Date.parse('2026-11-09T06:45:00Z') - i * 14 * 86_400_000).toISOString().replace('.000Z', 'Z'),
          })),
        });
      await rig.look('analytics', 'analytics_agent');
      await rig.pass(61);
      const gaps = await rig.all('/autonomous/gaps/open');
      assert.ok(gaps.length > 0, 'there are gaps');
      for (const gap of gaps) {
        assert.ok(gap.staff_id === 'rahul' && gap.duration_minutes >= 15 && gap.status === 'open', JSON.stringify(gap));
        assert.deepEqual(await rig.get(`/autonomous/gaps/${gap.id}`), gap);
      }
      const day = await rig.get(`/autonomous/gaps/stats/daily?date=${gaps[0].date}`);
      assert.equal(day.open, gaps.filter((gap) => gap.date === gaps[0].date).length);
      const asked = async () => (await rig.all('/autonomous/approvals/pending')).filter((item) => item.decision_type === 'gap_fill');
      // Which agent looks first is nobody's promise; the second time it knows what analytics has found.
      for (let i = 0; i < 10 && (await asked()).length === 0; i += 1) await rig.pass(5);
      const approvals = await asked();
      assert.ok(approvals.length > 0, `the owner is asked: ${JSON.stringify((await rig.get('/autonomous/agents/gap_fill_agent')).circuit_breaker)}`);
      assert.ok(approvals[0].reasons.length > 0);
      assert.equal((await rig.answer(approvals[0].id, 'approve')).status, 200);
      const decision = await rig.get(`/autonomous/decisions/${approvals[0].decision_id}`);
      const [message] = await rig.messagesOf(decision);
      assert.ok(message, JSON.stringify(decision.outcome));
      assert.ok(!/[{}]/.test(message.message), message.message);
      const answered = await rig.done('PATCH', `/autonomous/outreach/${message.id}`, { status: 'responded', response: { text: 'Yes please' } });
      assert.deepEqual([answered.status, answered.response.text], ['responded', 'Yes please']);
      const appointment = await rig.get(`/records/appointments/${answered.response.booking_id}`);
      assert.equal(appointment.data.customer_id, message.customer_id);
      assert.equal((await rig.get(`/autonomous/gaps/${message.trigger_id}`)).status, 'filled');
      const closed = await rig.get(`/autonomous/decisions/${decision.id}`);
      assert.deepEqual([closed.outcome.status, closed.revenue_impact.actual], ['success', 500]);
      const types = (await rig.events()).map((event) => event.type);
      for (const type of ['dev.steward.gap.detected.v1', 'dev.steward.gap.filled.v1']) assert.ok(types.includes(type), type);
      assert.equal((await act('no_show', appointment.id)).status, 200);
      const lost = await rig.get(`/autonomous/decisions/${decision.id}`);
      assert.deepEqual([lost.outcome.status, lost.revenue_impact.actual], ['failed', 0], 'who does not come brings nothing');
    });

    test('who says stop is never written to again', async () => {
      const made = await rig.ask('POST', '/autonomous/outreach', { customer_id: 'priya', outreach_type: 'rebooking', message: 'Shall we?' });
      assert.equal(made.status, 201, made.text);
      await rig.done('PATCH', `/autonomous/outreach/${made.json.id}`, { status: 'responded', response: { text: 'STOP' } });
      assert.equal((await rig.get('/records/customers/priya')).data.consent.opted_out, true);
      await rig.moveTo('2026-11-25T05:00:00Z');
      assertProblem(await rig.ask('POST', '/autonomous/outreach', { customer_id: 'priya', outreach_type: 'rebooking', message: 'Shall we?' }), 409);
      const messages = await rig.all('/autonomous/outreach?customer_id=priya');
      assert.ok(messages.every((item) => item.created_at <= '2026-11-24'), 'nothing came after it');
    });

    test('its audit log is whole', async () => {
      assert.ok((await rig.get(search('audit_logs', { limit: 1 }))).items.length === 1);
      const verified = await rig.verifyAudit();
      assert.equal(verified.code, 0, verified.out);
      await rig.up();
    });
  });
}
