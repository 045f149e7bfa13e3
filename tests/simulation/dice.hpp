#pragma once

#include <cstdint>
#include <random>

namespace steward::simulation {

/// All chance of one history: the same seed, the same throws. (The standard's distributions may
/// differ between libraries; these don't.)
class dice {
public:
  explicit dice(uint64_t seed) : generator_(seed * 0x9e3779b97f4a7c15 + 1) {}

  uint64_t next() { return generator_(); }
  /// 0 to n - 1.
  uint64_t below(uint64_t n) { return next() % n; }
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low + 1)));
  }
  bool one_in(uint64_t n) { return n > 0 && below(n) == 0; }
  bool coin() { return one_in(2); }
  /// Microseconds up to `high`, short ones as likely as long ones.
  int64_t pause(int64_t high) {
    int64_t limit = high;
    for (auto halvings = below(12); halvings > 0; --halvings) limit /= 2;
    return between(0, limit);
  }

private:
  std::mt19937_64 generator_;
};

} // namespace steward::simulation
