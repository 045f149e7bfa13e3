// A program run to its end.
import { spawn } from 'node:child_process';

/** Answers {code, signal, out, err}; kills it when `patience_ms` is over. */
export function runCommand(program, args, { stdin = '', patience_ms = 30_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    const result = { out: '', err: '' };
    child.stdout.on('data', (bytes) => (result.out += bytes));
    child.stderr.on('data', (bytes) => (result.err += bytes));
    child.on('error', reject);
    const timer = setTimeout(() => child.kill('SIGKILL'), patience_ms);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...result, code, signal });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}
