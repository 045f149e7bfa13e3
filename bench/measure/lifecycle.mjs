// What the server costs when nothing is asked of it: its start, its memory, its idle CPU.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, round, sleep, watchMachine } from './machine.mjs';
import { memoryOf, watchCpu } from './process_cpu.mjs';
import { startSteward, stop } from './server.mjs';

/** From before the process is made to the first 200 of /readyz; `data` is kept, or made anew. */
export async function measureStart(binary, data, port, { times, fresh }) {
  const machine = watchMachine();
  const took = [];
  for (let i = 0; i < times; i += 1) {
    if (fresh) {
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
    }
    const server = await startSteward(binary, data, port);
    took.push(server.ready_ms);
    await stop(server.child);
  }
  return { median_ms: round(median(took)), max_ms: round(Math.max(...took)), times, ...machine() };
}

/** Memory after `seconds` of rest, and the CPU used meanwhile in per cent of one core. */
export async function measureIdle(binary, folder, port, seconds) {
  const data = join(folder, 'idle', 'data');
  mkdirSync(data, { recursive: true });
  const server = await startSteward(binary, data, port);
  await sleep(1000);
  const machine = watchMachine();
  const cpu = watchCpu(server.child.pid);
  await sleep(seconds * 1000);
  const used = cpu();
  const result = {
    memory_mib: round(memoryOf(server.child.pid), 1),
    cpu_pct: round(used.cpu_us / (seconds * 1e4), 2),
    threads: used.threads.slice(0, 6).map((t) => ({ name: t.name, cpu_pct: round(t.cpu_us / (seconds * 1e4), 3) })),
    seconds,
    ...machine(used.cpu_us),
  };
  await stop(server.child);
  return result;
}
