// The report of a suite: a line for each scenario, the reasons of those that fail, and the count.

const marks = { passed: 'pass', failed: 'FAIL' };

/**
 * Results: {group, name, problems: [sentence], ms}. A scenario without problems has passed; nothing
 * else counts as a pass. Answers whether all have.
 */
export function printTable(title, results, notes = []) {
  const width = Math.min(72, Math.max(...results.map(({ name }) => name.length), 10));
  let group;
  for (const result of results) {
    if (result.group !== group) console.log(`\n${result.group}`);
    group = result.group;
    const mark = result.problems.length === 0 ? marks.passed : marks.failed;
    console.log(`  ${mark}  ${result.name.padEnd(width)}  ${String(result.ms).padStart(6)} ms`);
    for (const problem of result.problems)
      console.log(`          ${problem.split('\n').join('\n          ')}`);
  }
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`);
  const passed = results.filter(({ problems }) => problems.length === 0).length;
  console.log(`\n${title}: ${passed} of ${results.length} scenarios pass`);
  return results.length > 0 && passed === results.length;
}

/** One result: `work` answers the problems; what it throws is one. */
export async function measured(group, name, work) {
  const from = Date.now();
  let problems;
  try {
    problems = await work();
  } catch (error) {
    problems = [error.message];
  }
  return { group, name, problems, ms: Date.now() - from };
}
