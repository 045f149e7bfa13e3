// Reads the files of the profile and holds them to their format (profile.schema.json).
import { readFileSync, readdirSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const format = JSON.parse(readFileSync(new URL('../profile.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(format);

/** All scenarios of all files, each with its `topic`. Throws when a file is not of the format. */
export function readProfile(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort();
  return files.flatMap((file) => {
    const content = parse(readFileSync(new URL(file, `file://${folder}/`), 'utf8'));
    if (!validate(content)) {
      const all = validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
      throw new Error(`${file} is not of the format:\n${all.join('\n')}`);
    }
    return content.scenarios.map((scenario) => ({ topic: content.topic, ...scenario }));
  });
}
