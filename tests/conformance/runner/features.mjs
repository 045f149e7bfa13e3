// Gherkin feature files as lists of scenarios.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AstBuilder, GherkinClassicTokenMatcher, Parser, compile } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import { parse } from 'yaml';

/** The value of a step's argument: a doc string (YAML or JSON), a table as a list of rows, or undefined. */
function argumentOf({ argument }) {
  if (argument?.docString)
    return { text: argument.docString.content, value: parse(argument.docString.content) };
  if (argument?.dataTable) {
    const rows = argument.dataTable.rows.map(({ cells }) => cells.map(({ value }) => value));
    return { text: rows.map((row) => row.join('\t')).join('\n'), value: rows };
  }
  return undefined;
}

/**
 * The scenarios of every .feature file below a folder, outlines written out and backgrounds put in
 * front: [{feature, name, steps: [{text, argument: {text, value}}]}].
 */
export function readFeatures(folder) {
  const newId = IdGenerator.incrementing();
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.feature'))
    .sort();
  return files.flatMap((file) => {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher());
    const document = parser.parse(readFileSync(join(folder, file), 'utf8'));
    return compile(document, file, newId).map((pickle) => ({
      feature: `${file}: ${document.feature.name}`,
      name: pickle.name,
      steps: pickle.steps.map((step) => ({ text: step.text, argument: argumentOf(step) })),
    }));
  });
}
