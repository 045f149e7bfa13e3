// A network of machines on one machine: each has a namespace with one link to a hub, where the test,
// the database and other services live at addresses of their own, and through which all are routed. Any
// address can be made unreachable from any other, silently and in one direction: what is sent is lost,
// and nobody is told.
//
// Needs to be isolated (isolation.mjs): it changes routes and rules of the namespace it runs in.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const dropping = 10; // the rules' preference: before all tables
const hub = 0;

export const databaseAddress = `10.77.${hub}.1`;
export const serviceAddress = `10.77.${hub}.2`;

function ip(...words) {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export class NamespaceNetwork {
  #drops = new Set();

  /** `machines`: how many; they are numbered from 1. */
  constructor(machines) {
    this.machines = machines;
    this.#makeRoom();
    for (let n = 1; n <= machines; n += 1) this.#addMachine(n);
  }

  #makeRoom() {
    // `ip netns` keeps names in /run: a /run of our own, seen by nobody else.
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
    mkdirSync('/run/netns');
    ip('link', 'set', 'lo', 'up');
    for (const address of [databaseAddress, serviceAddress]) ip('addr', 'add', `${address}/32`, 'dev', 'lo');
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
    // The kernel asks the table of local addresses first; drops must come before it, or what goes to
    // the hub's own addresses would always arrive.
    ip('rule', 'add', 'pref', '1000', 'lookup', 'local');
    ip('rule', 'del', 'pref', '0');
  }

  #addMachine(n) {
    const name = `m${n}`;
    ip('netns', 'add', name);
    ip('link', 'add', `to-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('addr', 'add', `10.77.${n}.1/24`, 'dev', `to-${name}`);
    ip('link', 'set', `to-${name}`, 'up');
    for (const words of [
      ['addr', 'add', `${this.address(n)}/24`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
      ['link', 'set', 'lo', 'up'],
      ['route', 'add', 'default', 'via', `10.77.${n}.1`],
    ]) ip('-n', name, ...words);
  }

  address(n) {
    return `10.77.${n}.2`;
  }

  get databaseAddress() {
    return databaseAddress;
  }

  get serviceAddress() {
    return serviceAddress;
  }

  /** The command that runs the words of another on machine `n`, in the same process. */
  command(n, words) {
    return ['nsenter', `--net=/run/netns/m${n}`, ...words];
  }

  /** What `from` sends to `to` is lost, until it is `heal`ed. */
  drop(from, to) {
    const way = `${from} ${to}`;
    if (this.#drops.has(way)) return;
    ip('rule', 'add', 'pref', `${dropping}`, 'from', from, 'to', to, 'blackhole');
    this.#drops.add(way);
  }

  heal(from, to) {
    if (!this.#drops.delete(`${from} ${to}`)) return;
    ip('rule', 'del', 'pref', `${dropping}`, 'from', from, 'to', to, 'blackhole');
  }

  /**
   * Slows what machine `n` sends and gets, by `delay_ms` each way. Answers how: all packets are late where the
   * kernel can do that (netem); else the line is so thin that they queue for as long, and are lost beyond that.
   */
  slow(n, delay_ms) {
    try {
      this.#shape(n, 'replace', ['netem', 'delay', `${delay_ms}ms`]);
      return `each packet ${delay_ms} ms late`;
    } catch {
      this.#shape(n, 'replace', ['tbf', 'rate', '1mbit', 'burst', '3000', 'latency', `${delay_ms}ms`]);
      return `1 Mbit/s with a queue of ${delay_ms} ms (this kernel has no netem)`;
    }
  }

  quicken(n) {
    this.#shape(n, 'del', []);
  }

  #shape(n, what, words) {
    for (const where of [['-n', `m${n}`, 'qdisc', what, 'dev', 'eth0'], ['qdisc', what, 'dev', `to-m${n}`]])
      execFileSync('tc', [...where, 'root', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** The same machines where namespaces are not to be had: loopback addresses, and no faults of the network. */
export class LoopbackNetwork {
  databaseAddress = '127.77.0.1'; // where no PostgreSQL of the machine listens
  serviceAddress = '127.0.0.1';

  address(n) {
    return `127.0.0.${n}`;
  }

  command(_, words) {
    return words;
  }
}
