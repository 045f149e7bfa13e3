// Collections and their records over HTTP, on either engine: what is written, under which conditions,
// what is refused, and that nothing acknowledged is lost.
//
//   node tests/e2e/records.mjs [--binary build/release/steward] [--database postgres]
import test, { after, afterEach, before } from 'node:test';
import assert from 'node:assert/strict';
import { readArguments } from '../support/arguments.mjs';
import { RecordRig, assertProblem, search } from './record_rig.mjs';
import { fillForQueries, testQueries } from './record_queries.mjs';
import { testOutside } from './record_outside.mjs';

const options = readArguments(process.argv.slice(2), {
  binary: 'build/release/steward',
  database: '', // "postgres": a private PostgreSQL in place of the embedded store
});
if (!['', 'postgres'].includes(options.database)) throw new Error(`--database ${options.database}: only postgres is known`);
const rig = new RecordRig(options);
before(async () => {
  await rig.start();
  await fillForQueries(rig);
});
after(() => rig.stop());
afterEach(() => rig.assertAlive());

const data = async (collection, id) => (await rig.get(collection, id)).data;

// --- collections --------------------------------------------------------------------------------

test('a collection is made, shown, changed, listed and removed', async () => {
  const made = await rig.ask('PUT', '/collections/a_made', {
    schema: { type: 'object', properties: { n: { type: 'integer' } } },
    indexes: [{ name: 'by_n', fields: ['n', 'customer.city'], unique: true }],
    history: true,
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.location, '/api/v1/collections/a_made');
  assert.equal(made.json.version, 1);
  assert.ok(Date.parse(made.json.updated_at) > 0);
  assert.deepEqual(made.json.indexes, [{ name: 'by_n', fields: ['n', 'customer.city'], unique: true }]);
  assert.equal(made.json.history, true);
  assert.deepEqual((await rig.done('GET', '/collections/a_made')).json, made.json);

  const changed = await rig.ask('PUT', '/collections/a_made', { indexes: [{ name: 'by_city', fields: ['city'] }] });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(
    [changed.json.version, changed.json.schema, changed.json.indexes, changed.json.history],
    [2, {}, [{ name: 'by_city', fields: ['city'], unique: false }], false],
  );

  const plain = await rig.ask('PUT', '/collections/a_bare', '');
  assert.equal(plain.status, 201, plain.text);
  const page = (await rig.done('GET', '/collections?limit=1')).json;
  assert.deepEqual([page.items.map((each) => each.name), page.next], [['a_bare'], 'a_bare']);
  const rest = (await rig.done('GET', '/collections?limit=1&cursor=a_bare')).json;
  assert.deepEqual([rest.items.map((each) => each.name), rest.next], [['a_made'], 'a_made']);

  await rig.put('a_made', 'one', { n: 1 });
  assertProblem(await rig.ask('DELETE', '/collections/a_made'), 409);
  await rig.done('DELETE', '/records/a_made/one');
  for (const name of ['a_made', 'a_bare']) {
    assert.equal((await rig.ask('DELETE', `/collections/${name}`)).status, 204);
    assertProblem(await rig.ask('GET', `/collections/${name}`), 404);
    assertProblem(await rig.ask('DELETE', `/collections/${name}`), 404);
    assertProblem(await rig.ask('GET', `/records/${name}`), 404);
    assertProblem(await rig.ask('POST', `/records/${name}`, {}), 404);
    assertProblem(await rig.ask('POST', `/records/${name}:batch`, { records: [{ data: {} }] }), 404);
  }
});

test('declarations that make no sense are refused, and change nothing', async () => {
  const before = (await rig.declare('firm', { schema: { type: 'object' }, history: true })).json;
  const index = (more) => ({ indexes: [{ name: 'i', fields: ['a'], ...more }] });
  const refused = [
    [{ schemas: {} }, 400, '/schemas'],
    [{ history: 'yes' }, 400, '/history'],
    [{ history: null }, 400, '/history'],
    [{ indexes: {} }, 400, '/indexes'],
    [{ indexes: [7] }, 400, '/indexes/0'],
    [{ indexes: Array.from({ length: 17 }, (_, i) => ({ name: `i${i}`, fields: [`f${i}`] })) }, 400, '/indexes'],
    [{ indexes: [{ name: 'i', fields: ['a'] }, { name: 'i', fields: ['b'] }] }, 400, '/indexes/1/name'],
    [index({ kind: 'btree' }), 400, '/indexes/0/kind'],
    [index({ name: 'No' }), 400, '/indexes/0/name'],
    [index({ name: 'x; DROP TABLE records' }), 400, '/indexes/0/name'],
    [index({ name: 'x'.repeat(41) }), 400, '/indexes/0/name'],
    [index({ fields: [] }), 400, '/indexes/0/fields'],
    [index({ fields: ['a', 'b', 'c', 'd', 'e'] }), 400, '/indexes/0/fields'],
    [index({ fields: ['a', 'a'] }), 400, '/indexes/0/fields/1'],
    [index({ fields: ["a'); DROP TABLE records; --"] }), 400, '/indexes/0/fields/0'],
    [index({ fields: ['a.b.c.d.e.f'] }), 400, '/indexes/0/fields/0'],
    [index({ unique: 1 }), 400, '/indexes/0/unique'],
    [{ schema: 7 }, 422, '/schema'],
    [{ schema: { type: 'text' } }, 422, '/schema/type'],
    [{ schema: { properties: { a: { pattern: '(' } } } }, 422, '/schema/properties/a/pattern'],
    [{ schema: { $ref: '#/$defs/none' } }, 422, '/schema/$ref'],
    ['{"schema":{"title":"\\u0000"}}', 400, '/schema'],
    ['{"schema":', 400, ''],
    ['[]', 400, ''],
    [`{"schema":${'{"not":'.repeat(200)}{}${'}'.repeat(200)}}`, 400, ''],
  ];
  for (const [body, status, pointer] of refused) assertProblem(await rig.ask('PUT', '/collections/firm', body), status, pointer);
  assertProblem(await rig.ask('PUT', '/collections/firm', 'history: true', { 'content-type': 'application/yaml' }), 415);
  for (const name of ['Firm', '1st', 'a-b', 'x'.repeat(41), 'a%27b', 'a%00b', '%ff'])
    assertProblem(await rig.ask('PUT', `/collections/${name}`, {}), 400);
  assertProblem(await rig.ask('DELETE', '/collections/firm', {}), 400);
  assert.deepEqual((await rig.done('GET', '/collections/firm')).json, before);
});

// --- one record ---------------------------------------------------------------------------------

test('a record is made with an id, a place and a version; then replaced whole', async () => {
  await rig.declare('plain');
  const made = await rig.ask('POST', '/records/plain', { a: 1, b: { c: [true, null, 'ä🍵'] } });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json.data, { a: 1, b: { c: [true, null, 'ä🍵'] } });
  assert.equal(made.headers.etag, `"${made.json.version}"`);
  assert.equal(made.headers.location, `/api/v1/records/plain/${made.json.id}`);
  const read = await rig.done('GET', `/records/plain/${made.json.id}`);
  assert.deepEqual(read.json, made.json);
  assert.equal(read.headers.etag, made.headers.etag);

  const put = await rig.ask('PUT', '/records/plain/own', { a: 1 });
  assert.deepEqual([put.status, put.headers.location], [201, '/api/v1/records/plain/own']);
  const again = await rig.ask('PUT', '/records/plain/own', { b: 2 });
  assert.deepEqual([again.status, again.headers.location, again.json.data], [200, undefined, { b: 2 }]);
  assert.ok(again.json.version > put.json.version);
  assert.equal(again.json.created_at, put.json.created_at);
  assert.ok(again.json.updated_at >= put.json.updated_at);
  assert.deepEqual(await rig.get('plain', 'own'), again.json);
  assertProblem(await rig.ask('GET', '/records/plain/nobody'), 404);
});

