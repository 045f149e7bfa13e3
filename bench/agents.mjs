// Many businesses with agents on one server: what a tenant costs, how late its agents' moments come, and
// whether one tenant that asks too much, or whose agent fails again and again, is felt by the others.
//
//   node bench/agents.mjs [--part all|ticks|noisy|crash] [--tenants 10000] [--customers 10] [--seconds 120]
//                         [--down 30] [--patience 180] [--phases 6] [--phase 15] [--share 2] [--binary build/release/steward]
//
// ticks: that many tenants with the salon's pack, seven agents each, at their normal intervals for --seconds;
// then the server is killed, stays down for --down seconds, and makes up for what it has missed (watched for --patience).
// noisy, crash: 100 tenants, of which 99 ask --share times a second each; --phases phases of --phase seconds
// with and without the hundredth's misbehaviour, in turns. Tables for people go to stderr, one line of JSON for
// each measurement to stdout.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readArguments } from '../tests/support/arguments.mjs';
import { atMost, Client } from '../tests/support/client.mjs';
import { StewardProcess } from '../tests/support/steward_process.mjs';
import { describeMachine, median, round, sleep, watchMachine } from './measure/machine.mjs';
import { memoryOf, watchCpu } from './measure/process_cpu.mjs';
import { statusOf } from './measure/server.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stderr.write(`${text}\n`);
const tell = (measured, figures) => process.stdout.write(`${JSON.stringify({ measured, ...figures })}\n`);
const minute_us = 60_000_000;
const day_ms = 86_400_000;
const width = 32; // requests under way at once while tenants are made and read

// --- the server and its tenants -----------------------------------------------------------------

const nameOf = (i) => `s${i}`;
const keyOf = (tenant) => `key of ${tenant}`;
const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/**
 * A server with a key for each tenant; `settings` are further lines of its configuration. That has 1 MiB at most, which
 * 10,000 keys fit into as they are written here.
 */
async function startServer(binary, tenants, settings = '') {
  const server = new StewardProcess(binary, { dev: false });
  const file = join(server.folder, 'config.yaml');
  const keys = tenants.map((name) => ` - {name: k, tenant: ${name}, sha256: ${hashOf(keyOf(name))}}\n`);
  writeFileSync(file, `log_level: warn\n${settings}gateway:\n keys:\n${keys.join('')}`);
  server.args = ['--config', file];
  server.ready_ms = await bringUp(server);
  return server;
}

/** Starts the process; milliseconds until /readyz says 200. */
async function bringUp(server) {
  const from = performance.now();
  await server.start({ patience_ms: 120_000 });
  while ((await statusOf(server.port, '/readyz')) !== 200) {
    if (performance.now() - from > 120_000) throw new Error(`the server is not ready after two minutes:\n${server.logTail()}`);
    await new Promise((done) => setImmediate(done));
  }
  return performance.now() - from;
}

function requestOf(tenant, body) {
  const headers = { authorization: `Bearer ${keyOf(tenant)}` };
  if (body === undefined) return { headers };
  const text = JSON.stringify(body);
  return { headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }, body: text };
}

