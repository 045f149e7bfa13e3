// The specification's examples and use cases, as they are: each runs to its end, or is refused with a
// reason that names what is missing.
//
//   node tests/conformance/examples.mjs [--binary build/release/steward] [--only TEXT]
//
// examples.yaml says what goes in, what the hosts answer and how each ends.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { readScenarios } from './runner/profile_files.mjs';
import { play } from './runner/profile_scenario.mjs';
import { withRuntime } from './runner/runtime.mjs';
import { scripted } from './runner/scripts.mjs';
import { startStandIns } from './runner/stand_ins.mjs';
import { measured, printTable } from './runner/table.mjs';

const options = readArguments(process.argv.slice(2), { binary: 'build/release/steward', only: '' });
const binary = resolve(options.binary);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Texts of the examples and use cases by their names. */
const texts = new Map(
  [here('../data/serverless-workflow/examples'), here('use-cases')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [basename(name, '.yaml'), readFileSync(join(folder, name), 'utf8')]),
  ),
);

function textOf({ file, edit = {} }) {
  const text = texts.get(file);
  if (text === undefined) throw new Error(`there is no example ${file}`);
  return Object.entries(edit).reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`${file} has no "${from}"`);
    return all.replace(from, to);
  }, text);
}

const all = readScenarios(here('examples.yaml'));
const hosts = [...new Set(all.flatMap(({ services = {} }) => Object.keys(services)))];
const standIns = await startStandIns(Object.fromEntries(hosts.map((host) => [host, undefined])));

async function playExample({ services = {}, ...scenario }) {
  standIns.answer_as(
    Object.fromEntries(Object.entries(services).map(([host, script]) => [host, scripted(script)])),
  );
  const reach =
    Object.keys(services).length > 0
      ? { connect_to: standIns.connect_to, ca_file: standIns.ca_file }
      : {};
  const settled = { ...scenario.settled, ...reach };
  const whole = { ...scenario, text: textOf(scenario) };
  return withRuntime(binary, settled, (runtime) => play(runtime, whole, standIns.requests));
}

const results = [];
for (const scenario of all.filter(({ name }) => name.includes(options.only)))
  results.push(await measured(scenario.topic, scenario.name, () => playExample(scenario)));
await standIns.close();

const told = new Set(all.map(({ file }) => file));
const forgotten = [...texts.keys()].filter((name) => !told.has(name));
results.push(
  await measured('all', 'every example and use case has a scenario', () =>
    forgotten.map((name) => `${name} has none`),
  ),
);
process.exitCode = printTable('examples', results) ? 0 : 1;