test('what the schema does not allow is told with its place, and not written', async () => {
  await rig.declare('judged', {
    schema: {
      type: 'object',
      properties: { total: { type: 'number', minimum: 0 }, lines: { type: 'array', items: { type: 'object', required: ['sku'] } } },
      required: ['total'],
    },
  });
  assertProblem(await rig.ask('POST', '/records/judged', { total: '7' }), 422, '/total');
  assertProblem(await rig.ask('POST', '/records/judged', {}), 422);
  const two = await rig.ask('PUT', '/records/judged/one', { total: -1, lines: [{ sku: 'tea' }, {}] });
  assertProblem(two, 422, '/total');
  assertProblem(two, 422, '/lines/1');
  assert.deepEqual(await rig.ids('judged'), []);
  await rig.put('judged', 'one', { total: 5 });
  assertProblem(await rig.ask('PATCH', '/records/judged/one', { total: null }), 422);
  assertProblem(await rig.ask('PATCH', '/records/judged/one', { total: 'x' }), 422, '/total');
  assert.deepEqual(await data('judged', 'one'), { total: 5 });
  // A stricter schema is for what is written from now on.
  await rig.declare('judged', { schema: { type: 'object', maxProperties: 0 } });
  assert.deepEqual(await data('judged', 'one'), { total: 5 });
  assertProblem(await rig.ask('PUT', '/records/judged/one', { total: 5 }), 422);
});