/** A request of a tenant that has to be done, and is asked again when the server is too busy. */
async function done(client, tenant, method, path, body) {
  const answer = await client.insist(method, `/api/v1${path}`, requestOf(tenant, body));
  if (answer.status >= 300) throw new Error(`${method} ${path} of ${tenant}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.json;
}

/** Staff, services and customers of a salon, each a batch, and two past visits of every second customer. */
function salonRecords(customers) {
  const hours = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['09:00', '18:00']]]));
  const records = (count, make) => ({ records: Array.from({ length: count }, (_, i) => make(i)) });
  const instant = (ms) => new Date(ms).toISOString();
  const today = Math.floor(Date.now() / day_ms) * day_ms;
  return {
    staff: records(2, (i) => ({ id: `staff_${i}`, data: { name: `Stylist ${i}`, active: true, skills: [], working_hours: hours } })),
    services: records(3, (i) => ({ id: `service_${i}`, data: { name: `Service ${i}`, duration_minutes: 30 + 15 * i, price: 300 + 200 * i, active: true } })),
    customers: records(customers, (i) => ({
      id: `customer_${i}`, data: { name: `Customer ${i}`, phone: `+91987650${1000 + i}`, language: 'en', consent: { whatsapp: true, sms: true, email: true } },
    })),
    appointments: Array.from({ length: customers - (customers % 2) }, (_, i) => {
      const start = today - (20 + 30 * (i % 2)) * day_ms + (5 + (i % 8)) * 3_600_000;
      return {
        id: `past_${i}`, customer_id: `customer_${i - (i % 2)}`, staff_id: `staff_${i % 2}`, service_id: `service_${i % 3}`,
        start_time: instant(start), end_time: instant(start + 1_800_000), status: 'completed', price: 300,
      };
    }),
  };
}

async function fillTenant(client, tenant, records) {
  for (const collection of ['staff', 'services', 'customers'])
    if (records[collection].records.length > 0) await done(client, tenant, 'POST', `/records/${collection}:batch`, records[collection]);
  if (records.appointments.length > 0) await done(client, tenant, 'POST', '/actions/import_appointments', { appointments: records.appointments });
}

/** A counter of /metrics. */
async function counterOf(client, name) {
  const { text } = await client.insist('GET', '/metrics', requestOf(nameOf(0)));
  const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
  if (!line) throw new Error(`/metrics has no ${name}`);
  return Number(line[1]);
}
const executionsOf = (client) => counterOf(client, 'steward_agent_executions_total');

/** Asks until it holds; throws after a bound. */
async function until(holds, what, patience_ms = 300_000) {
  for (const deadline = Date.now() + patience_ms; ; await sleep(100)) {
    if (await holds()) return;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
  }
}

// --- figures ------------------------------------------------------------------------------------

function quantiles(numbers, digits = 1) {
  if (numbers.length === 0) return { count: 0 };
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))], digits);
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: round(sorted.at(-1), digits) };
}

/** CPU of the server from here to the call of the answer, as a share of one core, by thread. */
function watchLoad(pid) {
  const cpu = watchCpu(pid);
  const machine = watchMachine();
  const from = performance.now();
  return () => {
    const seconds = (performance.now() - from) / 1000;
    const used = cpu();
    const share = (cpu_us) => round(cpu_us / seconds / 10_000, 1);
    return {
      seconds: round(seconds, 1),
      cpu_us: used.cpu_us,
      cpu_pct: share(used.cpu_us),
      threads: used.threads.slice(0, 6).map((t) => `${t.name} ${share(t.cpu_us)}`),
      ...machine(used.cpu_us),
    };
  };
}

/** Work on all tenants; how fast, what CPU of the server each took, and whether the last were slower than the first. */
async function measureAll(server, tenants, work) {
  const load = watchLoad(server.pid);
  const from = performance.now();
  const ended = [];
  await atMost(width, tenants, async (tenant) => {
    await work(tenant);
    ended.push(performance.now() - from);
  });
  const tenth = Math.max(1, Math.floor(tenants.length / 10));
  const rate = (slice, since) => round((slice.length * 1000) / (slice.at(-1) - since), 1);
  const { cpu_us, ...used } = load();
  return {
    ...used,
    per_s: rate(ended, 0),
    per_s_first_tenth: rate(ended.slice(0, tenth), 0),
    per_s_last_tenth: rate(ended.slice(-tenth), ended.at(-tenth - 1) ?? 0),
    cpu_us_each: round(cpu_us / tenants.length),
  };
}

// --- when agents are due ------------------------------------------------------------------------

/** `std::hash` of a text as libstdc++ has it (MurmurHash64A): an agent's moments follow from it. */
function standardHash(text) {
  const bytes = Buffer.from(text);
  const mask = (1n << 64n) - 1n;
  const factor = 0xc6a4a7935bd1e995n;
  const mix = (v) => v ^ (v >> 47n);
  let hash = 0xc70f6907n ^ ((BigInt(bytes.length) * factor) & mask);
  const whole = bytes.length - (bytes.length % 8);
  for (let i = 0; i < whole; i += 8) {
    const data = (mix((bytes.readBigUInt64LE(i) * factor) & mask) * factor) & mask;
    hash = ((hash ^ data) * factor) & mask;
  }
  if (whole < bytes.length) {
    let rest = 0n;
    for (let i = bytes.length - 1; i >= whole; i -= 1) rest = (rest << 8n) | BigInt(bytes[i]);
    hash = ((hash ^ rest) * factor) & mask;
  }
  return mix((mix(hash) * factor) & mask);
}

const phases = new Map();
/** Microseconds past each whole interval since 1970. */
function phaseOf(tenant, agent, interval_us) {
  const name = `${tenant}/${agent}`;
  if (!phases.has(name)) phases.set(name, Number(standardHash(name) % BigInt(interval_us)));
  return phases.get(name);
}

/** The agent's first moment after a time, in microseconds. */
function dueAfter(state, time_us) {
  const interval = state.interval_minutes * minute_us;
  const phase = phaseOf(state.tenant, state.agent, interval);
  return (Math.floor((time_us - phase) / interval) + 1) * interval + phase;
}

/** All agents of these tenants as their documents have them: [{tenant, agent, ...}]; times in milliseconds. */
async function readStates(client, tenants) {
  const states = [];
  await atMost(width, tenants, async (tenant) => {
    const page = await done(client, tenant, 'GET', '/records/agent_states?limit=50');
    for (const { version, updated_at, data } of page.items)
      states.push({
        tenant, version, agent: data.agent_name, interval_minutes: data.interval_minutes, updated_ms: Date.parse(updated_at),
        executed_ms: Date.parse(data.last_execution ?? 0), next_ms: Date.parse(data.next_scheduled ?? 0), took_ms: data.health.average_response_time_ms,
      });
  });
  return states;
}

/** Documents have whole seconds, so the moments are computed; throws if those of the documents are others. */
function checkMoments(states) {
  const wrong = states.find((s) => s.executed_ms > 0 && Math.floor(dueAfter(s, s.next_ms * 1000 - 1) / 1e6) * 1000 !== s.next_ms);
  if (wrong) throw new Error(`${wrong.tenant}/${wrong.agent} is due at ${new Date(wrong.next_ms).toISOString()}, not when it was computed to be`);
}

/**
 * How late the agents were that became due between two times (ms): until what they came to was handed to the store.
 * Something else may have changed a document since, so it is that at most.
 */
function latenessOf(states, from_ms, to_ms) {
  const late = [];
  const result = { due: 0, never_came: 0 };
  for (const s of states) {
    const due_ms = dueAfter(s, from_ms * 1000) / 1000;
    if (due_ms >= to_ms) continue;
    result.due += 1;
    if (s.executed_ms < Math.floor(due_ms / 1000) * 1000) result.never_came += 1;
    else late.push(s.updated_ms - due_ms);
  }
  return { ...result, late_ms: quantiles(late) };
}

// --- ticks --------------------------------------------------------------------------------------

async function measureTicks(options) {
  const tenants = Array.from({ length: options.tenants }, (_, i) => nameOf(i));
  const server = await startServer(options.binary, tenants);
  const client = new Client(server.url, { sockets: width });
  const memory = () => memoryOf(server.pid);
  const empty_mib = memory();
  try {
    const installed = await measureAll(server, tenants, (tenant) => done(client, tenant, 'PUT', '/packs/salon'));
    tell('install', { tenants: tenants.length, ...installed, empty_mib: round(empty_mib, 1), mib: round(memory(), 1), kib_per_tenant: round(((memory() - empty_mib) * 1024) / tenants.length, 1), retried: client.retried });
    say(`packs installed: ${installed.per_s}/s (first tenth ${installed.per_s_first_tenth}, last ${installed.per_s_last_tenth}), ${installed.cpu_us_each} us CPU each, ` +
      `${round(memory())} MiB (${round(empty_mib)} before), server ${installed.cpu_pct} % of a core: ${installed.threads.join(', ')}`);

    const records = salonRecords(options.customers);
    const filled = await measureAll(server, tenants, (tenant) => fillTenant(client, tenant, records));
    tell('records', { customers: options.customers, ...filled, mib: round(memory(), 1) });
    say(`records filled: ${filled.per_s} tenants/s, ${filled.cpu_us_each} us CPU each, ${round(memory())} MiB: ${filled.threads.join(', ')}`);

    await measureIdle(server, client, tenants, memory);
    await measureBusy(server, client, tenants, memory, empty_mib, options);
    await measureRestart(server, client, tenants, memory, options);
  } finally {
    client.close();
    await server.kill();
    server.remove();
  }
}

/** All tenants paused: what is left is the waiting. */
async function measureIdle(server, client, tenants, memory) {
  const paused = await measureAll(server, tenants, (tenant) => done(client, tenant, 'PUT', '/autonomous/governance', { paused: true }));
  let last = -1;
  await until(async () => {
    const now = await executionsOf(client);
    const still = now === last;
    last = now;
    if (!still) await sleep(1000);
    return still;
  }, 'the agents to rest');
  const load = watchLoad(server.pid);
  await sleep(20_000);
  const { cpu_us, ...idle } = load();
  tell('idle', { ...idle, mib: round(memory(), 1), pauses_per_s: paused.per_s });
  say(`all paused (${paused.per_s}/s): ${idle.cpu_pct} % of a core, ${round(memory())} MiB: ${idle.threads.join(', ')}`);
  await measureAll(server, tenants, (tenant) => done(client, tenant, 'PUT', '/autonomous/governance', { paused: false }));
}

async function measureBusy(server, client, tenants, memory, empty_mib, options) {
  const before = await readStates(client, tenants);
  checkMoments(before);
  const executed = await executionsOf(client);
  const load = watchLoad(server.pid);
  const from_ms = Date.now() + 2000;
  await sleep(options.seconds * 1000);
  const { cpu_us, ...busy } = load();
  const executions = (await executionsOf(client)) - executed;
  const to_ms = Date.now() - 5000; // what is due now may still be under way
  const after = await readStates(client, tenants);
  const expected_per_s = before.reduce((sum, s) => sum + 1 / (s.interval_minutes * 60), 0);
  const figures = {
    agents: after.length, ...busy, executions, executions_per_s: round(executions / busy.seconds, 1), expected_per_s: round(expected_per_s, 1),
    cpu_us_each: round(cpu_us / executions), think_ms: quantiles(after.map((s) => s.took_ms)), ...latenessOf(after, from_ms, to_ms),
    mib: round(memory(), 1), kib_per_tenant: round(((memory() - empty_mib) * 1024) / tenants.length, 1),
  };
  tell('busy', figures);
  say(`at their intervals: ${figures.executions_per_s} executions/s (${figures.expected_per_s} due), ${busy.cpu_pct} % of a core, ${figures.cpu_us_each} us CPU each: ${busy.threads.join(', ')}`);
  say(`${figures.due} due, ${figures.never_came} never came; late by p50 ${figures.late_ms.p50} ms, p99 ${figures.late_ms.p99} ms, most ${figures.late_ms.max} ms; ` +
    `${figures.mib} MiB, ${figures.kib_per_tenant} KiB a tenant`);
}

/** Killed, down for a while, and started again on the same data. */
async function measureRestart(server, client, tenants, memory, options) {
  const before = await readStates(client, tenants);
  const killed_ms = Date.now();
  await server.kill('SIGKILL');
  await sleep(options.down * 1000);
  const ready_ms = await bringUp(server);
  const up_ms = Date.now();
  const load = watchLoad(server.pid);
  const missed = before.filter((s) => dueAfter(s, killed_ms * 1000) < up_ms * 1000);
  const [made_up, owners] = await Promise.all([watchMakingUp(client, missed, up_ms, options.patience), watchOwners(server.url, tenants)]);
  const { cpu_us, ...used } = load();
  const figures = {
    down_s: options.down, ready_ms: round(ready_ms), missed: missed.length, ...made_up, owners, ...used, mib: round(memory(), 1),
  };
  tell('restart', figures);
  say(`restart: ready after ${figures.ready_ms} ms; ${figures.missed} missed in ${options.down} s, made up after p50 ${made_up.made_up_after_s.p50} s, most ${made_up.made_up_after_s.max} s` +
    `${made_up.never_made_up ? `, ${made_up.never_made_up} NOT within ${options.patience} s` : ''}; owners' questions in the first minute answered within p50 ${owners.took_ms.p50}, most ${owners.took_ms.max} ms, ` +
    `${owners.unanswered} of ${owners.asked} not within ${owners.patience_s} s; ${figures.mib} MiB; ${used.threads.join(', ')}`);
}

