#pragma once

#include "gateway/routes.hpp"
#include "gateway/server.hpp"
#include "messages/admission.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Collectable;
}

namespace steward::gateway {

/// Counts requests. Adding is a few relaxed atomic operations; thread-safe.
class request_metrics {
public:
  /// Upper bounds of the latency buckets, in seconds.
  static constexpr std::array<double, 13> bounds{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10};
  static constexpr size_t routes_max = 96;

  request_metrics();
  void add(uint16_t route, std::string_view method, unsigned status, std::chrono::nanoseconds took);

  struct per_route {
    /// GET, HEAD, POST, other; by the status' first digit.
    std::array<std::array<std::atomic<uint64_t>, 6>, 4> requests{};
    std::array<std::atomic<uint64_t>, bounds.size() + 1> latency{};
    std::atomic<uint64_t> latency_ns_sum = 0;
  };
  const per_route& at(size_t route) const { return routes_[route]; }

private:
  std::array<per_route, routes_max + 1> routes_; ///< The last: requests that found no route.
};

/// Everything in Prometheus' text format: the gateway's own, the tenants' doors, and what the rest
/// of the process keeps in `others` (may be null).
std::string metrics_text(const request_metrics& requests, const server_counters* server,
                         const doors& tenants, prometheus::Collectable* others);

} // namespace steward::gateway
