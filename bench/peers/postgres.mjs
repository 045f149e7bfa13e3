// A PostgreSQL of Debian with its defaults, private to one peer: fsync and synchronous_commit are on.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { launchLogged, until } from './place.mjs';

function programs() {
  const home = '/usr/lib/postgresql';
  const version = readdirSync(home).sort((a, b) => Number(b) - Number(a))[0];
  return { version, bin: join(home, version, 'bin') };
}

/** PostgreSQL does not run as root: then it runs as the user that its package made. */
function ordinaryUser() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Answers { url, version } once it takes connections on 127.0.0.1. */
export async function startPostgres(place, port) {
  const { version, bin } = programs();
  const user = ordinaryUser();
  const folder = join(place.folder, 'postgresql');
  mkdirSync(folder);
  if (user.uid !== undefined) {
    chownSync(folder, user.uid, user.gid);
    for (const above of [place.folder, dirname(place.folder)]) chmodSync(above, 0o711);
  }
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '--locale=C', '-E', 'UTF8', '--no-sync'], { ...user, cwd: folder, stdio: 'ignore' });
  const words = ['-D', data, '-p', port, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  launchLogged(place, join(bin, 'postgres'), words, { ...user, cwd: folder });
  const ask = (sql) => execFileSync(join(bin, 'psql'), ['-qAt', '-h', '127.0.0.1', '-p', String(port), '-U', 'bench', 'postgres', '-c', sql], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const ready = async () => {
    try {
      return ask('create database bench') === '';
    } catch {
      return false;
    }
  };
  await until(ready, place, 'PostgreSQL takes connections');
  return { url: `postgresql://bench@127.0.0.1:${port}/bench`, version };
}
