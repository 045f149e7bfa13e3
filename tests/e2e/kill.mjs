// The kill test: runs go on while the server is killed (SIGKILL) at random moments and started again
// on the same data; at the end nothing is lost, nothing doubled, nothing done under two keys.
//
//   node tests/e2e/kill.mjs --binary build/release/steward [--runs 1000] [--kills 20] [--seed N]
//                           [--database postgres]
//
// With a database, every second kill is the database's (SIGKILL on its postmaster): the server must
// stay up, answer 503 with Retry-After meanwhile, and go on.
//
// Prints its figures, and exits with 1 if anything did not hold. The server's data and log are kept
// then, and named.
import { startService } from '../support/http_service.mjs';
import { Client, atMost, sleep } from '../support/client.mjs';
import { FeedFollower, readFeed } from '../support/sse.mjs';
import { PostgresServer } from '../support/postgres_server.mjs';
import { StewardProcess } from '../support/steward_process.mjs';
import { readArguments } from '../support/arguments.mjs';
import { between, seeded } from '../support/random.mjs';
import { killWorkflow } from './kill_workflow.mjs';
import {
  checkEnds, checkFeedEnds, checkHistory, checkIdentity, checkLedger, checkSameFeed, checkSequences, extraDeliveries,
} from './kill_checks.mjs';

const options = readArguments(process.argv.slice(2), {
  binary: 'build/release/steward',
  runs: 1000,
  kills: 20,
  seed: Date.now() % 1_000_000,
  width: 64, // clients at once
  patience: 120, // seconds without which a run must have ended after the last kill
  database: '', // "postgres": a private PostgreSQL in place of the embedded store
});
if (!['', 'postgres'].includes(options.database)) throw new Error(`--database ${options.database}: only postgres is known`);
console.log(`seed ${options.seed}: ${options.runs} runs, ${options.kills} kills`);

const random = seeded(options.seed);
const begun = Date.now();
const violations = [];
const service = await startService();
const database = options.database === 'postgres' ? new PostgresServer() : undefined;
if (database) {
  await database.start();
  database.makeDatabase();
}
const server = new StewardProcess(options.binary, { args: database ? ['--database', database.url] : [] });
const crashes = [];
server.onExit = (how) => crashes.push(how);
await server.start();
const client = new Client(server.url, { sockets: options.width });
await client.deploy(killWorkflow(service.url));
const follower = new FeedFollower(server.url);

// --- the runs ---------------------------------------------------------------------------------

const numbers = Array.from({ length: options.runs }, (_, i) => i + 1);
const answers = new Map(); // number -> ids
let answered = 0;

async function startRun(number) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `kill-${options.seed}-${number}` };
  if (number % 2 === 0) headers.prefer = 'wait=5';
  const answer = await client.insist('POST', '/api/v1/workflows/e2e/kill/runs', { headers, body: JSON.stringify({ number }) });
  if (![200, 201, 202].includes(answer.status)) {
    violations.push(`starting run ${number} was answered with ${answer.status}: ${answer.text}`);
    return;
  }
  const ids = answers.get(number) ?? new Set();
  answers.set(number, ids.add(answer.json.id));
}

// --- the kills --------------------------------------------------------------------------------

const recoveries_ms = [];

async function isHealthy() {
  try {
    return (await client.request('GET', '/readyz', { timeout_ms: 1000 })).status === 200;
  } catch {
    return false;
  }
}

async function restart() {
  const from = Date.now();
  server.launch();
  // Now and then it dies again before it is up: recovery must be able to start over.
  if (random() < 0.2) {
    await sleep(between(random, 0, 150));
    await server.kill();
    return restart();
  }
  await server.ready();
  while (!(await isHealthy())) {
    if (Date.now() - from > 60_000) throw new Error(`the server is not ready a minute after its restart\n${server.logTail()}`);
    await sleep(5);
  }
  recoveries_ms.push(Date.now() - from);
}

const away = { kills: 0, refused: 0 };

/** Answers of requests that change nothing, one that reads and one that would write. */
async function probe() {
  const deployment = { headers: { 'content-type': 'application/yaml' }, body: killWorkflow(service.url) };
  const asked = [['GET', '/api/v1/runs', {}], ['POST', '/api/v1/workflows', deployment]];
  return Promise.all(asked.map(async ([method, path, how]) => {
    const answer = await client.request(method, path, how).catch((error) => error);
    return { name: `${method} ${path}`, status: answer.status ?? answer.message, retryAfter: Number(answer.headers?.['retry-after']) };
  }));
}