/** When each of these was done at last, in seconds since the server was up. */
async function watchMakingUp(client, missed, up_ms, patience_s) {
  const open = new Map(missed.map((s) => [`${s.tenant}/${s.agent}`, s]));
  const after = [];
  for (const deadline = Date.now() + patience_s * 1000; open.size > 0 && Date.now() < deadline; await sleep(1000)) {
    const asked = [...new Set([...open.values()].map((s) => s.tenant))].slice(0, 200);
    for (const s of await readStates(client, asked)) {
      const name = `${s.tenant}/${s.agent}`;
      if (!open.delete(name)) continue;
      if (s.updated_ms > up_ms) after.push((s.updated_ms - up_ms) / 1000);
      else open.set(name, s); // to the end of the line
    }
  }
  return { never_made_up: open.size, made_up_after_s: quantiles(after, 2) };
}

/** Every second for a minute, another owner asks for the rules, which only the tenant's own gate knows. */
async function watchOwners(url, tenants, { questions = 60, patience_s = 10 } = {}) {
  const client = new Client(url, { sockets: 256 });
  const took = [];
  const asked = [];
  for (let n = 0; n < questions; n += 1) {
    const tenant = tenants[(n * 7919) % tenants.length];
    const from = performance.now();
    const answered = client.request('GET', '/api/v1/autonomous/governance', { ...requestOf(tenant), timeout_ms: patience_s * 1000 });
    asked.push(answered.then(({ status }) => status === 200 && took.push(performance.now() - from), () => {}));
    await sleep(1000);
  }
  await Promise.all(asked);
  client.close();
  return { asked: questions, unanswered: questions - took.length, patience_s, took_ms: quantiles(took) };
}

