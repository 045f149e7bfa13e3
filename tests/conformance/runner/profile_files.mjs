// Reads the files of the profile and holds them to their format (profile.schema.json).
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const format = JSON.parse(readFileSync(new URL('../profile.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(format);

/** The scenarios of one file, each with its `topic`. Throws when it is not of the format. */
export function readScenarios(path) {
  const content = parse(readFileSync(path, 'utf8'));
  if (!validate(content)) {
    const all = validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
    throw new Error(`${path} is not of the format:\n${all.join('\n')}`);
  }
  return content.scenarios.map((scenario) => ({ topic: content.topic, ...scenario }));
}

/** The scenarios of all files of a folder. */
export function readProfile(folder) {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return files.flatMap((file) => readScenarios(join(folder, file)));
}