/** While the database is away the server says so, and when to ask again; then it goes on. */
async function killDatabase() {
  await database.kill();
  away.kills += 1;
  const deadline = Date.now() + 20_000;
  // Its processes go on with what they are doing and notice then.
  while ((await probe()).some(({ status }) => status !== 503)) {
    if (Date.now() > deadline) throw new Error('the server does not notice that its database is away');
    await sleep(10);
  }
  for (const until = Date.now() + between(random, 100, 1000); Date.now() < until; ) {
    for (const { name, status, retryAfter } of await probe()) {
      away.refused += 1;
      if (status !== 503) violations.push(`${name} while the database was away: ${status}`);
      else if (!(retryAfter >= 1)) violations.push(`${name} while the database was away: 503 without Retry-After`);
    }
    await sleep(20);
  }
  await database.start();
  while ((await probe()).some(({ status }) => status !== 200)) {
    if (Date.now() > deadline + 20_000) throw new Error(`the server did not find its database again\n${server.logTail()}`);
    await sleep(10);
  }
}

// Each kill waits until its share of the runs is answered, and then a random moment more.
async function killAgainAndAgain() {
  const shares = Array.from({ length: options.kills }, () => random()).sort((a, b) => a - b);
  for (const [at, share] of shares.entries()) {
    const until = Date.now() + 10_000;
    while (answered < share * options.runs && Date.now() < until) await sleep(5);
    await sleep(between(random, 0, 200));
    if (database && at % 2 === 1) {
      await killDatabase();
      continue;
    }
    await server.kill();
    await restart();
  }
}

await Promise.all([
  atMost(options.width, numbers, async (number) => {
    await startRun(number);
    answered += 1;
  }),
  killAgainAndAgain(),
]);

// --- the end of all runs ----------------------------------------------------------------------

const runs = new Map(); // number -> document
const deadline = Date.now() + options.patience * 1000;
await atMost(32, [...answers], async ([number, ids]) => {
  const id = [...ids][0];
  for (;;) {
    const answer = await client.insist('GET', `/api/v1/runs/${id}`);
    if (answer.status !== 200) {
      violations.push(`run ${number} (${id}) was answered with ${answer.status}`);
      return;
    }
    if (['completed', 'faulted', 'cancelled'].includes(answer.json.status) || Date.now() > deadline) {
      runs.set(number, answer.json);
      return;
    }
    await sleep(50);
  }
});
const worked_ms = Date.now() - begun;

// --- what must hold ---------------------------------------------------------------------------

// The same key a last time: still the same run, and nothing new is started.
await atMost(32, numbers, startRun);
violations.push(...checkIdentity(answers, await client.all('/api/v1/runs?workflow=e2e/kill')));
violations.push(...checkEnds(runs));
await atMost(16, [...runs], async ([number, run]) => {
  const history = await client.insist('GET', `/api/v1/runs/${run.id}/events`);
  violations.push(...checkHistory(number, history.json?.items ?? []));
});
const feed = await readFeed(server.url, 0);
violations.push(...checkSequences('the feed', feed));
violations.push(...checkFeedEnds(feed, [...runs.values()].map((run) => run.id)));
for (let i = 0; i < 100 && follower.last < Number(feed.at(-1)?.sequence ?? 0); i += 1) await sleep(50);
await follower.stop();
violations.push(...checkSequences('the feed as followed', follower.events));
violations.push(...checkSameFeed(follower.events, feed));
const ledger = service.ledger.toJSON();
violations.push(...checkLedger(ledger, numbers));
for (const how of crashes) violations.push(`the server ended by itself: ${JSON.stringify(how)}`);

const sorted = [...recoveries_ms].sort((a, b) => a - b);
console.log(JSON.stringify({
  runs: options.runs,
  kills: options.kills,
  seed: options.seed,
  completed: [...runs.values()].filter((run) => run.status === 'completed').length,
  requests_retried: client.retried,
  feed_events: feed.length,
  feed_reconnects: follower.reconnects,
  deliveries: ledger.requests,
  deliveries_beyond_need: extraDeliveries(ledger),
  recovery_ms_p50: sorted[Math.floor(sorted.length / 2)],
  recovery_ms_max: sorted.at(-1),
  work_s: worked_ms / 1000,
  total_s: (Date.now() - begun) / 1000,
  ...(database ? { database_kills: away.kills, refused_while_away: away.refused } : {}),
  server_memory_mb: Math.round(server.memory() / 1e6),
}, null, 2));

await server.kill();
await database?.kill('SIGQUIT');
client.close();
await service.close();
if (violations.length === 0) {
  server.remove();
  database?.remove();
  console.log('All held: no run lost, none doubled, one key for each step, no hole in the feed.');
} else {
  for (const violation of violations.slice(0, 50)) console.error(`VIOLATION ${violation}`);
  if (violations.length > 50) console.error(`... and ${violations.length - 50} more`);
  console.error(`The server's data and log: ${server.folder}`);
  if (database) console.error(`The database's: ${database.folder}`);
  process.exitCode = 1;
}
