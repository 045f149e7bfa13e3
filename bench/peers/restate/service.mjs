// The handlers that Restate calls: node service.mjs PORT COUNTS_PORT
import * as restate from '@restatedev/restate-sdk';
import { serveJson } from '../json_service.mjs';
import { decide, isLarge, price } from '../order.mjs';

const [port, countsPort] = process.argv.slice(2).map(Number);
const counts = { finished: 0, waiting: 0 };

const bench = restate.service({
  name: 'bench',
  handlers: {
    async threeSteps(ctx, order) {
      const priced = await ctx.run('price', () => price(order));
      const large = await ctx.run('route', () => isLarge(priced));
      return ctx.run('decide', () => decide(priced, !large));
    },
    // The least that is durable: nothing but the call and its result.
    async noStepRecorded(ctx, order) {
      const priced = price(order);
      return decide(priced, !isLarge(priced));
    },
    async oneStep(ctx) {
      await ctx.run('only', () => true);
      counts.finished += 1;
    },
    async nap(ctx) {
      counts.waiting += 1;
      await ctx.sleep({ hours: 1 });
    },
  },
});
const batches = restate.service({
  name: 'batches',
  handlers: {
    async start(ctx, { handler, count }) {
      const client = ctx.serviceSendClient(bench);
      for (let i = 0; i < count; i += 1) client[handler]({ number: i });
    },
  },
});

serveJson(countsPort, { 'GET /counts': async () => counts });
restate.serve({ services: [bench, batches], port });
