#pragma once

#include "messages/shards.hpp"

#include <array>
#include <atomic>
#include <mutex>

namespace steward::cluster {

/// Where each shard is, as this server knows it. Filled by the membership actor, asked by everybody
/// who has something for a tenant. Thread-safe.
class shard_table {
public:
  struct place {
    int64_t node = 0; ///< 0: nobody's, or not known.
    uint64_t epoch = 0;
    bool here = false; ///< Open for business: this server has it and is not giving it up.
    friend bool operator==(const place&, const place&) = default;
  };

  /// Without a cluster everything is here, always.
  explicit shard_table(bool clustered) : clustered_(clustered) {}

  bool clustered() const { return clustered_; }
  bool here(shard s) const { return !clustered_ || here_[s].load(std::memory_order_acquire); }
  bool here(const tenant_id& tenant) const { return !clustered_ || here(shard_of(tenant)); }
  place at(shard s) const {
    const std::lock_guard lock{mutex_};
    return places_[s];
  }
  void set(shard s, const place& p) {
    const std::lock_guard lock{mutex_};
    places_[s] = p;
    here_[s].store(p.here, std::memory_order_release);
  }
  /// What another server says of itself: an owner with a higher epoch. False: it was known.
  bool learn(shard s, int64_t node, uint64_t epoch) {
    const std::lock_guard lock{mutex_};
    if (places_[s].here || epoch <= places_[s].epoch) return false;
    places_[s] = {node, epoch, false};
    return true;
  }

private:
  const bool clustered_;
  std::array<std::atomic<bool>, shard_count> here_{};
  mutable std::mutex mutex_;
  std::array<place, shard_count> places_{};
};

} // namespace steward::cluster
