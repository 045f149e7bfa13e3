#include "messages/admission.hpp"

#include <algorithm>

namespace steward {

door::door(tenant_id tenant, admission_limits limits)
    : tenant_(std::move(tenant)), limits_(limits), tokens_(limits.burst) {}

door::admitted door::try_enter(int64_t now_us, size_t requests) {
  using std::chrono::milliseconds;
  if (gate_->in_flight.fetch_add(1) >= limits_.in_flight) {
    gate_->in_flight.fetch_sub(1);
    refused_.fetch_add(1);
    return {{}, milliseconds{1000}};
  }
  ticket pass{{gate_.get(), [g = gate_](void*) { g->in_flight.fetch_sub(1); }}};
  const std::lock_guard lock{mutex_};
  const auto elapsed = static_cast<double>(std::max<int64_t>(0, now_us - refilled_us_)) / 1e6;
  tokens_ = std::min(limits_.burst, tokens_ + elapsed * limits_.rate_per_s);
  refilled_us_ = now_us;
  if (tokens_ < 1.0) {
    refused_.fetch_add(1);
    const auto wait = (1.0 - tokens_) / limits_.rate_per_s * 1000.0;
    return {{}, milliseconds{static_cast<int64_t>(wait) + 1}};
  }
  tokens_ -= static_cast<double>(requests);
  return {std::move(pass), milliseconds{0}};
}

caf::actor door::actor() const {
  const std::lock_guard lock{mutex_};
  return handle_;
}

void door::set_actor(caf::actor handle) {
  const std::lock_guard lock{mutex_};
  handle_ = std::move(handle);
}

void door::actor_gone(caf::actor_id id) {
  caf::actor released; // dropped outside the lock
  const std::lock_guard lock{mutex_};
  if (handle_ && handle_.id() == id) released.swap(handle_);
}

std::shared_ptr<door> doors::find(const tenant_id& tenant) const {
  const std::shared_lock lock{mutex_};
  const auto found = doors_.find(tenant);
  return found == doors_.end() ? nullptr : found->second;
}

std::shared_ptr<door> doors::open(const tenant_id& tenant, const admission_limits& limits) {
  const std::unique_lock lock{mutex_};
  auto& slot = doors_[tenant];
  if (!slot) slot = std::make_shared<door>(tenant, limits);
  return slot;
}

std::vector<std::shared_ptr<door>> doors::all() const {
  const std::shared_lock lock{mutex_};
  std::vector<std::shared_ptr<door>> out;
  for (const auto& [name, d] : doors_) out.push_back(d);
  return out;
}

} // namespace steward