// --- one among many -----------------------------------------------------------------------------

const crowd = 100;
const patient_ms = 20_000;
const exhausting = '[range(100000000)] | length | {answer: {counted: .}}'; // until its budget is used up

/** What the last tenant's pack has: an agent that fails at once, one that thinks until it may not, and an action like that. */
const badPack = {
  pack: 'bad', version: '1.0.0',
  // Otherwise the breaker would end it after five failures.
  governance: { circuit_breaker: { error_threshold: 100_000 } },
  agents: [
    { name: 'failing', every_minutes: 1, decide: { rule: 'error("as it was meant to")' } },
    { name: 'exhausting', every_minutes: 60, decide: { rule: exhausting } },
  ],
  actions: [{ name: 'exhaust', decide: { rule: exhausting } }],
};

/** A booking of the past is written again, or the agents are looked at: what each tenant asks, in turns. */
function shareOf(tenant, n) {
  if (n % 2) return { what: 'read', method: 'GET', path: '/autonomous/agents', ...requestOf(tenant) };
  const start = Date.now() - 40 * day_ms;
  const appointment = {
    id: `again_${n % 20}`, customer_id: 'customer_0', staff_id: 'staff_0', service_id: 'service_0', status: 'completed',
    start_time: new Date(start).toISOString(), end_time: new Date(start + 1_800_000).toISOString(),
  };
  return { what: 'action', method: 'POST', path: '/actions/import_appointments', ...requestOf(tenant, { appointments: [appointment] }) };
}
const executes = (tenant, task_type) => ({ what: 'execute', method: 'POST', path: '/internal/tasks/execute', ...requestOf(tenant, { task_type }) });

