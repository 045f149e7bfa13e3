#pragma once

#include "store/store.hpp"
#include "tests/simulation/memory_cluster.hpp"
#include "tests/simulation/memory_records.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>

/// A store in memory, for the simulation: a disk that outlives the process that writes to it, and
/// an engine for each of those processes. It passes the conformance suite like any other engine.
namespace steward::simulation {

/// What is durable. Thread-safe. Nothing of a group is there before all of it is.
class memory_disk {
public:
  store::commit_report commit(std::span<const write_batch* const> group);

  struct workflow_entry {
    tenant_id tenant;
    workflow_row row;
  };
  struct used_key {
    run_id run;
    std::string fingerprint;
    int64_t created_us = 0;
  };
  struct inbox_entry {
    std::string source, id;
    store::inbox_event event;
  };
  using listener_place = std::tuple<run_id, effect_id, std::string>;
  struct tenant_book {
    std::map<run_id, store::stored_run> runs;
    std::map<std::string, used_key> keys;
    std::vector<feed_event> feed; ///< Sequence n is at n - 1 - feed_purged.
    uint64_t feed_purged = 0;
    uint64_t newest_event() const { return feed_purged + feed.size(); }
    bool founded = false;                  ///< Something of it was committed.
    std::map<uint64_t, inbox_entry> inbox; ///< By sequence.
    uint64_t newest_in_inbox = 0;
    std::map<listener_place, store::stored_listener> listeners;
    std::map<std::pair<std::string, std::string>, std::string> schedules; ///< Value: state.
    std::map<std::string, memory_collection> collections;
  };
  using timer_key = std::tuple<tenant_id, run_id, effect_id>;

  /// Locked while it is looked at.
  template <class Look>
  auto read(Look look) const {
    const std::lock_guard lock{mutex_};
    return look(*this);
  }
  const tenant_book* tenant(const tenant_id& name) const;
  const store::stored_run* run(const tenant_id& tenant, const run_id& id) const;
  const workflow_row* workflow(int64_t id) const;
  const memory_collection* collection(const tenant_id& tenant, const std::string& name) const;

  std::map<int64_t, workflow_entry> workflows;
  std::map<tenant_id, tenant_book> tenants;
  std::map<timer_key, int64_t> timers; ///< Value: due_us.
  int64_t collections_made = 0;

private:
  friend class batch_writer;
  mutable std::mutex mutex_;
};

/// What comes between a process and its disk. The functions may take (virtual) time, and may throw
/// when the process ends meanwhile.
class disk_access {
public:
  virtual ~disk_access() = default;
  enum class answer : uint8_t {
    write,
    refuse, ///< The disk can't be written.
    lie,    ///< Say that it is written, and don't.
  };
  /// Before the group is on disk.
  virtual answer may_commit() = 0;
  /// The group is on disk, and nobody has been told.
  virtual void committed(std::span<const write_batch* const> group,
                         store::commit_report& report) = 0;
  virtual bool may_read() = 0;
  /// What a page of the feed came to.
  virtual void read_feed(std::vector<feed_event>& page) = 0;
};

/// `access` may be null: a disk that never fails. So may `part`: the process is alone.
std::unique_ptr<store::engine> open_memory_store(std::shared_ptr<memory_disk> disk,
                                                 std::shared_ptr<disk_access> access = nullptr,
                                                 std::shared_ptr<cluster_part> part = nullptr);

} // namespace steward::simulation
