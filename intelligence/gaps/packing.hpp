#pragma once

#include "intelligence/gaps/calendar.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace steward::intelligence::gaps {

/// The best that a stretch of free time can bring: which services, one after the other (each as
/// often as wanted, each with its buffers), have the highest sum of prices. An unbounded knapsack
/// over whole minutes: services are rounded up and stretches down, so nothing is promised that does
/// not fit. Of equal sums the one of fewer services is taken.
///
/// Built once for a staff member (O(services * minutes)), then asked for each gap (O(1)).
class packing {
public:
  /// For stretches of up to `longest_us`, of which at most 48 hours count: what is longer is worth
  /// what 48 hours are. The services must outlive this object.
  packing(std::span<const service* const> services, int64_t longest_us);

  /// The highest sum of prices; saturates.
  amount best_value(int64_t length_us) const;
  /// The services of that sum, dearest first. O(their number).
  std::vector<const service*> best_services(int64_t length_us) const;

private:
  size_t minutes_of(int64_t length_us) const;

  struct cell {
    amount value = 0;
    uint32_t count = 0;
    uint32_t choice = none; // the service that was added last; none: a minute is left free
  };
  static constexpr uint32_t none = UINT32_MAX;

  std::span<const service* const> services_;
  std::vector<size_t> minutes_; // of each service, rounded up; 0: fits nowhere
  std::vector<cell> best_;      // by minutes
};

} // namespace steward::intelligence::gaps
