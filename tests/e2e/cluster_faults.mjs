// Does to a cluster what cluster_plan.mjs says, and measures what that was like from outside.
import { sleep } from '../support/client.mjs';
import { kinds, touched } from './cluster_plan.mjs';
import { recoveryOf, refusedOf, slowestOf } from './cluster_figures.mjs';

const slow_ms = 200;
const without = (all, some) => all.filter((each) => !some.includes(each));

/** What each kind does: `begin` and `end`, given {cluster, network, database} and the fault. */
const deeds = {
  kill: {
    begin: ({ nodeOf }, fault) => nodeOf(fault).kill(),
    end: ({ nodeOf }, fault) => nodeOf(fault).start(),
  },
  pause: {
    begin: ({ nodeOf }, fault) => nodeOf(fault).pause(),
    end: ({ nodeOf }, fault) => nodeOf(fault).goOn(),
  },
  cut_nodes: cut((rig, fault) => rig.othersOf(fault)),
  cut_database: cut((rig) => [rig.network.databaseAddress]),
  cut_both: cut((rig, fault) => [...rig.othersOf(fault), rig.network.databaseAddress]),
  deaf_way: lose((rig, fault) => [rig.addressOf(fault.node), rig.addressOf(fault.to)]),
  deaf_database: lose((rig, fault) => {
    const way = [rig.addressOf(fault.node), rig.network.databaseAddress];
    return fault.back ? way.reverse() : way;
  }),
  slow: {
    begin: ({ network }, fault) => network.slow(fault.node + 1, slow_ms),
    end: ({ network }, fault) => network.quicken(fault.node + 1),
  },
  database_fast: restart('SIGINT'),
  database_immediate: restart('SIGQUIT'),
  drain_end: {
    begin: async ({ nodeOf, violations }, fault) => {
      const how = await nodeOf(fault).terminate();
      // While something else is wrong, too, it may have nobody to hand over to; but it must come to an end.
      if (fault.alone ? how?.code !== 0 : !how) violations.push(`${nodeOf(fault).name} was asked to end (SIGTERM) and gave ${JSON.stringify(how ?? 'nothing for 30 s')}`);
    },
    end: ({ nodeOf }, fault) => nodeOf(fault).start(),
  },
  drain_stay: {
    begin: async ({ cluster, nodeOf, violations }, fault) => {
      const status = await cluster.drain(nodeOf(fault));
      // Without a database it can't, and says so.
      if (status !== 202 && (fault.alone || status !== 503)) violations.push(`asking ${nodeOf(fault).name} to drain was answered with ${status}`);
    },
    // It has no shards any more, so this is an ordinary end.
    end: async (rig, fault) => {
      await deeds.drain_end.begin(rig, fault);
      await deeds.drain_end.end(rig, fault);
    },
  },
};
deeds.kill_at_once = deeds.kill;

/** Silence in both directions between a fault's node and the addresses that `far` gives. */
function cut(far) {
  const all = (rig, fault, what) => {
    for (const address of far(rig, fault)) {
      rig.network[what](rig.addressOf(fault.node), address);
      rig.network[what](address, rig.addressOf(fault.node));
    }
  };
  return { begin: (rig, fault) => all(rig, fault, 'drop'), end: (rig, fault) => all(rig, fault, 'heal') };
}

/** Silence in one direction. */
function lose(way) {
  return {
    begin: (rig, fault) => rig.network.drop(...way(rig, fault)),
    end: (rig, fault) => rig.network.heal(...way(rig, fault)),
  };
}

function restart(signal) {
  return { begin: ({ database }) => database.kill(signal), end: ({ database }) => database.start() };
}

export class FaultMaker {
  /** `violations` gets what a fault itself shows to be wrong. */
  constructor({ cluster, network, database, prober, lease_ms, violations }) {
    Object.assign(this, { cluster, network, database, prober, lease_ms, violations });
  }

  nodeOf = (fault) => this.cluster.nodes[fault.node];
  addressOf = (node) => this.network.address(node + 1);
  othersOf = (fault) => without(this.cluster.nodes.map((_, i) => i), [fault.node]).map(this.addressOf);

  /** Lets it happen and the cluster recover; answers {recovery_ms, after_ms, refused_ms, ...}. */
  async happen(event) {
    for (const fault of event.faults) fault.alone = event.faults.length === 1;
    const window = this.prober.start();
    await sleep(400); // a beat of the ordinary first
    const begun = performance.now();
    await Promise.all(event.faults.map((fault) => this.#begin(fault)));
    const held = performance.now();
    await sleep(Math.max(...event.faults.map(({ hold_ms, after_ms = 0 }) => hold_ms - after_ms), 0));
    const ending = performance.now();
    await Promise.all(event.faults.map((fault) => deeds[fault.kind].end(this, fault)));
    const ended = performance.now();
    const settled = await this.#settle(window, ended);
    await this.prober.stop();
    return { ...this.#figures(event, window.attempts, { begun, held, ending, ended }), settled };
  }

  async #begin(fault) {
    await sleep(fault.after_ms ?? 0);
    await deeds[fault.kind].begin(this, fault);
  }

  /** Until each tenant has written through each node twice in a row since, or patience is over. */
  async #settle(window, from) {
    const { tenants, nodes } = this.cluster;
    for (const deadline = from + 3 * this.lease_ms + 30_000; performance.now() < deadline; await sleep(100)) {
      const inARow = new Map();
      for (const { what, tenant, node, ok, sent } of window.attempts) {
        if (what !== 'write' || sent < from) continue;
        const pair = `${tenant} ${node}`;
        inARow.set(pair, ok ? (inARow.get(pair) ?? 0) + 1 : 0);
      }
      if ([...inARow.values()].filter((times) => times >= 2).length === tenants.length * nodes.length) return true;
    }
    return false;
  }

  #figures(event, attempts, { begun, held, ending, ended }) {
    const { tenants, nodes } = this.cluster;
    const all = nodes.map(({ name }) => name);
    const namesOf = (faults) => faults.flatMap(touched).map((node) => nodes[node].name);
    const others = without(all, namesOf(event.faults.filter(({ kind }) => !kinds[kind].serves)));
    const answering = without(all, namesOf(event.faults.filter(({ kind }) => kinds[kind].out)));
    const takesOver = event.faults.every(({ kind }) => kinds[kind].recovers === 'begin');
    const partition = event.faults.every(({ kind }) => kinds[kind].partition);
    const recovery = takesOver ? recoveryOf(attempts, { tenants, nodes: others, from: begun, until: ending }) : undefined;
    const everywhere = recoveryOf(attempts, { tenants, nodes: answering, from: begun, until: ending });
    const after = recoveryOf(attempts, { tenants, nodes: all, from: ended });
    const slowest = slowestOf(attempts, partition ? held : begun, ending);
    return {
      attempts, begun,
      recovery_ms: recovery?.ms,
      recovery_pair: recovery?.pair,
      everywhere_ms: everywhere.ms,
      after_ms: after.ms,
      after_pair: after.pair,
      refused_ms: [...refusedOf(attempts).values()],
      refusals: attempts.filter(({ status }) => status === 503).length,
      slowest_ms: slowest?.ms,
      slowest,
      partition,
      lasted_ms: performance.now() - begun,
    };
  }
}
