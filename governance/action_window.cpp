#include "governance/action_window.hpp"

#include <algorithm>
#include <limits>

namespace steward::governance {

uint32_t action_window::used(int64_t now_us) const {
  const auto first = std::upper_bound(times_.begin(), times_.end(), now_us - length_us_);
  return static_cast<uint32_t>(times_.end() - first);
}

int64_t action_window::room_at(int64_t now_us) const {
  if (most_ == 0) return std::numeric_limits<int64_t>::max();
  const auto count = used(now_us);
  if (count < most_) return now_us;
  // As many of them have to age out as are too many.
  return times_[times_.size() - most_] + length_us_;
}

void action_window::add(int64_t now_us) {
  forget(now_us);
  times_.insert(std::upper_bound(times_.begin(), times_.end(), now_us), now_us);
}

void action_window::take_back(int64_t at_us) {
  const auto found = std::lower_bound(times_.begin(), times_.end(), at_us);
  if (found != times_.end() && *found == at_us) times_.erase(found);
}

void action_window::forget(int64_t now_us) {
  while (!times_.empty() && times_.front() <= now_us - length_us_) times_.pop_front();
}

} // namespace steward::governance
