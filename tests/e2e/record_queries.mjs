// Finding records: filters, orders, pages, and what strangers may write in place of them.
import test from 'node:test';
import assert from 'node:assert/strict';
import { assertProblem, search } from './record_rig.mjs';

const injections = ["'; DROP TABLE records; --", '" OR 1=1 --', "x' UNION SELECT * FROM tenants --", '$1', '?1', '%', '_%', '\\', '{"$gt":""}'];

// All values in their order; the last ones have no place of their own and go by id.
const ladder = [
  '-1e300', '-3', '0', '0.1', '1', '2.5', '9007199254740992', '9007199254740993', '1e300', '""', '"1"', '"B"', '"a"', '"aa"', '"ä"',
  '"\\uffff"', '"🍵"', 'false', 'true', 'null', '[1]', '{"a":1}', undefined,
].map((text, i) => ({ id: `r${String(i).padStart(2, '0')}`, text }));

export async function fillForQueries(rig) {
  await rig.declare('people', { indexes: [{ name: 'by_age', fields: ['age'] }, { name: 'by_city', fields: ['home.city', 'age'] }] });
  const people = {
    ann: { name: 'Ann', age: 31, home: { city: 'Bonn' }, tags: ['new', 7, true], active: true },
    bob: { name: 'Bob', age: 25, home: { city: 'Berlin' }, tags: ['old'], active: false },
    cid: { name: 'Cid', age: 31, home: { city: 'Berlin', 'zip-code': '10115' }, tags: [], note: null },
    dee: { name: 'Dee', age: '31', home: 'unknown', tags: 'new' },
    eve: { name: "O'Eve \"100%_\"", age: 25.5, home: { city: 'Bern' }, tags: [['new']], note: 'a note' },
  };
  await rig.done('POST', '/records/people:batch', { records: Object.entries(people).map(([id, data]) => ({ id, data })) });
  await rig.declare('ladder');
  const items = ladder.map(({ id, text }) => `{"id":"${id}","data":{${text === undefined ? '' : `"v":${text}`}}}`);
  await rig.done('POST', '/records/ladder:batch', `{"records":[${items.reverse()}]}`);
}

