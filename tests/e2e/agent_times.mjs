// Night is where the customer is, also in the nights in which clocks are moved.
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { AgentRig, assertProblem } from './agent_rig.mjs';

// In Berlin clocks go forward on 28 March 2027 at 01:00 UTC and back on 31 October 2027 at 01:00 UTC.
const nights = [
  { what: 'a common night', zone: 'Europe/Berlin', from: '2027-03-20T20:00:00Z', to: '2027-03-21T08:00:00Z' },
  { what: 'the night that lacks an hour', zone: 'Europe/Berlin', from: '2027-03-27T20:00:00Z', to: '2027-03-28T07:00:00Z' },
  { what: 'a night east of here', zone: 'Asia/Kolkata', from: '2027-04-01T15:30:00Z', to: '2027-04-02T03:30:00Z' },
  { what: 'a night without a zone: the business’s', zone: undefined, from: '2027-04-10T21:00:00Z', to: '2027-04-11T09:00:00Z' },
  { what: 'the night that has an hour twice', zone: 'Europe/Berlin', from: '2027-10-30T19:00:00Z', to: '2027-10-31T08:00:00Z' },
  { what: 'a night in New York, which moves its clocks a week later', zone: 'America/New_York', from: '2027-11-07T01:00:00Z', to: '2027-11-07T14:00:00Z' },
];
const minute_ms = 60_000;

export function testTimes(binary) {
  describe('quiet hours', () => {
    const rig = new AgentRig(binary, { clock: '2027-03-01T08:00:00Z' });
    before(async () => {
      await rig.start();
      await rig.install({ quiet_hours: { from: '21:00', to: '09:00' } });
    });
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());

    for (const [at, { what, zone, from, to }] of nights.entries())
      test(`${what}: nobody is written to from ${from} to ${to}`, async () => {
        const id = (name) => `${name}_${at}`;
        for (const name of ['early', 'night', 'waits', 'later']) await rig.customer(id(name), zone ? { zone } : {});
        await rig.moveTo(Date.parse(from) - minute_ms);
        await rig.proposed(id('early'));
        const offer = await rig.proposed(id('waits'), { type: 'offer', expires_at: new Date(Date.parse(to) + 3_600_000).toISOString() }).catch((error) => error);
        assert.ok(offer.id, `an offer can be asked about: ${offer.message}`);
        await rig.moveTo(from);
        assert.equal((await rig.answer((await rig.approvalOf(offer)).id, 'approve')).status, 200);
        assert.deepEqual(await rig.messagesOf(offer), [], 'approved in the night');
        const refused = await rig.propose(id('night'));
        assertProblem(refused, 429);
        assert.ok(Math.abs(Number(refused.headers['retry-after']) - (Date.parse(to) - Date.parse(from)) / 1000) <= 1,
          `Retry-After ${refused.headers['retry-after']} is when it is ${to}`);
        await rig.moveTo(Date.parse(to) - minute_ms);
        assertProblem(await rig.propose(id('night')), 429);
        assert.deepEqual(await rig.messagesOf(offer), []);
        await rig.moveTo(to);
        await rig.proposed(id('later'));
        assert.equal((await rig.messagesOf(offer)).length, 1, 'and sent in the morning');
      });

    test('replies are sent at any time, but not to who has opted out', async () => {
      await rig.moveTo('2027-12-01T20:00:00Z');
      await rig.customer('awake');
      const made = await rig.proposed('awake');
      const [message] = await rig.messagesOf(made);
      await rig.moveTo('2027-12-01T23:00:00Z');
      await rig.done('PATCH', `/autonomous/outreach/${message.id}`, { status: 'responded', response: { text: 'yes' } });
      const replies = async (id) => (await rig.all('/autonomous/outreach')).filter((item) => item.reply_to === id);
      assert.equal((await replies(message.id)).length, 1);
      await rig.moveTo('2027-12-02T12:00:00Z');
      const [other] = await rig.messagesOf(await rig.proposed('awake'));
      await rig.done('PATCH', '/records/customers/awake', { consent: { opted_out: true } });
      await rig.done('PATCH', `/autonomous/outreach/${other.id}`, { status: 'responded', response: { text: 'yes' } });
      assert.deepEqual(await replies(other.id), []);
    });
  });
}
