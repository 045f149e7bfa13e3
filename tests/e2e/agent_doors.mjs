// What stays closed: collections that only agents write, what other tenants have, the audit log.
import test, { after, afterEach, before, describe } from 'node:test';
import assert from 'node:assert/strict';
import { AgentRig, assertProblem, search } from './agent_rig.mjs';

const own = ['autonomous_decisions', 'approvals', 'agent_states', 'audit_logs', 'outreach', 'autonomous_days', 'packs', 'governance'];

export function testClosedDoors(binary) {
  describe('collections of agents', () => {
    const rig = new AgentRig(binary, { clock: '2026-11-23T08:00:00Z' });
    before(async () => {
      await rig.start();
      await rig.install();
      await rig.customer('ann');
      await rig.order('o-1', 'ann');
      await rig.proposed('ann', { type: 'offer' });
    });
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());

    test('no client writes them', async () => {
      for (const collection of [...own, 'orders']) {
        const { id } = (await rig.get(search(collection, { limit: 1 }))).items[0] ?? { id: 'x' };
        const record = `/records/${collection}/${id}`;
        const before = await rig.ask('GET', record);
        assertProblem(await rig.ask('POST', `/records/${collection}`, { state: 'x' }), 403);
        assertProblem(await rig.ask('PUT', record, { state: 'x' }), 403);
        assertProblem(await rig.ask('PATCH', record, { state: 'x' }), 403);
        assertProblem(await rig.ask('DELETE', record), 403);
        assertProblem(await rig.ask('POST', `/records/${collection}:batch`, { records: [{ id, data: { state: 'x' } }] }), 403);
        assert.equal((await rig.ask('GET', record)).text, before.text, collection);
      }
    });

    test('no client declares them anew or removes them', async () => {
      for (const collection of own) {
        assertProblem(await rig.ask('PUT', `/collections/${collection}`, {}), 403);
        assertProblem(await rig.ask('DELETE', `/collections/${collection}`), 403);
      }
      assertProblem(await rig.ask('PUT', '/collections/orders', {}), 403);
      assertProblem(await rig.ask('PUT', '/records/orders/mine', { state: 'x' }), 403);
    });

    test('they are read as records are', async () => {
      const found = await rig.get(search('approvals', { filter: { status: 'pending', agent_name: 'reminder' }, sort: '-created_at' }));
      assert.equal(found.items.length, 1);
      assert.equal(found.items[0].id, found.items[0].data.id);
    });

    test('the audit log is whole, and a row that was changed shows', { skip: rig.noSql }, async () => {
      await rig.pass(6);
      const { id } = await rig.only('/autonomous/approvals/pending').catch(() => ({}));
      if (id) await rig.answer(id, 'reject');
      await rig.rules({ paused: true });
      const entries = (await rig.all(search('audit_logs', { sort: 'sequence' }))).map((item) => item.data);
      assert.deepEqual(entries.map((entry) => entry.sequence), entries.map((_, i) => i + 1));
      for (let i = 1; i < entries.length; i += 1) assert.equal(entries[i].previous_hash, entries[i - 1].hash);
      for (const type of ['decision_made', 'approval_requested', 'config_changed']) assert.ok(entries.some((entry) => entry.event_type === type), type);
      const whole = await rig.verifyAudit();
      assert.equal(whole.code, 0, whole.out + whole.err);
      assert.match(whole.out, new RegExp(`default: ${entries.length} entries, whole, last hash ${entries.at(-1).hash}`));

      const schema = rig.onPostgres ? 'steward.' : '';
      const table = `${schema}records`;
      const log = `collection IN (SELECT id FROM ${schema}collections WHERE name = 'audit_logs')`;
      const victim = rig.sql(`SELECT id FROM ${table} WHERE ${log} ORDER BY id LIMIT 1 OFFSET 1`);
      const where = `${log} AND id = '${victim}'`;
      rig.sql(`CREATE TABLE ${schema}kept AS SELECT * FROM ${table} WHERE ${where}`);
      rig.sql(`UPDATE ${table} SET data = replace(${rig.onPostgres ? 'data::text' : 'data'}, '"info"', '"debug"')${rig.onPostgres ? '::json' : ''} WHERE ${where}`);
      const broken = await rig.verifyAuditAgain();
      assert.equal(broken.code, 1, broken.out + broken.err);
      assert.match(broken.out, new RegExp(victim), 'the entry is named');
      rig.sql(`DELETE FROM ${table} WHERE ${where}`);
      assert.equal((await rig.verifyAuditAgain()).code, 1, 'one is left out');
      rig.sql(`INSERT INTO ${table} SELECT * FROM ${schema}kept`);
      assert.equal((await rig.verifyAuditAgain()).code, 0, 'as it was');
      rig.sql(`DROP TABLE ${schema}kept`);
      await rig.up();
    });
  });

  describe('plans', () => {
    const rig = new AgentRig(binary, { clock: '2026-11-23T08:00:00Z' });
    before(async () => {
      await rig.start();
      await rig.install();
      await rig.customer('ann');
      await rig.proposed('ann', { type: 'offer' });
    });
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());

    test('no plan of a pack writes what only the gate keeps', async () => {
      const written = [];
      for (const collection of own.filter((name) => name !== 'outreach')) {
        const { id } = (await rig.get(search(collection, { limit: 1 }))).items[0];
        const before = await rig.get(`/records/${collection}/${id}`);
        for (const how of [{ merge: { status: 'forged' } }, { data: { forged: true } }, { delete: true }]) {
          const { status } = await rig.ask('POST', '/actions/write', { write: { collection, id, ...how } });
          if (status < 400) written.push(`${collection} ${Object.keys(how)}`);
        }
        const after = await rig.ask('GET', `/records/${collection}/${id}`);
        if (after.json.version !== before.version) written.push(`${collection} is another`);
      }
      assert.deepEqual(written, []);
    });
  });

  describe('tenants', () => {
    const rig = new AgentRig(binary, { tenants: ['acme', 'other'] });
    before(() => rig.start());
    after(() => rig.stop());
    afterEach(() => rig.assertAlive());

    test('each has its own agents, rules, decisions, approvals and figures', async () => {
      const as = (tenant) => (method, path, body) => rig.ask(method, path, body, {}, tenant);
      const [acme, other] = [as('acme'), as('other')];
      await rig.install({ limits: { hourly_actions: 1000 } }, 'acme');
      assert.deepEqual((await other('GET', '/autonomous/agents')).json, { items: [], next: null });
      assert.deepEqual((await other('GET', '/packs')).json.items, []);
      assertProblem(await other('POST', '/actions/order', { id: 'x', state: 'x' }), 404);
      await rig.install({ levels: { offer: 'manual_only' } }, 'other');
      for (const ask of [acme, other]) assert.equal((await ask('PUT', '/records/customers/ann', { name: 'Ann' })).status, 201);
      const decide = (ask) => ask('POST', '/autonomous/decisions', {
        agent_name: 'reminder', decision_type: 'offer', summary: 'x', context: { customer_id: 'ann' },
        act: { outreach: { outreach_type: 'reminder', message: 'Hi' } },
      });
      const made = await decide(acme);
      assert.equal(made.status, 201, made.text);
      const { id, approval: { approval_id: approval }, salon_id } = made.json;
      assert.equal(salon_id, 'acme');
      for (const path of [`/autonomous/decisions/${id}`, `/autonomous/approvals/${approval}`]) {
        assert.equal((await acme('GET', path)).status, 200);
        assertProblem(await other('GET', path), 404);
      }
      assertProblem(await other('POST', `/autonomous/approvals/${approval}/action`, { action: 'approve' }), 404);
      assertProblem(await other('PATCH', `/autonomous/decisions/${id}`, { outcome: { status: 'failed' } }), 404);
      for (const list of ['decisions', 'approvals', 'approvals/pending', 'outreach']) assert.deepEqual((await other('GET', `/autonomous/${list}`)).json.items, [], list);
      assert.equal((await other('GET', '/autonomous/analytics/dashboard')).json.decisions.today, 0);
      await other('PUT', '/autonomous/governance', { paused: true });
      assert.equal((await acme('GET', '/autonomous/governance')).json.paused, false);
      assert.equal((await acme('POST', `/autonomous/approvals/${approval}/action`, { action: 'approve' })).status, 200);
      const [message] = (await acme('GET', '/autonomous/outreach')).json.items;
      assertProblem(await other('PATCH', `/autonomous/outreach/${message.id}`, { status: 'read' }), 404);
      assertProblem(await rig.ask('GET', '/autonomous/agents'), 401);
      const audits = await Promise.all([acme, other].map((ask) => ask('GET', search('audit_logs', { limit: 200 }))));
      for (const [i, tenant] of ['acme', 'other'].entries()) assert.ok(audits[i].json.items.every((item) => item.data.salon_id === tenant));
      const verified = await rig.verifyAudit();
      assert.equal(verified.code, 0, verified.out);
      assert.match(verified.out, /acme: \d+ entries, whole[^]*other: \d+ entries, whole/);
    });
  });
}
