// Expressions beside libjq, and the reading of a large definition.
import { execFileSync } from 'node:child_process';
import { round } from './machine.mjs';

/** `binary` is bench/expressions; answers what it prints. */
export function measureExpressions(binary) {
  const result = JSON.parse(execFileSync(binary, ['--json'], { encoding: 'utf8' }));
  for (const filter of result.filters)
    for (const key of Object.keys(filter).filter((name) => name.endsWith('_us'))) filter[key] = round(filter[key], 2);
  result.definition_of_200_tasks_us = round(result.definition_of_200_tasks_us);
  return result;
}
