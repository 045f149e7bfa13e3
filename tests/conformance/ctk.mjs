// The Open Workflow conformance test kit, as it is, against the real binary.
//
//   node tests/conformance/ctk.mjs [--binary build/release/steward] [--features FOLDER] [--only TEXT]
//
// petstore.swagger.io and httpbin.org are stand-ins on this machine; nothing leaves it.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../support/arguments.mjs';
import { runScenario } from './runner/ctk_steps.mjs';
import { readFeatures } from './runner/features.mjs';
import { httpbin } from './runner/httpbin.mjs';
import { petstore } from './runner/petstore.mjs';
import { withRuntime } from './runner/runtime.mjs';
import { startStandIns } from './runner/stand_ins.mjs';
import { measured, printTable } from './runner/table.mjs';

const options = readArguments(process.argv.slice(2), {
  binary: 'build/release/steward',
  features: fileURLToPath(new URL('ctk', import.meta.url)),
  only: '',
});
const binary = resolve(options.binary);
const scenarios = readFeatures(options.features).filter(({ name }) => name.includes(options.only));

const hosts = { 'petstore.swagger.io': petstore(), 'httpbin.org': httpbin() };
const standIns = await startStandIns(hosts);
const callsOut = (steps) =>
  steps.some(({ argument }) => Object.keys(hosts).some((host) => argument?.text.includes(host)));

const results = [];
for (const { feature, name, steps } of scenarios) {
  const settled = callsOut(steps)
    ? { connect_to: standIns.connect_to, ca_file: standIns.ca_file }
    : {};
  const work = () => withRuntime(binary, settled, (runtime) => runScenario(runtime, steps));
  results.push(await measured(feature, name, work));
}
await standIns.close();
process.exitCode = printTable('conformance kit', results) ? 0 : 1;
