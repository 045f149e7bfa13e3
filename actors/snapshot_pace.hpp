#pragma once

#include "store/store.hpp"

namespace steward {

/// When a run that wakes often is due for another snapshot: once the journal since the last one has
/// as much to read as the snapshot itself. So snapshots at most double what a run writes, however
/// large they are, and a replay reads about twice the run's state at most.
class snapshot_pace {
public:
  snapshot_pace() = default;
  /// Of a run as it was loaded.
  explicit snapshot_pace(const store::stored_run& run)
      : last_bytes_(run.snapshot ? run.snapshot->state.size() : 0), entries_(run.journal.size()) {
    for (const auto& entry : run.journal) bytes_ += entry.size();
  }

  void appended(size_t bytes) {
    ++entries_;
    bytes_ += bytes;
  }
  bool due() const {
    return entries_ >= entries_least && (bytes_ >= last_bytes_ || entries_ >= entries_most);
  }
  /// `bytes` 0: it could not be taken just now; not again at once.
  void taken(size_t bytes) {
    if (bytes > 0) last_bytes_ = bytes;
    entries_ = bytes_ = 0;
  }

private:
  /// Replaying so many costs about what reading the smallest snapshot costs.
  static constexpr size_t entries_least = 50;
  static constexpr size_t entries_most = 1'000;
  size_t last_bytes_ = 0, entries_ = 0, bytes_ = 0;
};

} // namespace steward
