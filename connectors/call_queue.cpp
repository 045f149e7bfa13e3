#include "connectors/call_queue.hpp"

#include <algorithm>

namespace steward::connectors {

void call_queue::queue_if_ready(const std::string& origin, lane& l) {
  if (l.queued || l.waiting.empty() || l.active >= per_origin_) return;
  l.queued = true;
  turns_.push_back(origin);
}

void call_queue::forget_if_idle(lane_map::iterator place) {
  const auto& l = place->second;
  if (l.active == 0 && l.waiting.empty() && !l.queued) lanes_.erase(place);
}

void call_queue::add(const std::string& origin, size_t call) {
  auto& l = lanes_[origin];
  l.waiting.push_back(call);
  queue_if_ready(origin, l);
}

std::optional<size_t> call_queue::next() {
  while (active_ < total_ && !turns_.empty()) {
    const auto origin = std::move(turns_.front());
    turns_.pop_front();
    const auto found = lanes_.find(origin);
    auto& l = found->second;
    l.queued = false;
    if (l.waiting.empty() || l.active >= per_origin_) {
      forget_if_idle(found);
      continue;
    }
    const auto call = l.waiting.front();
    l.waiting.pop_front();
    ++l.active;
    ++active_;
    queue_if_ready(origin, l);
    return call;
  }
  return std::nullopt;
}

void call_queue::ended(const std::string& origin) {
  const auto found = lanes_.find(origin);
  if (found == lanes_.end() || found->second.active == 0) return;
  auto& l = found->second;
  --l.active;
  --active_;
  queue_if_ready(origin, l);
  forget_if_idle(found);
}

void call_queue::drop(const std::string& origin, size_t call) {
  const auto found = lanes_.find(origin);
  if (found == lanes_.end()) return;
  auto& waiting = found->second.waiting;
  const auto place = std::ranges::lower_bound(waiting, call);
  if (place != waiting.end() && *place == call) waiting.erase(place);
  forget_if_idle(found);
}

} // namespace steward::connectors
