#pragma once

#include <cstdint>
#include <string_view>

namespace steward::workflow::simulation {

/// Numbers that look random and are the same everywhere for the same seed and stream (SplitMix64).
/// Each kind of decision has a stream of its own, so that turning one off leaves the others as they
/// were.
class dice {
public:
  dice(uint64_t seed, std::string_view stream);

  uint64_t next();
  uint64_t below(uint64_t count);             ///< 0 to count - 1; count is at least 1.
  bool chance(double probability);            ///< 0: never, 1: always.
  int64_t between(int64_t low, int64_t high); ///< Both included.
  /// The same, but each order of magnitude is as likely as the next; `low` is at least 1.
  int64_t spread(int64_t low, int64_t high);

private:
  uint64_t state_;
};

} // namespace steward::workflow::simulation
