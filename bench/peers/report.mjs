// The comparison as tables for people.
import { table } from '../measure/report.mjs';

const ok = (result) => result && !result.error;
const beside = (ratio) => (ratio === undefined ? '' : `x ${ratio}`);

function syncRows(systems) {
  return systems.filter((s) => ok(s.sync)).flatMap((s) =>
    s.sync.map((r, i) => {
      const ratio = s.ratios?.sync?.[i] ?? {};
      return [
        r.variant ? `${s.name}, ${r.variant}` : s.name, r.clients, r.runs_per_s, beside(ratio.runs_per_s), r.p50_us, beside(ratio.p50_us),
        r.p99_us, beside(ratio.p99_us), r.cpu_us_per_run, beside(ratio.cpu_us_per_run), r.generator_pct,
      ];
    }));
}

function batchRows(systems) {
  return systems.filter((s) => ok(s.batch)).map((s) => {
    const ratio = s.ratios?.batch ?? {};
    return [s.name, s.batch.runs, s.batch.runs_per_s, beside(ratio.runs_per_s), s.batch.cpu_us_per_run, beside(ratio.cpu_us_per_run), s.batch.generator_pct];
  });
}

function sleepRows(systems) {
  return systems.filter((s) => ok(s.sleep)).map((s) => [s.name, s.sleep.sleepers, s.sleep.rest_mib, s.sleep.kib_per_sleeper, beside(s.ratios?.sleep?.kib_per_sleeper)]);
}

/** What was asked for and could not be measured, with the reason: [system, what, reason]. */
export function failures(systems) {
  const first = (text) => text.split('\n')[0];
  return systems.flatMap((s) => {
    if (s.error) return [[s.name, 'everything', first(s.error)]];
    return ['sync', 'batch', 'sleep'].filter((name) => s[name]?.error).map((name) => [s.name, name, first(s[name].error)]);
  });
}

/** What a system has no such thing for: [system, what]. */
export function notOffered(systems) {
  return systems.filter((s) => !s.error).flatMap((s) => ['sync', 'batch', 'sleep'].filter((name) => s[name] === null).map((name) => [s.name, name]));
}

const section = (title, head, rows) => (rows.length ? `\n${title}\n${table([head, ...rows])}\n` : '');

export function report({ machine, settings, systems }) {
  const busy = Math.max(0, ...systems.flatMap((s) => (ok(s.sync) ? s.sync : [])).map((r) => r.steal_pct + r.others_pct));
  return `
Steward ${machine.commit} beside other systems on ${machine.cores} x ${machine.model}, Linux ${machine.kernel}
"x 3" after a figure: Steward, in this run, has 3 times the throughput, or takes a third of the time, CPU or memory.
${section('What each one is', ['system', 'version', 'durability', 'stored for a run'], systems.map((s) => [s.name, s.version ?? '', s.durability, s.per_run]))}${section(
    `Synchronous runs of three steps over HTTP (medians of ${settings.rounds} x ${settings.seconds} s)`,
    ['system', 'clients', 'runs/s', '', 'p50 us', '', 'p99 us', '', 'CPU us/run', '', 'wrk %'],
    syncRows(systems),
  )}${section('One-step runs started in batches of 1,000 and drained', ['system', 'runs', 'runs/s', '', 'CPU us/run', '', 'starter %'], batchRows(systems))}${section(
    'Workflows that wait an hour',
    ['system', 'waiting', 'MiB at rest', 'KiB each', ''],
    sleepRows(systems),
  )}${section('Not measured', ['system', 'what', 'reason'], failures(systems))}${section('Not offered', ['system', 'what'], notOffered(systems))}${
    busy < 10 ? '' : `\nOthers took up to ${busy.toFixed(0)} % of this machine: throughput and latency tell of them too. CPU and memory hold.\n`
  }`;
}
