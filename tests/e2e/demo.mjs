// The demo that `./dev run` deploys, in the order in which it does: it is valid and says what it should.
//
//   node tests/e2e/demo.mjs [--binary build/release/steward]
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { Client } from '../support/client.mjs';
import { runCommand } from '../support/command.mjs';
import { StewardProcess } from '../support/steward_process.mjs';

const { binary } = readArguments(process.argv.slice(2), { binary: 'build/release/steward' });
const folder = fileURLToPath(new URL('../../config/demo', import.meta.url));
const files = readdirSync(folder).sort().map((name) => join(folder, name));

const greetings = {
  Ada: { text: 'Dear Ada, welcome. Account acct-ada, 3 beats.', by: 'letter' },
  Grace: { text: 'Hello Grace! Account acct-grace, 3 beats.', by: 'phone' },
  Linus: { text: 'Linus, come in. Account acct-linus, 3 beats.', by: 'a person' },
};

test('the demo welcomes its customers, on the server and on the command line', async () => {
  const server = new StewardProcess(binary);
  try {
    await server.start();
    const client = new Client(server.url);
    for (const path of files) await client.deploy(readFileSync(path, 'utf8'));
    const inputOf = (customer) => JSON.stringify({ customer, server: server.url });

    const onTerminal = runCommand(binary, ['run', join(folder, 'welcome-customer.yaml'), '--input', inputOf('Ada')]);
    await Promise.all(Object.entries(greetings).map(async ([customer, greeting]) => {
      const answer = await client.request('POST', '/api/v1/workflows/demo/welcome-customer/runs', {
        headers: { 'content-type': 'application/json', prefer: 'wait=25' },
        body: inputOf(customer),
      });
      assert.equal(answer.json.status, 'completed', answer.text);
      assert.deepEqual(answer.json.output, greeting);
    }));
    const { code, out, err } = await onTerminal;
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse(out), greetings.Ada);
    client.close();
  } finally {
    await server.kill();
    server.remove();
  }
});