/** How a tenant misbehaves: at a rate (a multiple of its share), or `lanes` requests at once, each as fast as it is answered. */
const misbehaviours = {
  noisy: { times: 100, request: shareOf },
  looking: { lanes: 16, request: (tenant) => ({ what: 'dashboard', method: 'GET', path: '/autonomous/analytics/dashboard', ...requestOf(tenant) }) },
  failing: { bad: true, request: (tenant) => executes(tenant, 'failing') },
  exhausting: { bad: true, request: (tenant) => executes(tenant, 'exhausting') },
  exhausting_action: { bad: true, request: (tenant) => ({ what: 'action', method: 'POST', path: '/actions/exhaust', ...requestOf(tenant, {}) }) },
};

/** Sends so many requests a second for a while, whether or not they are answered, and waits for the last answers. */
async function sendAtRate(per_s, ms, send) {
  const from = performance.now();
  const sent = [];
  for (let n = 0; (n * 1000) / per_s < ms; n += 1) {
    const wait = from + (n * 1000) / per_s - performance.now();
    if (wait > 0) await sleep(wait);
    sent.push(send(n));
  }
  await Promise.all(sent);
}

async function sendAsAnswered(lanes, ms, send) {
  const from = performance.now();
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (let n = 0; performance.now() - from < ms; n += 1) await send(n);
  }));
}

