// An HTTP service that counts what it is asked to do, as a bank would: each Idempotency-Key is worth an
// amount that is decided when it comes first, and is told again, but not counted again, when it comes again.
//
// POST /count   {"step": "what the caller sees as one thing to do"}; answers {"amount": N}
import http from 'node:http';
import { between } from './random.mjs';

export class Ledger {
  /** step -> key -> {amount, deliveries} */
  steps = new Map();
  deliveries = 0;

  constructor(random) {
    this.random = random;
  }

  /** The amount that this key of this step is worth. */
  count(step, key) {
    this.deliveries += 1;
    let keys = this.steps.get(step);
    if (!keys) this.steps.set(step, (keys = new Map()));
    let entry = keys.get(key);
    if (!entry) keys.set(key, (entry = { amount: between(this.random, 1, 1_000_000), deliveries: 0 }));
    entry.deliveries += 1;
    return entry.amount;
  }
}

/** Serves at a free port of `address`; each answer takes up to `delay_ms`, so that calls are under way when faults come. */
export async function startCountingService({ address = '127.0.0.1', random, delay_ms = 50 }) {
  const ledger = new Ledger(random);
  const server = http.createServer({ keepAliveTimeout: 120_000 }, async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const { step } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const text = JSON.stringify({ amount: ledger.count(step, request.headers['idempotency-key'] ?? '') });
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
        response.end(text);
      }, between(random, 0, delay_ms));
    } catch {
      // Whoever asked was killed while asking; what did not come whole is not counted.
      response.destroy();
    }
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: address, backlog: 4096 }, resolve);
  });
  return {
    ledger,
    url: `http://${address}:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
