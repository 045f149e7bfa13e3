#pragma once

#include "messages/shards.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

namespace steward::store::postgres {

/// Two changes of who is in the cluster and who has what are never under way at once; ends with the
/// transaction.
inline constexpr auto lock_cluster = "SELECT pg_advisory_xact_lock(1400141175, 4)";
/// Two changes of what records have in common (indexes, views) neither.
inline constexpr auto lock_shapes = "SELECT pg_advisory_xact_lock(1400141175, 3)";
/// What the connections that commit are called.
inline constexpr auto writer_program = "steward writer";

/// What this server knows of its part in the cluster, shared by its connections. Thread-safe. The
/// database knows better: each commit asks it.
class cluster_standing {
public:
  int64_t node() const { return node_; } ///< 0: no member.
  bool held(shard s) const { return held_[s].epoch != 0; }

  void join(int64_t node) {
    lose_all();
    node_ = node;
  }
  /// As the database says; a release of that very epoch may be newer than what was read.
  void note(shard s, int64_t node, uint64_t epoch) {
    auto& at = held_[s];
    if (node != node_ || node == 0)
      at.epoch = 0;
    else if (at.released != epoch)
      at.epoch = epoch;
  }
  void release(shard s) {
    if (const auto epoch = held_[s].epoch.exchange(0); epoch != 0) held_[s].released = epoch;
  }
  void lose_all() {
    for (auto& each : held_) each.epoch = 0;
  }

  /// The last group that the database confirmed to this process's writer.
  void note_commit(int64_t writer, uint64_t group) {
    const std::lock_guard lock{mutex_};
    writer_ = writer;
    group_ = group;
  }
  std::pair<int64_t, uint64_t> last_commit() const {
    const std::lock_guard lock{mutex_};
    return {writer_, group_};
  }

  /// The database lacks what it had confirmed: the others must know.
  void report_loss() { lost_commits_ = true; }
  bool lost_commits() const { return lost_commits_; }

private:
  struct holding {
    std::atomic<uint64_t> epoch = 0;    ///< 0: not held.
    std::atomic<uint64_t> released = 0; ///< The last epoch that was given back.
  };
  std::atomic<int64_t> node_ = 0;
  std::array<holding, shard_count> held_;
  std::atomic<bool> lost_commits_ = false;
  mutable std::mutex mutex_;
  int64_t writer_ = 0;
  uint64_t group_ = 0;
};

} // namespace steward::store::postgres