/** One request; its time and status go into `seen`: {what: {took: [], statuses: {}}}. */
async function ask(client, request, seen) {
  const { what, method, path, headers, body } = request;
  seen[what] ??= { took: [], statuses: {} };
  const from = performance.now();
  const count = (status) => (seen[what].statuses[status] = (seen[what].statuses[status] ?? 0) + 1);
  try {
    const answer = await client.request(method, `/api/v1${path}`, { headers, body, timeout_ms: patient_ms });
    count(answer.status);
    if (answer.status < 300) seen[what].took.push(performance.now() - from);
  } catch (error) {
    count(error.code ?? error.message);
  }
}

/** The one that misbehaves has a thread of its own, so that the others' requests don't wait behind its. */
function misbehaveHere({ url, tenant, how, share }) {
  const { times, lanes = 1, request } = misbehaviours[how];
  const client = new Client(url, { sockets: 64 });
  parentPort.on('message', async (ms) => {
    const seen = {};
    const send = (n) => ask(client, request(tenant, n), seen);
    await (times ? sendAtRate(share * times, ms, send) : sendAsAnswered(lanes, ms, send));
    parentPort.postMessage(seen);
  });
}

function startMisbehaving(data) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
  return {
    during: (ms) => new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage(ms);
    }),
    stop: () => worker.terminate(),
  };
}

const summaryOf = (seen) => Object.fromEntries(Object.entries(seen).map(([what, { took, statuses }]) => [what, { statuses, took_ms: quantiles(took, 2) }]));

/** One phase: what the others waited for, and how late their agents were. */
async function measurePhase(client, server, others, options, bad) {
  const ms = options.phase * 1000;
  const from_ms = Date.now();
  const load = watchLoad(server.pid);
  const seen = {};
  const other = bad?.during(ms);
  await sendAtRate(options.share * others.length, ms, (n) => ask(client, shareOf(others[n % others.length], Math.floor(n / others.length)), seen));
  const its = await other;
  const { cpu_us, threads, ...used } = load();
  await sleep(1000); // what was due last is done
  const agents = latenessOf(await readStates(client, others), from_ms, from_ms + ms);
  const all = quantiles(Object.values(seen).flatMap((s) => s.took), 2);
  return { with: Boolean(bad), all, others: summaryOf(seen), agents, ...(its && { its: summaryOf(its) }), cpu_pct: used.cpu_pct, others_pct: used.others_pct, idle_pct: used.idle_pct };
}

