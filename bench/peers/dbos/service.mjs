// A server with DBOS in it: node service.mjs PORT DATABASE_URL
import { DBOS } from '@dbos-inc/dbos-sdk';
import { serveJson } from '../json_service.mjs';
import { decide, isLarge, price } from '../order.mjs';

const [port, systemDatabaseUrl] = process.argv.slice(2);
const counts = { finished: 0, waiting: 0 };

const threeSteps = DBOS.registerWorkflow(
  async (order) => {
    const priced = await DBOS.runStep(async () => price(order), { name: 'price' });
    const large = await DBOS.runStep(async () => isLarge(priced), { name: 'route' });
    return DBOS.runStep(async () => decide(priced, !large), { name: 'decide' });
  },
  { name: 'threeSteps' },
);
// The least that is durable: nothing but the workflow and its result.
const noStepRecorded = DBOS.registerWorkflow(
  async (order) => {
    const priced = price(order);
    return decide(priced, !isLarge(priced));
  },
  { name: 'noStepRecorded' },
);
const oneStep = DBOS.registerWorkflow(
  async () => {
    await DBOS.runStep(async () => true, { name: 'only' });
    counts.finished += 1;
  },
  { name: 'oneStep' },
);
const nap = DBOS.registerWorkflow(
  async () => {
    counts.waiting += 1;
    await DBOS.sleep(3_600_000);
  },
  { name: 'nap' },
);

const startMany = (workflow) => async ({ count }) => {
  await Promise.all(Array.from({ length: count }, (_, number) => DBOS.startWorkflow(workflow)({ number })));
  return { started: count };
};

DBOS.setConfig({ name: 'bench', applicationVersion: '1.0.0', systemDatabaseUrl, logLevel: 'error' });
await DBOS.launch();
serveJson(Number(port), {
  'POST /three-steps': threeSteps,
  'POST /no-step-recorded': noStepRecorded,
  'POST /one-step/batch': startMany(oneStep),
  'POST /nap/batch': startMany(nap),
  'GET /counts': async () => counts,
});
