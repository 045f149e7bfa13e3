// What became of the runs, the feeds and the shards, read from the cluster when the faults are over, and judged.
import { atMost, sleep } from '../support/client.mjs';
import { bearer } from '../support/cluster.mjs';
import { readFeed } from '../support/sse.mjs';
import { checkBalance, checkEndings, checkFeed, checkKeys, checkShares } from './cluster_checks.mjs';
import { FeedTally } from './cluster_feeds.mjs';
import { checkHistory, checkIdentity } from './kill_checks.mjs';

/** Until every node says that all shards are owned, in equal shares; answers what is still wrong when patience is over. */
export async function untilBalanced(cluster, patience_ms) {
  const names = cluster.nodes.map(({ name }) => name);
  for (const deadline = Date.now() + patience_ms; ; await sleep(200)) {
    const wrong = [];
    for (const node of cluster.nodes) wrong.push(...checkShares(await cluster.status(node), names).map((each) => `says ${node.name}: ${each}`));
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
  }
}

async function judgeFeeds(cluster, readers) {
  const violations = [];
  for (const reader of readers) {
    const later = new FeedTally(reader.tenant);
    for (const event of await readFeed(cluster.anyNode().url, 0, { headers: bearer(reader.tenant) })) later.push(event);
    await reader.reach(later.last);
    violations.push(...checkFeed(reader.tally, later, later.last));
    await reader.stop();
  }
  return violations;
}

/** Answers {documents, violations}. `sample`: numbers of runs of which more is asked. */
export async function judge({ cluster, workload, readers, ledger, sample }) {
  const violations = [];
  const { planned } = workload;
  await workload.repeat(sample); // the same keys once more: still the same runs
  const documents = await workload.documents();
  for (const tenant of cluster.tenants) {
    const answers = new Map([...workload.answers].filter(([number]) => planned.get(number).tenant === tenant));
    const listed = await cluster.all(tenant, '/api/v1/runs?workflow=e2e/chaos');
    violations.push(...checkIdentity(answers, listed).map((each) => `${tenant}: ${each}`));
  }
  await atMost(16, sample, async (number) => {
    const run = documents.get(number);
    if (!run) return;
    const history = await cluster.insist(planned.get(number).tenant, 'GET', `/api/v1/runs/${run.id}/events`);
    violations.push(...checkHistory(number, history.json?.items ?? []));
  });
  violations.push(...(await judgeFeeds(cluster, readers)));
  violations.push(...checkEndings(documents, new Map(readers.map(({ tenant, tally }) => [tenant, tally])), planned));
  violations.push(...checkKeys(ledger, planned));
  violations.push(...checkBalance(documents, ledger, planned));
  violations.push(...(await untilBalanced(cluster, 30_000)).map((each) => `at the end, ${each}`));
  for (const node of cluster.nodes)
    for (const how of node.crashes) violations.push(`${node.name} ended by itself: ${JSON.stringify(how)}`);
  return { documents, violations };
}
