// The Steward profile: one scenario for each decision about the workflow language, as data.
//
//   node tests/conformance/profile.mjs [--binary build/release/steward] [--topic NAME] [--only TEXT] [--width 4]
//
// README.md tells the format of the files in profile/.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { atMost } from '../support/client.mjs';
import { readProfile } from './runner/profile_files.mjs';
import { isBeyondSchema, playScenario } from './runner/profile_scenario.mjs';
import { measured, printTable } from './runner/table.mjs';

const options = readArguments(process.argv.slice(2), {
  binary: 'build/release/steward',
  topic: '',
  only: '',
  width: 4,
});
const binary = resolve(options.binary);
const folder = fileURLToPath(new URL('profile', import.meta.url));
const scenarios = readProfile(folder).filter(
  ({ topic, name }) =>
    (options.topic === '' || topic === options.topic) && name.includes(options.only),
);

const results = [];
await atMost(options.width, [...scenarios.entries()], async ([i, scenario]) => {
  results[i] = await measured(scenario.topic, scenario.name, () => playScenario(binary, scenario));
});
const beyond = scenarios.filter(isBeyondSchema).map(({ topic, name }) => `  ${topic}: ${name}`);
const notes = ['Refused though the published schema accepts it:', ...beyond];
process.exitCode = printTable('Steward profile', results, notes) ? 0 : 1;
