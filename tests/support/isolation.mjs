// Runs a test in a network, a process tree and a /tmp of its own, so that it may do what it likes to
// addresses and routes: nothing of the machine is changed, and whatever the test leaves behind (servers,
// a stopped process, PostgreSQL) ends with it, however it ends.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mark = 'STEWARD_TEST_ISOLATED';

/** Inside, the first process of the tree must be one that buries orphans: a shell does, Node does not. */
const asFirstProcess = ['sh', '-c', '"$@"; exit $?', 'sh'];

function words() {
  const own = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // PostgreSQL refuses to run as root, so who is not root stays who he is, with the rights over the namespaces.
  return process.getuid() === 0 ? own : ['--user', '--map-current-user', '--keep-caps', ...own];
}

export const isIsolated = () => process.env[mark] === '1';

/** Why namespaces are not to be had here, or undefined. */
export function whyNotIsolated() {
  const tried = spawnSync('unshare', [...words(), 'true'], { encoding: 'utf8' });
  if (tried.error) return `unshare: ${tried.error.code}`;
  return tried.status === 0 ? undefined : tried.stderr.trim() || `unshare ended with ${tried.status}`;
}

/** Runs this script again, isolated. Answers its exit code; what it has in its /tmp stays if that is not 0. */
export async function runIsolated(script, args) {
  const folder = mkdtempSync(join(tmpdir(), 'steward-isolated-'));
  chmodSync(folder, 0o711); // PostgreSQL's user must come through
  const child = spawn('unshare', [...words(), ...asFirstProcess, process.execPath, script, ...args], {
    env: { ...process.env, [mark]: '1', TMPDIR: folder },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  let interrupted = false;
  const end = (patience_ms) => {
    interrupted = true;
    child.stdin.destroy(); // tells the script to end; and if it does not:
    setTimeout(() => child.kill('SIGKILL'), patience_ms).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      console.error(`Interrupted (${signal}).`);
      end(3000);
    });
  child.stdin.on('error', () => {});
  const code = await new Promise((resolve) => {
    child.on('exit', (status, signal) => {
      if (!interrupted && status !== 0 && status !== 1) console.error(`The isolated test was ended: ${signal ?? `status ${status}`}; see ${folder}`);
      resolve(status ?? 128);
    });
  });
  if (interrupted || code === 0) rmSync(folder, { recursive: true, force: true });
  return interrupted ? 130 : code;
}

/** To be called inside: ends the process when whoever started it has gone or was interrupted. */
export function endWithParent() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  if (!isIsolated()) return;
  process.stdin.on('end', () => process.exit(130));
  process.stdin.on('error', () => process.exit(130));
  process.stdin.resume();
  process.stdin.unref?.();
}
