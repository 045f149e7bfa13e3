#pragma once

#include "actors/agents/agent_totals.hpp"
#include "agents/pack_shelf.hpp"
#include "cluster/shard_table.hpp"
#include "config/settings.hpp"
#include "messages/admission.hpp"
#include "messages/world.hpp"
#include "store/store.hpp"
#include "supervision/services.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_set>

namespace steward {

/// The runs whose steps somebody watches live. Thread-safe; asking costs one load while nobody
/// does.
class watch_list {
public:
  void add(const run_id& run);
  void remove(const run_id& run);
  bool watched(const run_id& run) const;

private:
  std::atomic<size_t> size_ = 0;
  mutable std::mutex mutex_;
  std::unordered_multiset<run_id> runs_;
};

/// Counters of what this node did since it started, for /metrics. Relaxed: they guide, nobody
/// decides by them.
struct node_counters {
  std::atomic<uint64_t> runs_started{0}, runs_completed{0}, runs_faulted{0}, runs_cancelled{0};
  std::atomic<uint64_t> runs_quarantined{0}, runs_replayed{0};
  std::atomic<uint64_t> commits{0}, batches{0}, commit_us{0}, commit_failures{0};
  std::atomic<uint64_t> actor_crashes{0}, actor_restarts{0};
  std::atomic<int64_t> runs_awake{0}, timers_armed{0};
  std::atomic<uint64_t> agent_executions{0}, agent_failures{0};
  // In a cluster: requests for tenants of other nodes, those of theirs for tenants here, and those
  // whose tenant had moved.
  std::atomic<uint64_t> requests_forwarded{0}, requests_served{0}, requests_moved{0};
  std::atomic<int64_t> shards_here{0}, links{0}, clock_ahead_us{0};

  void count_end(run_status status) {
    (status == run_status::completed ? runs_completed
     : status == run_status::faulted ? runs_faulted
                                     : runs_cancelled)
        .fetch_add(1, std::memory_order_relaxed);
  }
};

/// What the actors of one node share. Made once at the start, outlives them all.
struct node {
  node(config::settings s, world& w, std::shared_ptr<store::engine> e);

  const config::settings settings;
  world& outside;
  const std::shared_ptr<store::engine> engine;
  const std::shared_ptr<supervision::services> services;
  const std::shared_ptr<doors> tenant_doors = std::make_shared<doors>();
  watch_list watched;
  /// False while nobody reads the feed, which then needs not be told. The feed sets it before it
  /// asks the store where a new reader begins, and the writer looks after its commit: what the
  /// writer did not tell, the store does.
  std::atomic<bool> feed_is_read = false;
  /// Where each tenant is. Who has something for one that is elsewhere gives it to the tenants'
  /// actor, which passes it on.
  cluster::shard_table shards;
  node_counters counters;
  /// By the overseer (actors/agents/overseer.hpp): no agent of any tenant begins anything.
  std::atomic<bool> agents_paused = false;
  agent_totals agents_did;
  agents::pack_shelf packs;

  // Where the actors of the static tree are found, whatever their incarnation.
  using slot = std::shared_ptr<supervision::service_slot>;
  const slot journal, library, records, queries, record_queries, loader, timers, feed, http_client,
      tenants, agenda, desk, overseer, membership, router, gateway;

  /// The tenant's actor, or the tenants actor, which loads it and forwards.
  caf::actor tenant_or_loader(const tenant_id& tenant) const;
};

} // namespace steward
