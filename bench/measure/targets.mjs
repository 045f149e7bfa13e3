// What was promised, beside what was seen.
import { round } from './machine.mjs';

const at = (result, clients) => result.sync_runs.find((r) => r.clients === clients);

/** { name, unit, at_most, seen, pass, by_pct }; the disk's share is what it took in the same minute. */
function target(name, unit, atMost, seen) {
  const limit = round(atMost, 2);
  return { name, unit, at_most: limit, seen, pass: seen <= limit, by_pct: round((seen / limit - 1) * 100) };
}

/** Every target with its verdict. Rounds are judged by their medians. */
export function judge(result) {
  const lone = at(result, 1);
  const many = at(result, 64);
  return [
    target('CPU of a durable synchronous run, 64 clients', 'us', 60, many.cpu_us_per_run),
    target('p99 of a run, 64 clients: 5 ms + 10 fdatasync', 'us', 5000 + 10 * many.fdatasync_append_us, many.p99_us),
    target('p50 of a run, 1 client: fdatasync + 200 us', 'us', lone.fdatasync_append_us + 200, lone.p50_us),
    target('CPU of a constant answer, of what nginx takes', 'times', 1.5, result.constant_answer.ratio),
    ...result.expressions.filters.map((f) => target(`compiling ${f.filter}`, 'us', 100, f.compilation_us)),
    ...result.expressions.filters
      .filter((f) => f.evaluation_us_max)
      .map((f) => target(`evaluating ${f.filter}`, 'us', f.evaluation_us_max, f.evaluation_us)),
    target('reading a definition of 200 tasks', 'us', 1000, result.expressions.definition_of_200_tasks_us),
    target('cold start, fresh store', 'ms', 300, result.start_fresh.median_ms),
    target(`cold start, store of ${result.stored_runs} runs`, 'ms', 300, result.start_full.median_ms),
    target('memory at rest', 'MiB', 50, result.idle.memory_mib),
    target('CPU at rest, of one core', '%', 0.5, result.idle.cpu_pct),
  ];
}
