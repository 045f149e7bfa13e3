#pragma once

#include "messages/failure.hpp"
#include "messages/shards.hpp"
#include "messages/write_batch.hpp"
#include "workflow/outcome.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// The durable store: one interface, several engines, one conformance suite (tests/store).
namespace steward::store {

/// Why a store can't be opened or read. Opening: `conflict` is a file of a newer schema or of
/// another program, `unavailable` anything that may pass.
struct store_error {
  ec code = ec::unavailable;
  std::string reason;
};
template <class T>
using result = outcome<T, store_error>;

struct commit_report {
  std::vector<batch_result> results; ///< One for each batch, in order.
  std::vector<feed_chunk> published; ///< Numbered, in sequence order by tenant.
};

/// The single writer. One thread at a time.
class writer {
public:
  virtual ~writer() = default;
  /// Commits the batches of one group in one transaction and returns when they are on disk. A batch
  /// that can't be applied does not take the others with it. After `unavailable` nothing of the
  /// group is there, and the same group may be sent again.
  virtual commit_report commit(std::span<const write_batch* const> group) = 0;
  /// Gives the shards of a cluster back, in the order of commits: what was committed before is
  /// there, and nothing of them is committed after. False: not now, try again.
  virtual bool release(const std::vector<shard>&) { return true; }
};

struct run_query {
  std::optional<run_status> status;
  std::string workflow_namespace, workflow_name; ///< Both or none.
  std::optional<run_id> before;                  ///< Only runs older than this one.
  size_t limit = 50;                             ///< 1 to 1000.
};

struct stored_snapshot {
  uint64_t seq = 0; ///< How many journal entries it stands for.
  std::string state;
};

/// A run with all that is needed to rebuild it.
struct stored_run {
  run_row row;
  std::optional<stored_snapshot> snapshot;
  std::vector<std::string> journal; ///< In order: the entries after the snapshot's, or all.
};
/// What of a run is loaded: its latest state, or all that happened to it (and no snapshot).
enum class run_part : uint8_t { state, history };

struct stored_timer {
  tenant_id tenant;
  run_id run;
  effect_id effect = 0;
  int64_t due_us = 0;
};

struct feed_bounds {
  uint64_t oldest = 0; ///< First sequence still kept; 0 when there is none yet.
  uint64_t newest = 0; ///< Last committed; 0 when there is none yet.
};

struct inbox_event {
  uint64_t sequence = 0;
  int64_t received_us = 0;
  std::string event; ///< JSON text.
};

struct inbox_bounds {
  uint64_t oldest = 0; ///< First sequence still kept; 0 when none is.
  uint64_t newest = 0; ///< Last committed, kept or not; 0 when there is none yet.
};

/// A run's effect (`trigger` empty), or the trigger of a workflow.
struct stored_listener {
  run_id run;
  effect_id effect = 0;
  std::string trigger;
  std::string routes;
  uint64_t cursor = 0; ///< The newest event that it has decided on.
};

struct stored_schedule {
  std::string namespace_, name;
  std::string state; ///< JSON text.
};

/// How long a question about records may take.
constexpr std::chrono::milliseconds record_query_most{2'000};

/// Sees everything that was committed before the call. One thread at a time; open one per thread.
class reader {
public:
  virtual ~reader() = default;

  virtual result<std::optional<run_row>> get_run(const tenant_id& tenant, const run_id& id) = 0;
  virtual result<std::optional<stored_run>> load_run(const tenant_id& tenant, const run_id& id,
                                                     run_part part = run_part::history) = 0;
  /// Newest first.
  virtual result<std::vector<run_row>> list_runs(const tenant_id& tenant, const run_query& q) = 0;
  /// How many runs of the tenant have each status, index by run_status.
  virtual result<std::vector<uint64_t>> count_runs(const tenant_id& tenant) = 0;

  /// Runs that are pending or running, which nobody would wake: oldest first, past `after`.
  virtual result<std::vector<run_id>>
  active_runs(const tenant_id& tenant, const std::optional<run_id>& after, size_t limit) = 0;
  /// All timers, soonest first, past (after_due, after_run, after_effect) when `after` is given.
  virtual result<std::vector<stored_timer>> timers(const std::optional<stored_timer>& after,
                                                   size_t limit) = 0;

  /// `version` empty: the highest by semantic version.
  virtual result<std::optional<workflow_row>> find_workflow(const tenant_id& tenant,
                                                            const workflow_ref& ref) = 0;
  virtual result<std::optional<workflow_row>> workflow_by_id(int64_t id) = 0;
  /// Without sources and resources; by namespace, name, then newest version first; past `after`
  /// when given.
  virtual result<std::vector<workflow_row>> list_workflows(const tenant_id& tenant,
                                                           const std::optional<workflow_ref>& after,
                                                           size_t limit) = 0;

  /// Events with sequence > after, in order, at most `limit`.
  virtual result<std::vector<feed_event>> feed_after(const tenant_id& tenant, uint64_t after,
                                                     size_t limit) = 0;
  virtual result<feed_bounds> feed_range(const tenant_id& tenant) = 0;

  /// Kept events of the inbox with sequence > after, in order, at most `limit`.
  virtual result<std::vector<inbox_event>> inbox_after(const tenant_id& tenant, uint64_t after,
                                                       size_t limit) = 0;
  virtual result<inbox_bounds> inbox_range(const tenant_id& tenant) = 0;
  /// By run, effect, trigger; past `after` (whose routes and cursor don't count) when given.
  virtual result<std::vector<stored_listener>>
  listeners(const tenant_id& tenant, const std::optional<stored_listener>& after, size_t limit) = 0;
  /// All of the tenant, by namespace and name.
  virtual result<std::vector<stored_schedule>> schedules(const tenant_id& tenant) = 0;

  virtual result<std::optional<collection_row>> find_collection(const tenant_id& tenant,
                                                                const std::string& name) = 0;
  /// By name; past `after`, which may be empty.
  virtual result<std::vector<collection_row>>
  list_collections(const tenant_id& tenant, const std::string& after, size_t limit) = 0;
  virtual result<std::optional<record_row>>
  get_record(const tenant_id& tenant, const std::string& collection, const std::string& id) = 0;
  /// One page; nothing where there is no such collection. `unprocessable` when it took longer than
  /// `record_query_most`: no index serves it, and there are too many records for that.
  virtual result<std::vector<record_row>> find_records(const tenant_id& tenant,
                                                       const record_query& query) = 0;
  /// The versions of a record that are less than `before`, newest first. Nothing unless the
  /// collection keeps history.
  virtual result<std::vector<record_row>> record_history(const tenant_id& tenant,
                                                         const std::string& collection,
                                                         const std::string& id, uint64_t before,
                                                         size_t limit) = 0;

  virtual result<std::vector<tenant_id>> tenants() = 0;
  /// Those that have something to do by themselves: a run that is pending or running, a listener, a
  /// schedule, or agents, whose states are the collection `agent_states`.
  virtual result<std::vector<tenant_id>> busy_tenants() = 0;
};

class membership;

/// Opens connections. Thread-safe.
class engine {
public:
  virtual ~engine() = default;
  /// At most one writer may be open at a time.
  virtual result<std::unique_ptr<writer>> open_writer() = 0;
  virtual result<std::unique_ptr<reader>> open_reader() = 0;
  /// This server's part in the cluster; null when it is alone.
  virtual membership* cluster() { return nullptr; }
};

} // namespace steward::store
