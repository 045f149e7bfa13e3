#pragma once

#include "messages/reply.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace steward::gateway {

/// What other threads leave for one I/O thread: answers, and word that a feed reader has something
/// to write. The thread is woken once for all that comes before it looks. Thread-safe; outlives the
/// server for as long as somebody holds a slot.
class outbox {
public:
  struct item {
    enum class kind : uint8_t { answer, feed };
    kind what = kind::answer;
    uint64_t connection = 0;
    uint64_t request = 0; ///< Of an answer.
    reply answer;
  };

  explicit outbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(item&& i) {
    const std::lock_guard lock{mutex_};
    if (!wake_) return;
    items_.push_back(std::move(i));
    // Under the lock: `close` must not return while somebody is about to wake.
    if (items_.size() == 1) wake_();
  }
  /// Swaps what is there into `into`, which must be empty.
  void take(std::vector<item>& into) {
    const std::lock_guard lock{mutex_};
    items_.swap(into);
  }
  /// From now on everything is dropped.
  void close() {
    std::vector<item> dropped; // destroyed after the lock is released
    const std::lock_guard lock{mutex_};
    wake_ = nullptr;
    items_.swap(dropped);
  }

private:
  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<item> items_;
};

} // namespace steward::gateway
