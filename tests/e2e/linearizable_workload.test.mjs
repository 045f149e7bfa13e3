// The clients and the judge of cluster_linear.mjs against a server that lies: each lie is found, and a
// server that merely breaks off is not blamed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { sleep } from '../support/client.mjs';
import { fromLines, toLines } from '../support/history.mjs';
import { lies, startFake } from './linearizable_fake.mjs';
import { judge } from './linearizable_judge.mjs';
import { start } from './linearizable_workload.mjs';

async function watched(how, seconds) {
  const fake = await startFake(how);
  try {
    const workload = await start({ urls: [fake.url, fake.url.replace('127.0.0.1', 'localhost')], keys: { one: '' }, seed: 1 });
    await sleep(seconds * 1000);
    return await workload.stop();
  } finally {
    await fake.close();
  }
}

test('a server that does what it says is not blamed', async () => {
  const operations = await watched({}, 1);
  const { violations, figures } = judge(fromLines(toLines(operations)));
  assert.deepEqual(violations, []);
  assert.ok(figures.operations > 300, JSON.stringify(figures));
});

test('one that breaks off before or after it has done what was asked is not blamed', async () => {
  const { violations, figures } = judge(await watched({ breaks: 0.1 }, 3));
  assert.deepEqual(violations, []);
  assert.ok(figures.unknown_that_took_effect > 5, JSON.stringify(figures));
});

for (const lie of lies)
  test(`a server with this fault is found out: ${lie}`, async () => {
    const { violations } = judge(await watched({ lie, breaks: 0.02 }, 1.5));
    assert.ok(violations.length > 0);
  });