export function testQueries(rig) {
  test('each operator finds what it says', async () => {
    const cases = [
      [{}, 'ann bob cid dee eve'],
      [{ name: 'Ann' }, 'ann'],
      [{ name: { eq: 'Ann' } }, 'ann'],
      [{ name: { ne: 'Ann' } }, 'bob cid dee eve'],
      [{ age: 31 }, 'ann cid'],
      [{ age: '31' }, 'dee'],
      [{ age: { lt: 31 } }, 'bob eve'],
      [{ age: { le: 31 } }, 'ann bob cid eve'],
      [{ age: { gt: 25 } }, 'ann cid eve'],
      [{ age: { ge: 25, lt: 26 } }, 'bob eve'],
      [{ age: { gt: '3' } }, 'dee'],
      [{ age: { lt: '4' } }, 'dee'],
      [{ age: { in: [25, '31'] } }, 'bob dee'],
      [{ age: { in: [] } }, ''],
      [{ active: true }, 'ann'],
      [{ active: { ne: true } }, 'bob cid dee eve'],
      [{ active: { in: [true, false] } }, 'ann bob'],
      [{ 'home.city': { prefix: 'Be' } }, 'bob cid eve'],
      [{ 'home.city': { prefix: '' } }, 'ann bob cid eve'],
      [{ 'home.zip-code': '10115' }, 'cid'],
      [{ name: { contains: '100%' } }, 'eve'],
      [{ name: { contains: '_' } }, 'eve'],
      [{ name: { prefix: "O'" } }, 'eve'],
      [{ tags: { contains: 'new' } }, 'ann dee'],
      [{ tags: { contains: 7 } }, 'ann'],
      [{ tags: { contains: true } }, 'ann'],
      [{ tags: { contains: 'ne' } }, 'dee'],
      [{ note: { exists: true } }, 'cid eve'],
      [{ note: { exists: false } }, 'ann bob dee'],
      [{ note: null }, 'ann bob cid dee'],
      [{ note: { ne: null } }, 'eve'],
      [{ 'home.city': null }, 'dee'],
      [{ age: 31, 'home.city': 'Berlin' }, 'cid'],
      [{ any: [{ age: 31 }, { name: 'Bob' }] }, 'ann bob cid'],
      [{ all: [{ age: { gt: 25 } }, { age: { lt: 31 } }] }, 'eve'],
      [{ not: { age: 31 } }, 'bob dee eve'],
      [{ not: { any: [{ age: 31 }, { age: 25 }] }, tags: { contains: 'new' } }, 'dee'],
      [{ not: {} }, ''],
    ];
    for (const [filter, found] of cases) assert.deepEqual(await rig.ids('people', { filter }), found ? found.split(' ') : [], JSON.stringify(filter));
    const found = await rig.done('GET', search('people', { filter: { name: 'Ann' } }));
    assert.equal(found.json.next, null);
    assert.deepEqual(found.json.items, [await rig.get('people', 'ann')]);
  });

  test('values have one order, up and down', async () => {
    const up = ladder.map((each) => each.id);
    assert.deepEqual(await rig.ids('ladder', { sort: 'v' }), up);
    assert.deepEqual(await rig.ids('ladder', { sort: '-v' }), up.toReversed());
    for (const sort of ['v', '-v'])
      assert.deepEqual((await rig.pages('ladder', { sort, limit: 1 })).map((item) => item.id), sort === 'v' ? up : up.toReversed(), `${sort}, one by one`);
  });

  test('records are sorted by several fields, and then by id', async () => {
    const cases = [
      ['', 'ann bob cid dee eve'],
      ['age', 'bob eve ann cid dee'],
      ['-age', 'dee cid ann eve bob'],
      ['age,name', 'bob eve ann cid dee'],
      ['age,-name', 'bob eve cid ann dee'],
      ['home.city,-age', 'cid bob eve ann dee'],
      ['nothing', 'ann bob cid dee eve'],
      ['-nothing', 'eve dee cid bob ann'],
      ['name,age,active,home.city', 'ann bob cid dee eve'],
    ];
    for (const [sort, found] of cases) {
      assert.deepEqual(await rig.ids('people', { sort }), found.split(' '), sort);
      for (const limit of [1, 2]) assert.deepEqual((await rig.pages('people', { sort, limit })).map((item) => item.id), found.split(' '), `${sort} by ${limit}`);
    }
  });

  test('pages give each record once while others come in between', async () => {
    await rig.declare('long', { indexes: [{ name: 'by_n', fields: ['n'] }] });
    const first = Array.from({ length: 300 }, (_, i) => ({ id: `first-${i}`, data: { n: (i * 7) % 100 } }));
    await rig.done('POST', '/records/long:batch', { records: first });
    for (const sort of ['', 'n', '-n']) {
      let late = 0;
      const insert = () => rig.done('POST', '/records/long', { n: (late += 13) % 100 });
      const items = await rig.pages('long', { sort, limit: 7, filter: { n: { ge: 0 } } }, () => Promise.all([insert(), insert()]));
      const ids = items.map((item) => item.id);
      assert.equal(new Set(ids).size, ids.length, `${sort}: none twice`);
      assert.deepEqual(ids.filter((id) => id.startsWith('first-')).sort(), first.map((each) => each.id).sort(), `${sort}: each of them`);
      const numbers = items.map((item) => item.data.n);
      if (sort) assert.deepEqual(numbers, numbers.toSorted((a, b) => (sort === 'n' ? a - b : b - a)), `${sort}: in order`);
    }
  });

  test('pages of large records end early and lead on', async () => {
    await rig.declare('heavy');
    for (let i = 0; i < 12; i += 1) await rig.put('heavy', `r${i}`, { text: 'x'.repeat(900_000) });
    const page = (await rig.done('GET', search('heavy', { limit: 200 }))).json;
    assert.ok(page.items.length < 12 && page.next, `${page.items.length} records of 0.9 MB in one page`);
    assert.equal(new Set((await rig.pages('heavy', { limit: 200 })).map((item) => item.id)).size, 12);
  });

  test('a sort by values that no cursor can hold is refused', async () => {
    await rig.declare('wordy');
    for (const id of ['a', 'b', 'c']) await rig.put('wordy', id, { text: `${id}${'x'.repeat(7000)}` });
    const answer = await rig.ask('GET', '/records/wordy?sort=text&limit=1');
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.json.detail, /sort/);
  });

  test('what is no filter, no order, no cursor and no limit is refused with its place', async () => {
    const filters = [
      ['', 'filter'], ['7', 'filter'], ['[]', 'filter'], ['{', 'filter'], ['{"a":1}x', 'filter'], ["{'a':1}", 'filter'],
      [{ a: {} }, 'filter/a'], [{ a: [1] }, 'filter/a'], [{ a: { like: 'x' } }, 'filter/a/like'], [{ a: { $gt: 1 } }, 'filter/a/$gt'],
      [{ a: { lt: true } }, 'filter/a/lt'], [{ a: { lt: null } }, 'filter/a/lt'], [{ a: { prefix: 7 } }, 'filter/a/prefix'],
      [{ a: { exists: 'yes' } }, 'filter/a/exists'], [{ a: { in: 7 } }, 'filter/a/in'], [{ a: { in: [null] } }, 'filter/a/in'],
      [{ a: { in: Array.from({ length: 101 }, (_, i) => i) } }, 'filter/a/in'], [{ a: { contains: {} } }, 'filter/a/contains'],
      [{ any: [] }, 'filter/any'], [{ all: { a: 1 } }, 'filter/all'], [{ any: [7] }, 'filter/any/0'], [{ not: [{ a: 1 }] }, 'filter/not'],
      [{ any: Array.from({ length: 51 }, (_, i) => ({ a: i })) }, 'filter/any/50/a'],
      ['{"a":"\\u0000"}', 'filter/a'], ['{"a\\u0000":1}', undefined], [`${'{"not":'.repeat(17)}{}${'}'.repeat(17)}`, 'filter'],
      [{ 'a.b.c.d.e.f': 1 }, 'filter/a.b.c.d.e.f'], [{ 'a..b': 1 }, 'filter/a..b'], [{ '': 1 }, 'filter/'], [{ 'a b': 1 }, 'filter/a b'], [{ '1a': 1 }, 'filter/1a'],
      [{ ['x'.repeat(64)]: 1 }, undefined], [{ ä: 1 }, 'filter/ä'],
    ];
    for (const [filter, pointer] of filters) assertProblem(await rig.ask('GET', search('people', { filter })), 400, pointer);
    for (const sort of ['a,', ',a', 'a,a', '--a', 'a b', 'a;b', 'a,b,c,d,e', '1', 'a.', '-'])
      assertProblem(await rig.ask('GET', search('people', { sort })), 400, 'sort');
    for (const limit of ['0', '201', '-1', 'x', '1e1', '', '99999999999999999999']) assertProblem(await rig.ask('GET', search('people', { limit })), 400, 'limit');
    for (const query of ['filter=%00', 'filter=%7B%22a%22:%22%00%22%7D', 'filter=%zz', 'sort=%00', 'cursor=%00', 'filtre=1'])
      assertProblem(await rig.ask('GET', `/records/people?${query}`), 400);
  });

  test('SQL in names, values, orders and cursors stays text', async () => {
    await rig.declare('target');
    await rig.done('POST', '/records/target:batch', { records: injections.map((name, i) => ({ id: `r${i}`, data: { name, list: [name] } })) });
    for (const [i, text] of injections.entries()) {
      for (const filter of [{ [text]: 1 }, { [`name.${text}`]: 1 }, { name: { [text]: 1 } }]) assertProblem(await rig.ask('GET', search('target', { filter })), 400);
      for (const sort of [text, `name,${text}`, `-${text}`]) assertProblem(await rig.ask('GET', search('target', { sort })), 400, 'sort');
      assertProblem(await rig.ask('GET', search('target', { cursor: text })), 400, 'cursor');
      // As a value each of them finds itself.
      for (const filter of [{ name: text }, { name: { in: [text] } }, { name: { prefix: text } }, { list: { contains: text } }, { name: { ge: text, le: text } }])
        assert.deepEqual(await rig.ids('target', { filter }), [`r${i}`], JSON.stringify(filter));
    }
    assert.equal((await rig.ids('target')).length, injections.length);
  });

  test('cursors that are made up are refused, or are a place in the order and nothing more', async () => {
    const cursor = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const ask = (value, query = {}) => rig.ask('GET', search('people', { cursor: cursor(value), ...query }));
    const wrong = ['', 'x', 7, {}, [], ['', []], ['', [], 7], ['', [], ''], ['', [], "x' OR 1=1"], ['', [], 'a\u0000'], ['', [1], 'x'], ['age', [], 'x'],
      ['', [], 'x', 'y'], ['['.repeat(500)], '['.repeat(4000), '{"a":'.repeat(600)];
    for (const value of wrong.slice(1)) assertProblem(await ask(value), 400, 'cursor');
    for (const value of [{}, [], [[1]], 'a\u0000']) assertProblem(await ask(['age', [value], 'x'], { sort: 'age' }), 400, 'cursor');
    const { next } = (await rig.done('GET', search('people', { sort: 'age', limit: 1 }))).json;
    for (const sort of ['-age', 'name', '', 'age,name']) assertProblem(await rig.ask('GET', search('people', { sort, cursor: next })), 400, 'cursor');
    for (const value of [...injections, 1e308, null, true, -0.5])
      assert.equal((await ask(['age', [value], 'x'], { sort: 'age' })).status, 200, JSON.stringify(value));
    assert.deepEqual((await ask(['', [], 'bob'])).json.items.map((item) => item.id), ['cid', 'dee', 'eve']);
  });

  test('a filter of a mebibyte is refused before it is read', async () => {
    for (const text of ['x'.repeat(1 << 20), 'x'.repeat(9000)]) assertProblem(await rig.ask('GET', search('people', { filter: { name: text } })), 414);
    const deep = await rig.ask('GET', search('people', { filter: `${'['.repeat(1000)}` }));
    assertProblem(deep, 400, 'filter');
    assert.deepEqual(await rig.ids('people', { filter: { name: 'x'.repeat(7000) } }), []);
  });
}
