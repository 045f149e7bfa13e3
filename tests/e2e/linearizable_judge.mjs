// What is wrong with what the clients of linearizable_workload.mjs were told, if anything is.
import { checkByKey, explain } from '../support/linearizability.mjs';
import { models, sharedRuns } from './linearizable_models.mjs';
import { surprises } from './linearizable_requests.mjs';

function outcomesOf(operations) {
  const counts = {};
  for (const { model, input, outcome } of operations) {
    const of = (counts[`${model}.${input.do}`] ??= {});
    of[outcome] = (of[outcome] ?? 0) + 1;
  }
  return counts;
}

/** {violations: sentences, figures}. What can't be decided in time is a violation: nobody has seen it hold. */
export function judge(operations, { patience_ms = 60_000 } = {}) {
  const found = checkByKey(operations, models, { patience_ms });
  const violations = [
    ...found.violations.map((violation) => `${violation.key}: ${explain(violation, models[violation.at.model])}`),
    ...found.undecided.map((key) => `${key}: not decided within ${patience_ms} ms`),
    ...sharedRuns(operations),
    ...surprises(operations),
  ];
  const figures = {
    operations: operations.length,
    outcomes: outcomesOf(operations),
    keys: found.keys,
    longest_history: found.longest,
    unknown_that_took_effect: found.late,
    checking_ms: Math.round(found.ms),
  };
  return { violations, figures };
}