/** With and without, in turns, so that what else changes with time falls on both. */
async function measureInTurns(how, settings, options) {
  const tenants = Array.from({ length: crowd }, (_, i) => nameOf(i));
  const server = await startServer(options.binary, tenants, settings);
  const client = new Client(server.url, { sockets: 256 });
  const worst = tenants.at(-1);
  const bad = startMisbehaving({ url: server.url, tenant: worst, how, share: options.share });
  try {
    const records = salonRecords(options.customers);
    for (const tenant of tenants) {
      const own = misbehaviours[how].bad && tenant === worst;
      await done(client, tenant, 'PUT', own ? '/packs/bad' : '/packs/salon', own ? badPack : undefined);
      if (!own) await fillTenant(client, tenant, records);
    }
    const others = tenants.slice(0, -1);
    const everybody = misbehaviours[how].bad ? others : tenants;
    await measurePhase(client, server, everybody, { ...options, phase: 5 }); // warm
    const phases = [];
    for (let at = 0; at < options.phases; at += 1) {
      const phase = await measurePhase(client, server, at % 2 ? others : everybody, options, at % 2 ? bad : undefined);
      phases.push(phase);
      tell(`${how}.phase`, { at, ...phase });
      say(`${how} ${at % 2 ? 'with   ' : 'without'}: p50 ${phase.all.p50} ms, p99 ${phase.all.p99} ms, most ${phase.all.max} ms; agents late by p99 ${phase.agents.late_ms.p99} ms of ${phase.agents.due}, ` +
        `${phase.agents.never_came} not yet; server ${phase.cpu_pct} % of a core${phase.its ? `; its own: ${JSON.stringify(Object.fromEntries(Object.entries(phase.its).map(([k, v]) => [k, v.statuses])))}` : ''}`);
    }
    tell(how, comparisonOf(how, phases));
  } finally {
    await bad.stop();
    client.close();
    await server.kill();
    server.remove();
  }
}

function comparisonOf(how, phases) {
  const of = (misbehaves, figure) => median(phases.filter((p) => p.with === misbehaves).map(figure));
  const compare = (figure) => {
    const [without, with_] = [of(false, figure), of(true, figure)];
    return { without, with: with_, ratio: round(with_ / without, 2) };
  };
  const result = { p50_ms: compare((p) => p.all.p50), p99_ms: compare((p) => p.all.p99) };
  for (const what of ['action', 'read']) result[`${what}_p99_ms`] = compare((p) => p.others[what].took_ms.p99 ?? NaN);
  say(`${how}: the others' p50 ${result.p50_ms.without} ms without, ${result.p50_ms.with} ms with: ${result.p50_ms.ratio}; ` +
    `p99 ${result.p99_ms.without} and ${result.p99_ms.with}: ${result.p99_ms.ratio} (actions ${result.action_p99_ms.ratio}, reads ${result.read_p99_ms.ratio})`);
  return result;
}

/** Each may ask ten times its share. */
async function measureNoisy(options) {
  const settings = `tenant: {rate_per_s: ${options.share * 10}, burst: ${options.share * 10}}\n`;
  for (const how of ['noisy', 'looking']) await measureInTurns(how, settings, options);
}

async function measureCrash(options) {
  for (const how of ['failing', 'exhausting', 'exhausting_action']) await measureInTurns(how, '', options);
}

// --- main ---------------------------------------------------------------------------------------

async function main() {
  const parts = { ticks: measureTicks, noisy: measureNoisy, crash: measureCrash };
  const options = readArguments(process.argv.slice(2), {
    binary: join(repository, 'build/release/steward'), part: 'all', tenants: 10_000, customers: 10, seconds: 120, down: 30, patience: 180, phases: 6, phase: 15, share: 2,
  });
  if (options.part !== 'all' && !(options.part in parts)) throw new Error(`--part ${options.part}: all, ${Object.keys(parts).join(', ')}`);
  tell('machine', describeMachine(repository));
  for (const [name, measure] of Object.entries(parts))
    if (options.part === 'all' || options.part === name) await measure(options);
}

if (isMainThread) await main();
else misbehaveHere(workerData);
