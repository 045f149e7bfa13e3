#pragma once

#include "supervision/child_table.hpp"

#include <cstddef>
#include <deque>

namespace steward::supervision {

/// The restarts of the last `period`. Holds at most `intensity` + 1 times.
class restart_window {
public:
  restart_window(size_t intensity, milliseconds period) : intensity_(intensity), period_(period) {}

  /// Notes one more; false if that is more than `intensity` within `period`.
  bool admit(time_point now) {
    while (!times_.empty() && now - times_.front() > period_) times_.pop_front();
    times_.push_back(now);
    return times_.size() <= intensity_;
  }

private:
  size_t intensity_;
  milliseconds period_;
  std::deque<time_point> times_;
};

} // namespace steward::supervision
