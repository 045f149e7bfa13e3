// A server with Graphile Worker in it, as its guide to performance sets it up: node service.mjs PORT DATABASE_URL
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { serveJson } from '../json_service.mjs';

const [port, connectionString] = process.argv.slice(2);
const counts = { finished: 0 };

const logger = new Logger(() => (level, message) => level === 'error' && console.error(message));
await run({
  logger,
  preset: { worker: { connectionString, concurrentJobs: 24, maxPoolSize: 10, localQueue: { size: 500 }, completeJobBatchDelay: 0 } },
  taskList: {
    one_step: async () => {
      counts.finished += 1;
    },
  },
});
const jobs = await makeWorkerUtils({ logger, connectionString });
serveJson(Number(port), {
  'POST /batch': async ({ count }) => {
    await jobs.addJobs(Array.from({ length: count }, (_, number) => ({ identifier: 'one_step', payload: { number } })));
    return { started: count };
  },
  'GET /counts': async () => counts,
});
