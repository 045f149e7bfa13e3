#include "intelligence/gaps/interval.hpp"

#include <algorithm>
#include <limits>

namespace steward::intelligence::gaps {

int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

int64_t interval::length_us() const {
  if (empty()) return 0;
  int64_t length = 0;
  return __builtin_sub_overflow(end_us, begin_us, &length) ? std::numeric_limits<int64_t>::max()
                                                           : length;
}

interval intersection(const interval& a, const interval& b) {
  return {std::max(a.begin_us, b.begin_us), std::min(a.end_us, b.end_us)};
}

void merge(std::vector<interval>& intervals) {
  std::erase_if(intervals, [](const interval& i) { return i.empty(); });
  std::sort(intervals.begin(), intervals.end(),
            [](const interval& a, const interval& b) { return a.begin_us < b.begin_us; });
  size_t kept = 0;
  for (const auto& next : intervals) {
    if (kept > 0 && next.begin_us <= intervals[kept - 1].end_us)
      intervals[kept - 1].end_us = std::max(intervals[kept - 1].end_us, next.end_us);
    else
      intervals[kept++] = next;
  }
  intervals.resize(kept);
}

std::vector<interval> subtract(std::span<const interval> whole, std::span<const interval> taken) {
  std::vector<interval> left;
  size_t first = 0; // the first of `taken` that may still matter
  for (const auto& part : whole) {
    auto begin = part.begin_us;
    while (first < taken.size() && taken[first].end_us <= begin) ++first;
    for (auto i = first; i < taken.size() && taken[i].begin_us < part.end_us; ++i) {
      if (taken[i].begin_us > begin) left.push_back({begin, taken[i].begin_us});
      begin = std::max(begin, taken[i].end_us);
      first = i; // the last one may reach into the next part
    }
    if (begin < part.end_us) left.push_back({begin, part.end_us});
  }
  return left;
}

} // namespace steward::intelligence::gaps
