// The figures as tables for people.

/** Rows of cells as aligned columns; numbers to the right. */
export function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  const cell = (value, i) => (typeof value === 'number' ? String(value).padStart(widths[i]) : String(value).padEnd(widths[i]));
  return rows.map((row) => `  ${row.map(cell).join('  ').trimEnd()}`).join('\n');
}

const threads = (r) => r.threads.slice(0, 5).map((t) => `${t.name} ${t.cpu_us_per_run}`).join(', ');

/** A word of caution when the machine was not ours alone. */
export function caution(result) {
  const taken = Math.max(...result.sync_runs.map((r) => r.steal_pct + r.others_pct));
  if (taken < 10) return '';
  return `\nOthers took up to ${taken.toFixed(0)} % of this machine: latencies, rates and starts tell of them too. CPU times hold.\n`;
}

export function report(result) {
  const { machine } = result;
  return `
Steward ${machine.commit} on ${machine.cores} x ${machine.model}, Linux ${machine.kernel}

Durable synchronous runs of three steps, over HTTP (medians of ${result.settings.rounds} x ${result.settings.seconds} s)
${table([
    ['clients', 'runs/s', 'p50 us', 'p99 us', 'CPU us/run', 'fdatasync us', 'steal %', 'others %', 'by thread'],
    ...result.sync_runs.map((r) => [r.clients, r.runs_per_s, r.p50_us, r.p99_us, r.cpu_us_per_run, r.fdatasync_append_us, r.steal_pct, r.others_pct, threads(r)]),
  ])}

A constant answer, ${result.constant_answer.clients} clients
${table([
    ['server', 'CPU us', 'answers/s', 'steal %', 'others %'],
    ...result.constant_answer.figures.map((f) => [f.server, f.cpu_us_per_answer, f.answers_per_s, f.steal_pct, f.others_pct]),
  ])}

The store without a server
${table([
    ['what', 'group', 'CPU us/run', 'p50 us', 'p99 us', 'runs/s'],
    ...result.raw_store.figures.map((f) => [f.what, f.group, f.cpu_us_per_run, f.p50_us, f.p99_us, f.runs_per_s]),
  ])}

Expressions, on a document of ${result.expressions.document_bytes} bytes (us; beside libjq where it is installed)
${table([
    ['filter', 'compile', 'evaluate', 'at most', 'libjq compile', 'libjq evaluate'],
    ...result.expressions.filters.map((f) => [f.filter, f.compilation_us, f.evaluation_us, f.evaluation_us_max ?? '', f.libjq_compilation_us ?? '', f.libjq_evaluation_us ?? '']),
  ])}
  reading a definition of 200 tasks: ${result.expressions.definition_of_200_tasks_us} us

Targets
${table([
    ['', 'at most', 'seen', '', ''],
    ...result.targets.map((t) => [t.name, `${t.at_most} ${t.unit}`, `${t.seen} ${t.unit}`, t.pass ? 'pass' : 'MISS', `${t.by_pct > 0 ? '+' : ''}${t.by_pct} %`]),
  ])}
${caution(result)}`;
}
