// CPU and memory of all processes of a peer, with those that they started.
import { readOwnTicks, sleep } from '../measure/machine.mjs';
import { family, read } from '../measure/process_cpu.mjs';

const tick_us = 10_000;
const all = (children) => children.flatMap((child) => family(child.pid));

function cpuOf(children) {
  return all(children).reduce((sum, pid) => {
    const text = read(`/proc/${pid}/stat`);
    return text ? sum + readOwnTicks(text) * tick_us : sum;
  }, 0);
}

/** Starts counting; the function it answers gives the microseconds used since, ended threads and children included. */
export function watchTree(children) {
  const before = cpuOf(children);
  return () => cpuOf(children) - before;
}

/** Waits until the processes are at rest: less than a fifth of a core for half a second, or patience is up. */
export async function settle(children, { patience_s = 10 } = {}) {
  const deadline = Date.now() + patience_s * 1000;
  let used;
  do {
    const watch = watchTree(children);
    await sleep(500);
    used = watch();
  } while (used > 100_000 && Date.now() < deadline);
}

/** KiB in memory from the text of smaps_rollup; pages that several processes share count once in the sum. */
export function readPss(text) {
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}

/** KiB of all processes, once those on Node.js have collected their garbage. */
export async function memoryOfTree(children) {
  for (const child of children.filter((c) => c.collectsGarbage)) child.kill('SIGWINCH');
  await settle(children);
  return all(children).reduce((sum, pid) => sum + readPss(read(`/proc/${pid}/smaps_rollup`)), 0);
}
