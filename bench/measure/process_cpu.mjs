// The CPU time that one process and its children used, to the nanosecond, by thread.
import { readFileSync, readdirSync } from 'node:fs';

/** A file of /proc, or nothing if its process has ended. */
export function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // ended between being listed and being read
  }
}

/** Nanoseconds on a core so far, by thread: [{ id, name, ns }]. */
function threads(pid) {
  return taskIds(pid).map((id) => ({
    id,
    name: read(`/proc/${pid}/task/${id}/comm`).trim(),
    ns: Number(read(`/proc/${pid}/task/${id}/schedstat`).split(' ')[0] || 0),
  }));
}

function taskIds(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // ended
  }
}

/** The process, its children, theirs and so on, by id. */
export function family(pid) {
  const children = taskIds(pid)
    .flatMap((id) => read(`/proc/${pid}/task/${id}/children`).trim().split(/\s+/))
    .filter(Boolean);
  return [pid, ...children.flatMap(family)];
}

/**
 * Starts counting; the function it answers gives what was used since: { cpu_us, threads: [{ name,
 * cpu_us }] }, the busiest thread first. Threads that ended in between are not in it, so this is for
 * processes whose threads live long.
 */
export function watchCpu(pid) {
  const all = () => new Map(family(pid).flatMap(threads).map((t) => [t.id, t]));
  const before = all();
  return () => {
    const used = [...all().values()]
      .map((t) => ({ name: t.name, cpu_us: (t.ns - (before.get(t.id)?.ns ?? 0)) / 1000 }))
      .sort((a, b) => b.cpu_us - a.cpu_us);
    return { cpu_us: used.reduce((sum, t) => sum + t.cpu_us, 0), threads: used.filter((t) => t.cpu_us > 0) };
  };
}

/** Resident memory in MiB. */
export function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}
