// A server whose data folder has little room, in two ways: {server, enlarge, close} each. `enlarge`
// makes room while the server runs; `close` comes after the server's end, before its folder goes.
// `missing` tells why a way can't be gone on this machine, or false.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StewardProcess } from './steward_process.mjs';

const kib = 10_240;

/** No file may grow past a limit of the process (EFBIG). Needs no rights. */
export function fileSizeRoom(program) {
  const server = new StewardProcess(program);
  const script = join(server.folder, 'limited.sh');
  // Beyond the limit a process is sent SIGXFSZ, which ends it unless ignored.
  writeFileSync(script, `#!/bin/bash\ntrap '' XFSZ\nulimit -S -f ${kib}\nexec "${program}" "$@"\n`);
  chmodSync(script, 0o755);
  server.binary = script;
  const enlarge = () => execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited:']);
  return { server, enlarge, close: () => {} };
}
fileSizeRoom.title = 'a limit on file sizes';
fileSizeRoom.missing = () => false;

/** The folder is a file system of its own, which a filler file keeps full (ENOSPC). Needs root. */
export function diskRoom(program) {
  const server = new StewardProcess(program);
  const data = join(server.folder, 'data');
  mkdirSync(data);
  mount(data, 2 * kib);
  const filler = join(data, 'filler');
  writeFileSync(filler, Buffer.alloc(kib * 1024));
  return { server, enlarge: () => rmSync(filler), close: () => execFileSync('umount', [data]) };
}
diskRoom.title = 'a full disk';
diskRoom.missing = () => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-mount-'));
  try {
    mount(folder, 64);
    execFileSync('umount', [folder]);
    return false;
  } catch {
    return 'mounting is not permitted here';
  } finally {
    rmSync(folder, { recursive: true });
  }
};

function mount(folder, size_kib) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size_kib}k`, 'tmpfs', folder], { stdio: 'pipe' });
}
