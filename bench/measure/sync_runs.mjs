// Durable synchronous runs of a three-step workflow over HTTP: the answer comes when the run, its end
// and its events are on disk.
import { measureDisk } from './disk.mjs';
import { median, round, watchMachine } from './machine.mjs';
import { watchCpu } from './process_cpu.mjs';
import { completedRuns } from './server.mjs';
import { load } from './wrk.mjs';

const workflow = `document:
  dsl: '1.0.3'
  namespace: bench
  name: three-steps
  version: '1.0.0'
do:
  - price:
      set:
        customer: \${ .customer }
        total: \${ .quantity * .unit_price }
  - route:
      switch:
        - large:
            when: \${ .total > 1000 }
            then: ask
        - small:
            then: accept
  - accept:
      set:
        customer: \${ .customer }
        total: \${ .total }
        approved: true
      then: end
  - ask:
      set:
        customer: \${ .customer }
        total: \${ .total }
        approved: false
`;
export const request = {
  method: 'POST',
  headers: { 'content-type': 'application/json', prefer: 'wait=5' },
  body: '{"customer":"Ada Lovelace","quantity":3,"unit_price":14.5}',
};
export const path = '/api/v1/workflows/bench/three-steps/runs';

export async function deploy(url) {
  const answer = await fetch(`${url}/api/v1/workflows`, { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: workflow });
  if (!answer.ok) throw new Error(`the workflow was refused: ${answer.status} ${await answer.text()}`);
  const run = await fetch(url + path, request);
  const document = await run.json();
  if (run.status !== 200 || document.status !== 'completed' || document.output.approved !== true)
    throw new Error(`the first run did not complete: ${run.status} ${JSON.stringify(document)}`);
}

/** One measurement; throws when an answer was no success or a run is missing from the server's count. */
async function measureOnce(folder, server, clients, seconds) {
  const disk = measureDisk(folder);
  const before = await completedRuns(server.url);
  const machine = watchMachine();
  const cpu = watchCpu(server.child.pid);
  const seen = await load(folder, server.url + path, request, { clients, seconds });
  const used = cpu();
  const quality = machine(used.cpu_us);
  const runs = (await completedRuns(server.url)) - before;
  // wrk does not count what was under way when it stopped.
  if (runs < seen.requests || runs > seen.requests + clients)
    throw new Error(`wrk counted ${seen.requests} answers, the server ${runs} completed runs`);
  return {
    runs_per_s: round(seen.requests / seen.seconds),
    p50_us: seen.p50_us,
    p99_us: seen.p99_us,
    max_us: seen.max_us,
    cpu_us_per_run: round(used.cpu_us / runs, 1),
    threads: used.threads.map((t) => ({ name: t.name, cpu_us_per_run: round(t.cpu_us / runs, 1) })).filter((t) => t.cpu_us_per_run >= 0.1),
    fdatasync_append_us: disk.append_us,
    fdatasync_overwrite_us: disk.overwrite_us,
    ...quality,
  };
}

/** Rounds over all client counts, one after the other, so that a bad minute falls on all alike. */
export async function measureSyncRuns(folder, server, { clients, rounds, seconds, say }) {
  const results = new Map(clients.map((c) => [c, []]));
  for (let round_number = 1; round_number <= rounds; round_number += 1)
    for (const c of clients) {
      const result = await measureOnce(folder, server, c, seconds);
      say(`round ${round_number}, ${c} clients: ${result.runs_per_s} runs/s, ${result.cpu_us_per_run} us CPU, ` +
        `p50 ${result.p50_us} us, p99 ${result.p99_us} us, steal ${result.steal_pct} %, others ${result.others_pct} %`);
      results.get(c).push(result);
    }
  return clients.map((c) => ({ clients: c, ...medians(results.get(c)), rounds: results.get(c) }));
}

/** The median of each figure; the threads are those of the round with the median CPU. */
export function medians(rounds) {
  const out = {};
  for (const name of Object.keys(rounds[0])) if (name !== 'threads') out[name] = median(rounds.map((r) => r[name]));
  const byCpu = [...rounds].sort((a, b) => a.cpu_us_per_run - b.cpu_us_per_run);
  return { ...out, threads: byCpu[Math.floor((byCpu.length - 1) / 2)].threads };
}

/** Fills the store up to `runs` completed runs. */
export async function fillStore(folder, server, runs) {
  while ((await completedRuns(server.url)) < runs)
    await load(folder, server.url + path, request, { clients: 64, seconds: 2 });
}
