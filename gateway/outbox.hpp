#pragma once

#include "messages/reply.hpp"

#include <atomic>
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
    {
      const std::lock_guard lock{mutex_};
      if (closed_) return;
      items_.push_back(std::move(i));
      if (items_.size() > 1) return;
      ++waking_;
    }
    // Not under the lock: the thread that wakes would run into it.
    wake_();
    --waking_;
    waking_.notify_all();
  }
  /// Swaps what is there into `into`, which must be empty.
  void take(std::vector<item>& into) {
    const std::lock_guard lock{mutex_};
    items_.swap(into);
  }
  /// From now on everything is dropped. Returns when nobody is about to wake the thread any more.
  void close() {
    std::vector<item> dropped; // destroyed after the lock is released
    {
      const std::lock_guard lock{mutex_};
      closed_ = true;
      items_.swap(dropped);
    }
    for (auto n = waking_.load(); n != 0; n = waking_.load()) waking_.wait(n);
  }

private:
  std::mutex mutex_;
  const std::function<void()> wake_;
  std::vector<item> items_;
  bool closed_ = false;
  std::atomic<uint32_t> waking_ = 0;
};

} // namespace steward::gateway
