#pragma once

#include <cstdint>
#include <string_view>

namespace steward::demo {

/// A number for a text, the same everywhere and always (FNV-1a): to ask `chance` about something
/// that has a name only.
uint64_t number_of(std::string_view text);

/// Randomness without memory: every answer is a hash of the seed and of what is asked (what, who,
/// which), so it does not depend on what else was asked, how often, or in which order.
class chance {
public:
  explicit chance(uint64_t seed) : seed_(seed) {}

  uint64_t bits(std::string_view what, uint64_t who, uint64_t which = 0) const;
  /// In [0, 1).
  double share(std::string_view what, uint64_t who, uint64_t which = 0) const;
  /// True with that probability.
  bool happens(double probability, std::string_view what, uint64_t who, uint64_t which = 0) const {
    return share(what, who, which) < probability;
  }
  /// One of 0 ... n-1; 0 if there is none.
  uint64_t below(uint64_t n, std::string_view what, uint64_t who, uint64_t which = 0) const;
  double between(double least, double most, std::string_view what, uint64_t who,
                 uint64_t which = 0) const {
    return least + (most - least) * share(what, who, which);
  }
  /// Exponential with that mean.
  double waiting(double mean, std::string_view what, uint64_t who, uint64_t which = 0) const;
  /// Normal with mean 0 and deviation 1.
  double bell(std::string_view what, uint64_t who, uint64_t which = 0) const;

private:
  uint64_t seed_;
};

} // namespace steward::demo
