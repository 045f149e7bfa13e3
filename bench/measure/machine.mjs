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

const ticksNow = () => readTicks(readFileSync('/proc/stat', 'utf8'));

/** Tells, once called, how the machine fared since: what the hypervisor took, what was left idle. */
export function watchMachine() {
  const before = ticksNow();
  return () => {
    const after = ticksNow();
    const share = (name) => ((after[name] - before[name]) / Math.max(1, after.total - before.total)) * 100;
    return { steal_pct: round(share('steal'), 1), idle_pct: round(share('idle'), 1), load1: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) };
  };
}

export function round(number, digits = 0) {
  return Number(number.toFixed(digits));
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
