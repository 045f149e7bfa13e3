#pragma once

#include <cstdint>
#include <deque>

namespace steward::governance {

constexpr int64_t second_us = 1'000'000;
constexpr int64_t hour_us = 3'600 * second_us;
constexpr int64_t day_us = 24 * hour_us;

/// At most so many actions within any stretch of time of that length: a sliding window, so that no
/// two windows of the clock can be emptied one right after the other. Exact; it keeps the time of
/// each action that still counts, `most` of them at most.
class action_window {
public:
  action_window(uint32_t most, int64_t length_us) : most_(most), length_us_(length_us) {}

  uint32_t most() const { return most_; }
  /// How many count at that moment.
  uint32_t used(int64_t now_us) const;
  bool has_room(int64_t now_us) const { return used(now_us) < most_; }
  /// When there is room again; `now_us` if there is. Never when `most` is 0: INT64_MAX.
  int64_t room_at(int64_t now_us) const;
  /// A clock that was set back makes an action count longer, never shorter.
  void add(int64_t now_us);
  /// An action that did not happen after all: its place is free again.
  void take_back(int64_t at_us);
  /// The owner has changed the limit; what was done stays done.
  void limit_to(uint32_t most) { most_ = most; }

  const std::deque<int64_t>& times() const { return times_; }

private:
  void forget(int64_t now_us);

  uint32_t most_;
  int64_t length_us_;
  std::deque<int64_t> times_; ///< In order.
};

} // namespace steward::governance
