// A server with pg-boss in it: node service.mjs PORT DATABASE_URL
import { PgBoss } from 'pg-boss';
import { serveJson } from '../json_service.mjs';

const [port, connectionString] = process.argv.slice(2);
const counts = { finished: 0 };

const boss = new PgBoss({ connectionString });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue('one-step');
await boss.work('one-step', { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }, async (jobs) => {
  counts.finished += jobs.length;
});
serveJson(Number(port), {
  'POST /batch': async ({ count }) => {
    await boss.insert('one-step', Array.from({ length: count }, (_, number) => ({ data: { number } })));
    return { started: count };
  },
  'GET /counts': async () => counts,
});
