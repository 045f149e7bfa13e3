// What the specification's own JSON Schema thinks of a definition.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const schema = parse(readFileSync(new URL('../schema/workflow.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false });
const validate = ajv.compile(schema);

/** Undefined if the schema accepts it, else the first thing it holds against it. */
export function objection(definition) {
  if (validate(definition)) return undefined;
  // A task that fits no kind fails every branch; the deepest place says most.
  const deepest = validate.errors.reduce((best, one) =>
    one.instancePath.length > best.instancePath.length ? one : best,
  );
  return `${deepest.instancePath || '/'} ${deepest.message}`;
}
