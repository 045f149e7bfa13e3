// `steward demo salon`: a simulated day in a small salon, off and on, killed and not.
//
//   node tests/e2e/salon.mjs [--binary build/release/steward]
import test from 'node:test';
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { readArguments } from '../support/arguments.mjs';
import { runCommand } from '../support/command.mjs';

const binary = resolve(readArguments(process.argv.slice(2), { binary: 'build/release/steward' }).binary);
const small = ['--speed', 'max', '--customers', '300', '--staff', '4', '--json'];

async function live(...args) {
  const { code, out, err } = await runCommand(binary, ['demo', 'salon', ...small, ...args], { patience_ms: 280_000 });
  assert.ok(out, err);
  const report = JSON.parse(out);
  assert.deepEqual(report.runs.flatMap((run) => run.differences), []);
  assert.equal(code, 0, err);
  return report.runs;
}

test('agents off and on live the same day, and the ledger equals the outcomes', async () => {
  const [off, on] = await live();
  assert.deepEqual([off.agents, on.agents], ['off', 'on']);
  assert.equal(off.messages.sent, 0);
  assert.equal(off.gaps.filled, 0);
  assert.ok(on.messages.sent > 0);
  for (const run of [off, on]) {
    assert.ok(run.appointments.completed > 10);
    assert.equal(run.limits_broken, 0);
  }
});

test('a server that is killed on the way has lost nothing', async () => {
  const [run] = await live('--agents', 'on', '--kill', '5', '--owner', 'always');
  assert.equal(run.kills, 5);
});

test('options that do not fit together are refused', async () => {
  for (const args of [['--agents', 'both', '--server', 'http://127.0.0.1:1'], ['--kill', '1', '--server', 'http://127.0.0.1:1'],
    ['--speed', 'slow'], ['--start', 'monday'], ['--agents', 'some']]) {
    const { code } = await runCommand(binary, ['demo', 'salon', ...args]);
    assert.equal(code, 2, args.join(' '));
  }
});
