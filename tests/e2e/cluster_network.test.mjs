// The network that the cluster's chaos test mistreats must lose exactly what it is told to lose, and silently.
//
//   node --test tests/e2e/cluster_network.test.mjs     needs Linux namespaces; skipped, with the reason, without
import test from 'node:test';
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import net from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sleep } from '../support/client.mjs';
import { endWithParent, isIsolated, runIsolated, whyNotIsolated } from '../support/isolation.mjs';
import { NamespaceNetwork } from '../support/network_namespaces.mjs';

const self = fileURLToPath(import.meta.url);
const port = 9000;

/** On some machine: takes datagrams and connections at `address`; sends and connects as its stdin says. */
async function beMachine(address) {
  const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
  const socket = dgram.createSocket('udp4');
  socket.on('message', (text, { address: from }) => say({ got: String(text), from }));
  socket.on('error', (error) => say({ error: error.code }));
  socket.bind(port, address);
  await once(socket, 'listening');
  net.createServer((each) => each.on('error', () => {})).listen(port, address);
  say({ ready: true });
  process.stdin.on('data', (lines) => {
    for (const line of String(lines).trim().split('\n')) {
      const { send, connect, to } = JSON.parse(line);
      if (send) socket.send(send, port, to, (error) => error && say({ error: error.code }));
      if (connect) {
        const stream = net.connect({ host: to, port, localAddress: address });
        stream.on('connect', () => say({ connected: to }));
        stream.on('error', (error) => say({ error: error.code }));
      }
    }
  });
}

class Machine {
  said = [];

  constructor(address, command) {
    this.address = address;
    const [program, ...words] = command([process.execPath, self, 'machine', address]);
    this.process = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    this.process.stdout.on('data', (bytes) => {
      text += bytes;
      for (let end; (end = text.indexOf('\n')) >= 0; text = text.slice(end + 1)) this.said.push(JSON.parse(text.slice(0, end)));
    });
  }

  tell(what) {
    this.process.stdin.write(`${JSON.stringify(what)}\n`);
  }

  /** Whether it says so within a second. */
  async says(fits) {
    for (let i = 0; i < 50; i += 1, await sleep(20)) if (this.said.some(fits)) return true;
    return false;
  }
}

async function examine() {
  endWithParent();
  const network = new NamespaceNetwork(3);
  const machines = [1, 2, 3].map((n) => new Machine(network.address(n), (words) => network.command(n, words)));
  machines.push(new Machine(network.databaseAddress, (words) => words));
  for (const machine of machines) assert.ok(await machine.says(({ ready }) => ready), machine.address);
  let count = 0;
  const arrives = async (from, to) => {
    const text = `datagram ${(count += 1)}`;
    from.tell({ send: text, to: to.address });
    return to.says(({ got, from: sender }) => got === text && sender === from.address);
  };
  for (const a of machines)
    for (const b of machines) {
      if (a === b) continue;
      const way = `${a.address} to ${b.address}`;
      assert.ok(await arrives(a, b), `${way}: open at first`);
      network.drop(a.address, b.address);
      a.said.length = 0;
      const [lost, back] = await Promise.all([arrives(a, b), arrives(b, a)]);
      assert.equal(lost, false, `${way}: lost`);
      assert.equal(back, true, `${way}: the other direction is open`);
      for (const other of machines.filter((each) => each !== a && each !== b)) assert.ok(await arrives(a, other), `${way}: others are reached`);
      // A machine must not be told that nobody is reached. (The hub itself is, when it sends: its own kernel knows.)
      if (a !== machines[3]) {
        a.tell({ connect: true, to: b.address });
        assert.equal(await a.says(({ error, connected }) => error || connected === b.address), false, `${way}: silence`);
      }
      network.heal(a.address, b.address);
      assert.ok(await arrives(a, b), `${way}: open again`);
    }
  const how = network.slow(1, 200);
  const begun = performance.now();
  for (let i = 0; i < 15; i += 1) machines[0].tell({ send: `${i}${'x'.repeat(1200)}`, to: machines[1].address });
  assert.ok(await machines[1].says(({ got }) => got?.startsWith('14x')), how);
  assert.ok(performance.now() - begun >= 100, `${how}: it was as quick as ever`);
  network.quicken(1);
  assert.ok(await arrives(machines[0], machines[1]));
}

if (process.argv[2] === 'machine') {
  await beMachine(process.argv[3]);
} else if (isIsolated()) {
  await examine().then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(2);
    },
  );
} else {
  test('what is dropped is lost in silence, one way, and nothing else', async (t) => {
    const why = whyNotIsolated();
    if (why) return t.skip(`no namespaces: ${why}`);
    return assert.equal(await runIsolated(self, []), 0);
  });
}
