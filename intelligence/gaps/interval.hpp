#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace steward::intelligence::gaps {

/// A stretch of time [begin_us, end_us): microseconds since 1970, UTC. One whose end is not after
/// its begin is empty, however it came to be (an inverted one from bad input too).
struct interval {
  int64_t begin_us = 0;
  int64_t end_us = 0;

  bool empty() const { return end_us <= begin_us; }
  /// 0 for an empty one; saturates for one that reaches over more than int64_t holds.
  int64_t length_us() const;
  friend bool operator==(const interval&, const interval&) = default;
};

/// a + b, kept within int64_t: times at its ends mean "always" and "never".
int64_t saturating_add(int64_t a, int64_t b);

/// What both have in common; empty if nothing.
interval intersection(const interval& a, const interval& b);

/// Sorts by begin, drops empty ones and joins those that overlap or touch: what is left is disjoint
/// and covers the same instants. O(n log n).
void merge(std::vector<interval>& intervals);

/// `whole` without `taken`: disjoint, sorted, none empty. Both must be merged. O(n + m).
std::vector<interval> subtract(std::span<const interval> whole, std::span<const interval> taken);

} // namespace steward::intelligence::gaps
