// What the figures depend on and the server doesn't decide: the machine, and how busy it was.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** Cores, model, memory, kernel, and the commit that was measured. */
export function describeMachine(repository) {
  const git = (...words) => execFileSync('git', ['-C', repository, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  let commit = 'unknown';
  try {
    commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : '');
  } catch {
    // A source archive has no history.
  }
  return {
    cores: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memory_mib: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    commit,
  };
}

/** Parses the first line of /proc/stat: ticks since the start, of all cores together. */
export function readTicks(text) {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = text.split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return { total: user + nice + system + idle + iowait + irq + softirq + steal, steal, idle: idle + iowait };
}

/** Parses /proc/PID/stat: ticks of the process and of its children that have ended. */
export function readOwnTicks(text) {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
}

const tick_us = 10_000;

/**
 * Tells, once called, how the machine fared since, in per cent of all its cores: what the hypervisor
 * took, what was left idle, and what others used than this benchmark and the server, whose CPU time
 * is given.
 */
export function watchMachine() {
  const now = () => ({ ...readTicks(readFileSync('/proc/stat', 'utf8')), own: readOwnTicks(readFileSync('/proc/self/stat', 'utf8')) });
  const before = now();
  return (server_us = 0) => {
    const after = now();
    const since = (name) => after[name] - before[name];
    const share = (ticks) => round((ticks / Math.max(1, since('total'))) * 100, 1);
    const others = since('total') - since('idle') - since('steal') - since('own') - server_us / tick_us;
    return { steal_pct: share(since('steal')), idle_pct: share(since('idle')), others_pct: Math.max(0, share(others)) };
  };
}

export function round(number, digits = 0) {
  return Number(number.toFixed(digits));
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const value = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return Number(value.toPrecision(12)); // no 38.599999999999994 in a table
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