test('bodies that are no records are refused', async () => {
  await rig.declare('strict');
  const bodies = ['', '7', 'null', '[]', '"text"', '{', '{"a":1,}', '{"a":NaN}', '{"a":"\\u0000"}', '{"a\\u0000":1}', '{} {}',
    Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`];
  for (const body of bodies) {
    assertProblem(await rig.ask('POST', '/records/strict', body), 400);
    assertProblem(await rig.ask('PUT', '/records/strict/one', body), 400);
    assertProblem(await rig.ask('PATCH', '/records/strict/one', body), 400);
  }
  assertProblem(await rig.ask('POST', '/records/strict', 'a: 1', { 'content-type': 'application/yaml' }), 415);
  assertProblem(await rig.ask('PUT', '/records/strict/one', 'a: 1', { 'content-type': 'application/yaml' }), 415);
  assert.deepEqual(await rig.ids('strict'), []);
});

test('ids that are none are refused; all others work', async () => {
  await rig.declare('ids');
  for (const id of ['a%2Fb', 'a%20b', "a'b", 'a%22b', '%00', '%ff', 'a;b', '%F0%9F%8D%B5', 'x'.repeat(129)])
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      assertProblem(await rig.ask(method, `/records/ids/${id}`, ['PUT', 'PATCH'].includes(method) ? {} : undefined), 400);
  for (const id of [7, '', 'a b', 'x'.repeat(129)])
    assertProblem(await rig.ask('POST', '/records/ids:batch', { records: [{ id, data: {} }] }), 400, '/records/0/id');
  const good = ['x'.repeat(128), 'a~b:c@d-e_f.g', 'history', '0', 'ids:batch'];
  for (const id of good) {
    await rig.put('ids', id, { id });
    assert.deepEqual(await data('ids', id), { id });
  }
  assert.deepEqual((await rig.ids('ids')).sort(), good.sort());
});

test('records past the bound are refused, however they would come to be', async () => {
  await rig.declare('large');
  const half = 'x'.repeat(700_000);
  const put = await rig.ask('PUT', '/records/large/one', { a: half });
  assert.equal(put.status, 201, put.text.slice(0, 300));
  assertProblem(await rig.ask('PUT', '/records/large/two', { a: half + half }), 413);
  assertProblem(await rig.ask('POST', '/records/large:batch', { records: [{ data: { a: half } }, { data: { a: half } }] }), 413);
  assertProblem(await rig.ask('PATCH', '/records/large/one', { b: half }), 422, '');
  assert.deepEqual(await data('large', 'one'), { a: half });
  assert.deepEqual(await rig.ids('large'), ['one']);
});

test('a merge patch does what RFC 7396 says', async () => {
  await rig.declare('merged');
  const cases = [ // Appendix A, without those that are about no object
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    // Section 3's example
    [{ title: 'Goodbye!', author: { givenName: 'John', familyName: 'Doe' }, tags: ['example', 'sample'], content: 'This will be unchanged' },
      { title: 'Hello!', phoneNumber: '+01-123-456-7890', author: { familyName: null }, tags: ['example'] },
      { title: 'Hello!', author: { givenName: 'John' }, tags: ['example'], content: 'This will be unchanged', phoneNumber: '+01-123-456-7890' }],
  ];
  for (const [original, patch, result] of cases) {
    await rig.put('merged', 'one', original);
    const answer = await rig.ask('PATCH', '/records/merged/one', patch, { 'content-type': 'application/merge-patch+json' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.data, result);
    assert.deepEqual(await data('merged', 'one'), result);
  }
  assertProblem(await rig.ask('PATCH', '/records/merged/nobody', { a: 1 }), 404);
  assertProblem(await rig.ask('PATCH', '/records/nowhere/one', { a: 1 }), 404);
});

// --- conditions ---------------------------------------------------------------------------------

test('If-Match: the version, any, a stale one, nonsense', async () => {
  await rig.declare('guarded');
  const writes = { PUT: { n: 1 }, PATCH: { n: 1 }, DELETE: undefined };
  for (const [method, body] of Object.entries(writes)) {
    const ask = (id, match) => rig.ask(method, `/records/guarded/${id}`, body, { 'if-match': match });
    const stale = (await rig.put('guarded', 'one', { n: 0 })).headers.etag;
    const fresh = (await rig.put('guarded', 'one', { n: 2 })).headers.etag;
    for (const match of [stale, '"999999"', '"0"', '"-1"', '"18446744073709551616"', '"x"', '""']) assertProblem(await ask('one', match), 412);
    for (const match of ['1', 'x', '', '"1', 'W/"1"', `${stale}, ${fresh}`, '* *']) assertProblem(await ask('one', match), 400, 'If-Match');
    assert.deepEqual(await data('guarded', 'one'), { n: 2 });
    for (const match of ['*', fresh]) assertProblem(await ask('nobody', match), 412);
    assert.ok((await ask('one', fresh)).status < 300);
    const now = await rig.put('guarded', 'one', { n: 3 });
    assert.ok((await ask('one', '*')).status < 300);
    assertProblem(await ask('one', now.headers.etag), 412);
  }
});

test('If-None-Match: * makes a record, and never changes one', async () => {
  await rig.declare('fresh');
  const put = (match) => rig.ask('PUT', '/records/fresh/one', { n: 1 }, match);
  const many = await Promise.all(Array.from({ length: 10 }, () => put({ 'if-none-match': '*' })));
  assert.deepEqual(many.map((answer) => answer.status).sort(), [201, ...Array(9).fill(412)]);
  assertProblem(await put({ 'if-none-match': '*' }), 412);
  for (const match of ['"1"', '', '*, *']) assertProblem(await put({ 'if-none-match': match }), 400, 'If-None-Match');
  assertProblem(await put({ 'if-none-match': '*', 'if-match': '*' }), 400, 'If-None-Match');
  for (const method of ['PATCH', 'DELETE'])
    assertProblem(await rig.ask(method, '/records/fresh/one', method === 'PATCH' ? {} : undefined, { 'if-none-match': '*' }), 400, 'If-None-Match');
  await rig.done('DELETE', '/records/fresh/one');
  assert.equal((await put({ 'if-none-match': '*' })).status, 201);
});

test('deleting twice is deleting once; a collection that is none is told', async () => {
  await rig.declare('gone');
  const { version } = (await rig.put('gone', 'one', {})).json;
  for (let i = 0; i < 2; i += 1) {
    const answer = await rig.ask('DELETE', '/records/gone/one');
    assert.deepEqual([answer.status, answer.text], [204, '']);
    assertProblem(await rig.ask('GET', '/records/gone/one'), 404);
  }
  assertProblem(await rig.ask('DELETE', '/records/nowhere/one'), 404);
  assertProblem(await rig.ask('DELETE', '/records/gone/one', {}), 400);
  const again = (await rig.put('gone', 'one', {})).json;
  assert.ok(again.version > version + 1, 'the version of the deletion is not used again');
});

test('a unique index lets each value be there once', async () => {
  await rig.declare('unique', { indexes: [{ name: 'one_each', fields: ['shop', 'number'], unique: true }] });
  await rig.put('unique', 'a', { shop: 'x', number: 1 });
  assertProblem(await rig.ask('PUT', '/records/unique/b', '{"shop":"x","number":1.0}'), 409);
  assertProblem(await rig.ask('POST', '/records/unique', { shop: 'x', number: 1 }), 409);
  await rig.put('unique', 'a', { shop: 'x', number: 1, again: true });
  await rig.put('unique', 'b', { shop: 'x', number: '1' });
  assertProblem(await rig.ask('PATCH', '/records/unique/b', { number: 1 }), 409);
  assertProblem(await rig.ask('POST', '/records/unique:batch', { records: [{ data: { shop: 'y', number: 1 } }, { data: { shop: 'y', number: 1 } }] }), 409);
  // Without a number, a string or a boolean in each field a record is free.
  for (const free of [{}, { shop: 'x' }, { shop: 'x', number: null }, { shop: 'x', number: [1] }])
    for (let i = 0; i < 2; i += 1) await rig.done('POST', '/records/unique', free);
  await rig.done('DELETE', '/records/unique/a');
  await rig.done('POST', '/records/unique', { shop: 'x', number: 1 });
  const racing = await Promise.all(Array.from({ length: 10 }, () => rig.ask('POST', '/records/unique', { shop: 'z', number: 7 })));
  assert.deepEqual(racing.map((answer) => answer.status).sort(), [201, ...Array(9).fill(409)]);
  // An index that the records don't allow is not made.
  assertProblem(await rig.ask('PUT', '/collections/unique', { indexes: [{ name: 'shops', fields: ['shop'], unique: true }] }), 409);
  const { json } = await rig.done('GET', '/collections/unique');
  assert.deepEqual([json.version, json.indexes[0].name], [1, 'one_each']);
});

// --- many at once -------------------------------------------------------------------------------

test('a batch is written whole or not at all', async () => {
  await rig.declare('batch', { schema: { properties: { n: { type: 'integer' } } } });
  const batch = (records) => rig.ask('POST', '/records/batch:batch', { records });
  const made = await batch([{ id: 'a', data: { n: 1 } }, { data: { n: 2 } }, { id: 'c', data: { n: 3 }, if_version: 0 }]);
  assert.equal(made.status, 200, made.text);
  assert.deepEqual(made.json.items.map((item) => item.created), [true, true, true]);
  const [a, b, c] = made.json.items;
  assert.deepEqual([a.id, c.id], ['a', 'c']);
  assert.deepEqual(await data('batch', b.id), { n: 2 });
  const state = async () => (await rig.done('GET', search('batch'))).json.items;
  const before = await state();

  const other = { id: 'new', data: { n: 9 } };
  for (const if_version of [0, c.version, a.version + 1000])
    assertProblem(await batch([other, { id: 'a', data: { n: 5 }, if_version }]), 412);
  assertProblem(await batch([other, { id: 'nobody', data: {}, if_version: 1 }]), 412);
  const broken = await batch([other, { id: 'a', data: { n: 'x' } }, { id: 'c', data: { n: 1.5 } }]);
  assertProblem(broken, 422, '/records/1/data/n');
  assertProblem(broken, 422, '/records/2/data/n');
  assertProblem(await batch([other, { id: 'a', data: [] }]), 400, '/records/1/data');
  assertProblem(await batch([other, { id: 'a' }]), 400, '/records/1/data');
  assertProblem(await batch([other, other]), 400, '/records/1/id');
  assertProblem(await batch([other, { data: {}, if_version: 0 }]), 400, '/records/1/if_version');
  assertProblem(await batch([other, { id: 'a', data: {}, if_version: -1 }]), 400, '/records/1/if_version');
  assertProblem(await batch([{ ...other, version: 1 }]), 400, '/records/0/version');
  assertProblem(await batch([]), 400, '/records');
  assertProblem(await batch(Array(1001).fill({ data: {} })), 400, '/records');
  assertProblem(await batch({}), 400, '/records');
  assertProblem(await rig.ask('POST', '/records/batch:batch', { records: [other], all: true }), 400, '/all');
  assert.deepEqual(await state(), before);

  const changed = await batch([{ id: 'a', data: { n: 5 }, if_version: a.version }, other]);
  assert.deepEqual(changed.json.items.map((item) => item.created), [false, true]);
  assert.deepEqual(await data('batch', 'a'), { n: 5 });
  assert.equal((await batch(Array(1000).fill({ data: { n: 1 } }))).json.items.length, 1000);
});

test('one Idempotency-Key makes one record, however often and at once', async () => {
  await rig.declare('once');
  const post = (key, body) => rig.ask('POST', '/records/once', body, { 'idempotency-key': key });
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('k-1', { n: 1 })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [...Array(19).fill(200), 201]);
  assert.equal(new Set(answers.map((answer) => `${answer.json.id} ${answer.json.version}`)).size, 1);
  const later = await post('k-1', { n: 2 });
  assert.deepEqual([later.status, later.json.data], [200, { n: 1 }]);
  assert.notEqual((await post('k-2', { n: 1 })).json.id, later.json.id);
  assert.equal((await rig.ids('once')).length, 2);
  assertProblem(await post('x'.repeat(256), {}), 400, 'Idempotency-Key');
});

test('thirty patches of one record at once all come to be', async () => {
  await rig.declare('busy');
  await rig.put('busy', 'one', {});
  const names = Array.from({ length: 30 }, (_, i) => `member_${i}`);
  const answers = await Promise.all(names.map((name, i) => rig.ask('PATCH', '/records/busy/one', { [name]: i })));
  const record = await rig.get('busy', 'one');
  answers.forEach((answer, i) => {
    if (answer.status === 200) assert.equal(record.data[names[i]], i, 'what was acknowledged is there');
    else assert.equal(record.data[names[i]], undefined, 'what was refused is not');
  });
  assert.deepEqual(answers.map((answer) => answer.status), Array(30).fill(200));
  assert.equal(new Set(answers.map((answer) => answer.headers.etag)).size, 30);
});

testQueries(rig);
testOutside(rig);
