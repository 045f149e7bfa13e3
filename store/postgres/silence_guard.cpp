#include "store/postgres/silence_guard.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <sys/socket.h>
#include <thread>

namespace steward::store::postgres {

namespace {

using clock = std::chrono::steady_clock;

/// One thread for all connections of the process. It sleeps until the first deadline that it knew
/// of when it went to sleep: most calls end long before theirs, and cost it nothing.
class watch {
public:
  watch() : thread_([this] { run(); }) {}
  ~watch() {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  uint64_t begin(int socket, clock::time_point deadline) {
    const std::lock_guard lock{mutex_};
    watched_.emplace(++newest_, call{socket, deadline});
    if (deadline < wakes_at_) changed_.notify_one();
    return newest_;
  }
  /// After this the socket is left alone: its number may be another's soon.
  void end(uint64_t number) {
    const std::lock_guard lock{mutex_};
    watched_.erase(number);
  }

private:
  struct call {
    int socket = -1;
    clock::time_point deadline;
  };

  void run() {
    std::unique_lock lock{mutex_};
    while (!ended_) {
      const auto now = clock::now();
      wakes_at_ = clock::time_point::max();
      for (auto it = watched_.begin(); it != watched_.end();) {
        const auto& [socket, deadline] = it->second;
        if (deadline <= now) {
          ::shutdown(socket, SHUT_RDWR);
          it = watched_.erase(it);
        } else {
          wakes_at_ = std::min(wakes_at_, deadline);
          ++it;
        }
      }
      if (wakes_at_ == clock::time_point::max())
        changed_.wait(lock);
      else
        changed_.wait_until(lock, wakes_at_);
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, call> watched_;
  uint64_t newest_ = 0;
  clock::time_point wakes_at_ = clock::time_point::max();
  bool ended_ = false;
  std::thread thread_; // Last: it uses all of the above.
};

watch& the_watch() {
  static watch one;
  return one;
}

} // namespace

silence_guard::silence_guard(int socket, std::chrono::milliseconds most) {
  if (most.count() > 0) number_ = the_watch().begin(socket, clock::now() + most);
}

silence_guard::~silence_guard() {
  if (number_ != 0) the_watch().end(number_);
}

} // namespace steward::store::postgres
