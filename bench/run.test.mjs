// What the benchmark reads and decides, without measuring anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedTime, lineMaker, makeId } from './measure/grown_backup.mjs';
import { median, readOwnTicks, readTicks } from './measure/machine.mjs';
import { watchCpu } from './measure/process_cpu.mjs';
import { caution, table } from './measure/report.mjs';
import { medians } from './measure/sync_runs.mjs';
import { judge } from './measure/targets.mjs';
import { readSummary, wrkScript } from './measure/wrk.mjs';

test('the ticks of /proc/stat give the total, what was stolen and what was idle', () => {
  assert.deepEqual(readTicks('cpu  10 1 20 300 4 5 6 7 0 0\ncpu0 1 2 3'), { total: 353, steal: 7, idle: 304 });
});

test('the median of an even count lies between', () => {
  assert.equal(median([9, 1, 3]), 3);
  assert.equal(median([4, 1, 2, 9]), 3);
});

test('a wrk summary is found among other output, and its absence is an error', () => {
  const line = 'steward-bench {"requests":7,"seconds":2.000000,"p50_us":180,"p99_us":900,"max_us":950,"bad_status":0,"broken":0}';
  assert.equal(readSummary(`Running 2s test\n${line}\n`).p50_us, 180);
  assert.throws(() => readSummary('unable to connect'), /no summary/);
});

test('a wrk script carries method, headers and body as they are', () => {
  const script = wrkScript({ method: 'POST', headers: { prefer: 'wait=5' }, body: '{"a":"b"}' });
  assert.match(script, /wrk\.method = "POST"/);
  assert.match(script, /wrk\.headers\["prefer"\] = "wait=5"/);
  assert.match(script, /wrk\.body = "\{\\"a\\":\\"b\\"\}"/);
});

test('rounds are merged figure by figure, threads from the round in the middle', () => {
  const rounds = [30, 50, 40].map((cpu) => ({ cpu_us_per_run: cpu, p50_us: 100 - cpu, threads: [{ name: `t${cpu}` }] }));
  assert.deepEqual(medians(rounds), { cpu_us_per_run: 40, p50_us: 60, threads: [{ name: 't40' }] });
});

test('the CPU of this very process is counted', () => {
  const used = watchCpu(process.pid);
  const until = process.cpuUsage().user + 50_000;
  while (process.cpuUsage().user < until);
  assert.ok(used().cpu_us > 40_000);
});

test('targets scale with the disk of the same minute, and misses are told by how much', () => {
  const runs = { cpu_us_per_run: 66, p99_us: 6000, p50_us: 250, fdatasync_append_us: 120 };
  const verdicts = judge({
    sync_runs: [{ ...runs, clients: 1 }, { ...runs, clients: 64 }],
    constant_answer: { ratio: 1.5 },
    start_fresh: { median_ms: 310 },
    start_full: { median_ms: 90 },
    stored_runs: 100_000,
    expressions: {
      filters: [{ filter: '.a', compilation_us: 2, evaluation_us: 0.2 }, { filter: '.b', compilation_us: 3, evaluation_us: 1.5, evaluation_us_max: 1 }],
      definition_of_200_tasks_us: 900,
    },
    idle: { memory_mib: 22, cpu_pct: 0.4 },
  });
  assert.deepEqual(verdicts.map((t) => t.pass), [false, true, true, true, true, true, false, true, false, true, true, true]);
  assert.equal(verdicts[0].by_pct, 10);
  assert.equal(verdicts[1].at_most, 6200);
  assert.equal(verdicts[2].at_most, 320);
});

test('tables align numbers to the right', () => {
  assert.equal(table([['a', 'n'], ['long', 5], ['b', 1234]]), '  a     n\n  long     5\n  b     1234');
});

test('the ticks of a process and its ended children are found behind a name with blanks', () => {
  assert.equal(readOwnTicks('7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15'), 11 + 12 + 13 + 14);
});

test('a machine that others used is said to be one', () => {
  assert.equal(caution({ sync_runs: [{ steal_pct: 1, others_pct: 2 }] }), '');
  assert.match(caution({ sync_runs: [{ steal_pct: 1, others_pct: 2 }, { steal_pct: 5, others_pct: 60 }] }), /65 %/);
});

test('a run is copied under another id and at another time, wherever they stand', () => {
  const hex = (text) => Buffer.from(text, 'latin1').toString('hex');
  const [id, other] = [makeId(1_795_283_987_392_139), makeId(1_795_283_990_000_000)];
  assert.match(id, /^01a1ff43abc07[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  const dashed = (text) => text.replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5');
  const run = { id: other, shift_us: 1_000_001, events: 40 };
  const copy = (row) => JSON.parse(lineMaker(row, id)(run));
  assert.deepEqual(copy(['runs', 1, id, 7, '{"a":1}', null, 1795283987392139]), ['runs', 1, other, 7, '{"a":1}', null, 1795283988392140]);
  assert.deepEqual(copy(['journal', 1, id, 3, hex('{"t":1795283987392139,"effect":3}')]),
    ['journal', 1, other, 3, hex('{"t":1795283988392140,"effect":3}')]);
  const events = (time_us, of, at) => hex(`\x01\x01${feedTime(time_us)}\x01)runs/${dashed(of)}{"id":"${dashed(of)}","at":"${at}"}`);
  assert.deepEqual(
    copy(['feed', 1, 5, 6, 1795283987392139, events(1795283987392139, id, '2026-11-21T17:59:47.392139Z')]),
    ['feed', 1, 45, 46, 1795283988392140, events(1795283988392140, other, '2026-11-21T17:59:48.392140Z')]);
});
