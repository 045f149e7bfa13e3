// Steward beside a peer, figure by figure. A ratio above 1 speaks for Steward: so many times its
// throughput, and so many times less time, CPU or memory.
import { round } from '../measure/machine.mjs';

const more_is_better = new Set(['runs_per_s']);
const compared = ['runs_per_s', 'p50_us', 'p99_us', 'cpu_us_per_run', 'kib_per_sleeper'];

function digits(ratio) {
  return ratio < 10 ? round(ratio, 2) : round(ratio);
}

/** The ratios of the figures that both have and that are no zero or less. */
export function ratiosOf(steward, peer) {
  const out = {};
  for (const name of compared) {
    if (!(steward?.[name] > 0 && peer?.[name] > 0)) continue;
    out[name] = digits(more_is_better.has(name) ? steward[name] / peer[name] : peer[name] / steward[name]);
  }
  return out;
}

const failed = (result) => !result || result.error !== undefined;

/**
 * Ratios of one system to another that was measured in the same run: { sync: [{ variant, clients, ... }],
 * batch, sleep }. What one of them does not offer or failed at is left out.
 */
export function compare(steward, peer) {
  const out = {};
  if (!failed(steward.sync) && !failed(peer.sync))
    out.sync = peer.sync.map(({ variant, clients, ...figures }) => ({
      variant,
      clients,
      ...ratiosOf(steward.sync.find((s) => s.clients === clients), figures),
    }));
  for (const name of ['batch', 'sleep']) if (!failed(steward[name]) && !failed(peer[name])) out[name] = ratiosOf(steward[name], peer[name]);
  return out;
}
