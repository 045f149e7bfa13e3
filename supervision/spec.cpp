#include "supervision/spec.hpp"

#include "supervision/supervisor.hpp"

#include <algorithm>

namespace steward::supervision {

std::chrono::microseconds restart_delay(const backoff& b, unsigned crashes, uint64_t random) {
  // Beyond 2^20 every sensible `min` is past every sensible `max`.
  auto doublings = std::min(crashes > 0 ? crashes - 1 : 0u, 20u);
  auto base = std::min<std::chrono::microseconds>(b.min * (int64_t{1} << doublings), b.max);
  auto share = static_cast<double>(random >> 11) * 0x1.0p-53; // [0, 1)
  auto factor = 1.0 + b.jitter * (2.0 * share - 1.0);
  auto delay = static_cast<double>(base.count()) * factor;
  return std::chrono::microseconds{std::max<int64_t>(0, static_cast<int64_t>(delay))};
}

child_spec subtree(supervisor_spec spec, std::shared_ptr<services> services) {
  child_spec result;
  result.name = spec.name;
  result.is_supervisor = true;
  // Its children are stopped one after the other, and each may use up its own timeout.
  result.shutdown_timeout = milliseconds{1000};
  for (const auto& child : spec.children) result.shutdown_timeout += child.shutdown_timeout;
  result.start = [spec = std::move(spec), services = std::move(services)](const child_start& at) {
    return spawn_supervisor(at.parent, spec, at.path, services);
  };
  return result;
}

} // namespace steward::supervision
