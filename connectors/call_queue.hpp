#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace steward::connectors {

/// Who may call now: at most `total` calls at once, at most `per_origin` of them to one origin, and
/// origins take turns, so that a slow service holds up its own callers and nobody else's. Plain
/// bookkeeping for one thread; a call is named by a number that the owner gives, each greater than
/// the one before.
class call_queue {
public:
  call_queue(size_t total, size_t per_origin) : total_(total), per_origin_(per_origin) {}

  void add(const std::string& origin, size_t call);
  /// The next call that may start; from then on it counts as under way. None: all have to wait.
  std::optional<size_t> next();
  /// A call that had started has ended.
  void ended(const std::string& origin);
  /// A call that had not started is no longer wanted.
  void drop(const std::string& origin, size_t call);

private:
  struct lane {
    std::deque<size_t> waiting;
    size_t active = 0;
    bool queued = false; ///< In `turns_`: has somebody waiting and room for one more.
  };
  using lane_map = std::unordered_map<std::string, lane>;
  void queue_if_ready(const std::string& origin, lane& l);
  void forget_if_idle(lane_map::iterator place);

  size_t total_, per_origin_;
  size_t active_ = 0;
  lane_map lanes_; ///< Only origins with calls.
  std::deque<std::string> turns_;
};

} // namespace steward::connectors
