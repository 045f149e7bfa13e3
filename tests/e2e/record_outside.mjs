// Records as others see them: their past, the feed, other tenants, BI tools, and after a crash.
import test from 'node:test';
import assert from 'node:assert/strict';
import { assertProblem, search } from './record_rig.mjs';

const typesOf = (events) => events.map((event) => [event.type.split('.').at(-2), event.data.id, event.data.version]);

export function testOutside(rig) {
  test('a history has all versions, newest first, deletions too', async () => {
    await rig.declare('dated', { history: true });
    const versions = [];
    for (const n of [1, 2]) versions.push((await rig.put('dated', 'one', { n })).json);
    versions.push((await rig.done('PATCH', '/records/dated/one', { n: 3 })).json);
    await rig.done('DELETE', '/records/dated/one');
    await rig.done('DELETE', '/records/dated/one');
    versions.push((await rig.put('dated', 'one', { n: 4 })).json);
    await rig.put('dated', 'other', {});

    const { items, next } = (await rig.done('GET', '/records/dated/one/history')).json;
    assert.equal(next, null);
    assert.deepEqual(items.map((item) => item.data?.n ?? null), [4, null, 3, 2, 1]);
    assert.deepEqual(items.filter((item) => item.data !== null), versions.toReversed());
    assert.ok(items.every((item, i) => i === 0 || item.version < items[i - 1].version));
    const paged = [];
    for (let cursor = ''; cursor !== null; ) {
      const page = (await rig.done('GET', `/records/dated/one/history?limit=2${cursor && `&cursor=${cursor}`}`)).json;
      paged.push(...page.items);
      cursor = page.next;
    }
    assert.deepEqual(paged, items);

    await rig.done('DELETE', '/records/dated/one');
    assert.equal((await rig.done('GET', '/records/dated/one/history')).json.items.length, 6, 'it outlives the record');
    assertProblem(await rig.ask('GET', '/records/dated/nobody/history'), 404);
    assertProblem(await rig.ask('GET', '/records/dated/one/history?cursor=x'), 400, 'cursor');
    await rig.declare('undated');
    await rig.put('undated', 'one', {});
    assertProblem(await rig.ask('GET', '/records/undated/one/history'), 404);
    // From when it is switched on, and no longer than until it is switched off.
    await rig.declare('undated', { history: true });
    await rig.put('undated', 'one', { n: 2 });
    await rig.declare('undated');
    await rig.put('undated', 'one', { n: 3 });
    const kept = (await rig.done('GET', '/records/undated/one/history')).json.items;
    assert.deepEqual(kept.map((item) => item.data), [{ n: 2 }]);
  });

  test('the feed tells of every change, in order, and of nothing that did not happen', async () => {
    await rig.declare('told', { indexes: [{ name: 'n', fields: ['n'], unique: true }] });
    const expected = [];
    const changed = (what, id, version) => expected.push([what, id, version]);
    changed('created', 'a', (await rig.put('told', 'a', { n: 1 })).json.version);
    changed('updated', 'a', (await rig.put('told', 'a', { n: 2 })).json.version);
    const batch = await rig.done('POST', '/records/told:batch', { records: [{ id: 'b', data: { n: 3 } }, { id: 'a', data: { n: 4 } }] });
    changed('created', 'b', batch.json.items[0].version);
    changed('updated', 'a', batch.json.items[1].version);
    assertProblem(await rig.ask('PUT', '/records/told/c', { n: 4 }), 409);
    assertProblem(await rig.ask('PUT', '/records/told/a', {}, { 'if-match': '"1"' }), 412);
    changed('updated', 'b', (await rig.done('PATCH', '/records/told/b', { n: null })).json.version);
    await rig.done('DELETE', '/records/told/a');
    await rig.done('DELETE', '/records/told/a');
    changed('created', 'z', (await rig.put('told', 'z', {})).json.version);

    const events = await rig.eventsOf('told');
    const deletion = typesOf(events).find(([what]) => what === 'deleted');
    expected.splice(-1, 0, ['deleted', 'a', deletion?.[2]]);
    assert.deepEqual(typesOf(events), expected);
    for (const [i, event] of events.entries()) {
      assert.match(event.type, /^dev\.steward\.record\.(created|updated|deleted)\.v1$/);
      assert.equal(event.data.collection, 'told');
      assert.equal(event.subject, `records/told/${event.data.id}`);
      assert.ok(i === 0 || Number(event.sequence) > Number(events[i - 1].sequence));
      assert.ok(i === 0 || event.data.version > events[i - 1].data.version);
    }
  });

  test('two tenants know nothing of each other', async () => {
    await rig.declare('shared', { history: true, indexes: [{ name: 'n', fields: ['n'], unique: true }] });
    await rig.put('shared', 'one', { n: 1, whose: 'acme' });
    const other = (method, path, body, headers = {}) => rig.ask(method, path, body, headers, 'other');
    for (const path of ['/collections/shared', '/records/shared', '/records/shared/one', '/records/shared/one/history'])
      assertProblem(await other('GET', path), 404);
    assertProblem(await other('PUT', '/records/shared/one', {}), 404);
    assertProblem(await other('DELETE', '/records/shared/one'), 404);
    assertProblem(await other('DELETE', '/collections/shared'), 404);
    assert.deepEqual((await other('GET', '/collections')).json.items, []);

    await rig.declare('shared', { history: true, indexes: [{ name: 'n', fields: ['n'], unique: true }] }, 'other');
    assert.deepEqual((await other('GET', search('shared'))).json.items, []);
    assertProblem(await other('GET', '/records/shared/one'), 404);
    assertProblem(await other('GET', '/records/shared/one/history'), 404);
    assert.equal((await other('PUT', '/records/shared/one', { n: 1, whose: 'other' })).status, 201, 'unique in its own collection only');
    const key = { 'idempotency-key': 'the same' };
    const [mine, theirs] = [await rig.ask('POST', '/records/shared', { n: 2 }, key), await other('POST', '/records/shared', { n: 2 }, key)];
    assert.deepEqual([mine.status, theirs.status], [201, 201]);
    assert.equal((await other('DELETE', '/records/shared/one')).status, 204);
    assert.deepEqual((await rig.get('shared', 'one')).data, { n: 1, whose: 'acme' });
    assert.deepEqual((await rig.done('GET', '/records/shared/one/history')).json.items.map((item) => item.data?.whose), ['acme']);
    assert.deepEqual(typesOf(await rig.eventsOf('shared')).map(([what, id]) => [what, id]), [['created', 'one'], ['created', mine.json.id]]);
    assert.deepEqual(typesOf(await rig.eventsOf('shared', 'other')).map(([what, id]) => [what, id]), [['created', 'one'], ['created', theirs.json.id], ['deleted', 'one']]);
    const nobody = await rig.ask('GET', '/records/shared', undefined, { authorization: 'Bearer nonsense' });
    assertProblem(nobody, 401);
  });

  test('a view shows BI tools a column for each property', { skip: rig.noSql }, async () => {
    const odd = ["it's", 'a"b', "'; DROP TABLE records; --", '$1', '?1', '%s', 'xmin', 'select', 'A', 'a', 'ä', '🍵', 'a.b', '', '_id', 'x'.repeat(64)];
    const { view } = (await rig.declare('shown', { schema: { properties: { n: {}, text: {}, yes: {}, list: {}, gone: {} } } })).json;
    assert.match(view, /^records_\d+_shown$/);
    const { version } = (await rig.put('shown', 'one', { n: 1.5, text: 'it\'s', yes: true, list: [1], more: 7 })).json;
    await rig.put('shown', 'two', { n: null });
    const rows = rig.rows(`SELECT _id, _version, n, text, yes, list, gone FROM @"${view}" ORDER BY _id`);
    const values = rig.engine === 'postgres' ? { n: '1.5', yes: 'true' } : { n: 1.5, yes: 1 };
    assert.deepEqual(rows[0], { _id: 'one', _version: version, text: 'it\'s', list: '[1]', gone: null, ...values });
    assert.deepEqual([rows.length, rows[1].n], [2, null]);
    assert.deepEqual(rig.rows(`SELECT count(*) AS n FROM @"${view}" WHERE _created_us > 0 AND _updated_us >= _created_us`), [{ n: 2 }]);

    const changed = await rig.declare('shown', { schema: { properties: Object.fromEntries(odd.map((name) => [name, {}])) } });
    assert.equal(changed.json.view, view);
    const [columns] = rig.rows(`SELECT * FROM @"${view}" WHERE _id = 'one'`);
    assert.deepEqual(Object.keys(columns), ['_id', '_version', '_created_us', '_updated_us', '$1', '?1', '%s', 'xmin', 'select', 'A', 'ä', '🍵', 'a.b'],
      'names that every database takes, and none twice');
  });

  test('a role that may read a view reads that view alone', { skip: rig.engine === 'postgres' ? false : 'of PostgreSQL only' }, async () => {
    const { view } = (await rig.declare('granted', { schema: { properties: { n: {} } } })).json;
    await rig.put('granted', 'one', { n: 1 });
    rig.database.sql(`CREATE ROLE reader; GRANT USAGE ON SCHEMA steward TO reader; GRANT SELECT ON steward."${view}" TO reader`, 'steward');
    const asReader = (sql) => rig.database.sql(`SET ROLE reader; ${sql}`, 'steward').split('\n').at(-1);
    assert.equal(asReader(`SELECT _id FROM steward."${view}"`), 'one');
    for (const sql of [`DELETE FROM steward."${view}"`, `UPDATE steward."${view}" SET _version = 1`, 'SELECT * FROM steward.records', 'SELECT * FROM steward.collections'])
      assert.throws(() => asReader(sql), /permission denied/);
    rig.database.sql('GRANT SELECT ON steward.records, steward.collections, steward.record_history TO reader', 'steward');
    for (const table of ['records', 'collections', 'record_history']) assert.equal(asReader(`SELECT count(*) FROM steward.${table}`), '0', 'the rows of no tenant');
  });

  test('what was acknowledged is there after kill -9', async () => {
    await rig.declare('safe', { history: true });
    const state = new Map(); // id -> data, null when it was deleted: as acknowledged
    const pending = new Map(); // id -> data: asked for, and never answered
    const versions = new Map();
    let acknowledged = 0;
    let killed;
    async function write(id, wanted, ...request) {
      if (killed) return;
      pending.set(id, wanted);
      const answer = await rig.ask(...request).catch(() => undefined);
      if (!answer) return;
      assert.ok(answer.status < 300, answer.text);
      pending.delete(id);
      state.set(id, wanted);
      const version = answer.json?.version ?? answer.json?.items[0].version;
      if (version) versions.set(id, version);
      else versions.delete(id);
      acknowledged += 1;
      if (acknowledged === 300) killed = rig.server.kill();
    }
    await Promise.all(Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; !killed; i += 1) {
        const [whole, merged, brief] = ['whole', 'merged', 'brief'].map((what) => `${what}-${writer}`);
        await write(whole, { i }, 'PUT', `/records/safe/${whole}`, { i });
        if (i === 0) await write(merged, {}, 'PUT', `/records/safe/${merged}`, {});
        else await write(merged, { ...state.get(merged), [`m${i}`]: i }, 'PATCH', `/records/safe/${merged}`, { [`m${i}`]: i });
        await write(brief, { i }, 'PUT', `/records/safe/${brief}`, { i });
        await write(brief, null, 'DELETE', `/records/safe/${brief}`);
        await write(`new-${writer}-${i}`, { i }, 'POST', '/records/safe:batch', { records: [{ id: `new-${writer}-${i}`, data: { i } }] });
      }
    }));
    await killed;
    await rig.server.start();

    const found = new Map((await rig.pages('safe', { limit: 200 })).map((item) => [item.id, item]));
    for (const id of new Set([...state.keys(), ...pending.keys(), ...found.keys()])) {
      const now = found.get(id)?.data ?? null;
      const allowed = [state.get(id) ?? null, ...(pending.has(id) ? [pending.get(id)] : [])];
      assert.ok(allowed.some((data) => JSON.stringify(sorted(data)) === JSON.stringify(sorted(now))),
        `${id} is ${JSON.stringify(now)}, not one of ${JSON.stringify(allowed)}`);
      if (versions.has(id) && !pending.has(id)) assert.equal(found.get(id).version, versions.get(id), `the version of ${id}`);
    }
    const events = await rig.eventsOf('safe');
    assert.ok(events.length >= acknowledged, `${events.length} events of ${acknowledged} changes`);
    events.forEach((event, i) => assert.ok(i === 0 || event.data.version > events[i - 1].data.version));
    const told = new Set(events.map((event) => event.data.version));
    for (const [id, version] of versions) assert.ok(told.has(version), `the feed tells of ${id}`);
    await rig.put('safe', 'after', {});
    assert.ok((await rig.get('safe', 'after')).version > events.at(-1).data.version);
  });
}

const sorted = (data) => data && Object.fromEntries(Object.entries(data).sort());
