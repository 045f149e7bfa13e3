#include "workflow/simulation/dice.hpp"

#include <algorithm>

namespace steward::workflow::simulation {

dice::dice(uint64_t seed, std::string_view stream) : state_(0xcbf29ce484222325u) {
  for (char c : stream) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  state_ ^= (seed + 1) * 0x9e3779b97f4a7c15u;
}

uint64_t dice::next() {
  auto h = state_ += 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
  return h ^ (h >> 31);
}

uint64_t dice::below(uint64_t count) { return next() % std::max<uint64_t>(count, 1); }

bool dice::chance(double probability) {
  return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
}

int64_t dice::between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
}

int64_t dice::spread(int64_t low, int64_t high) {
  auto doublings = uint64_t{0};
  while (doublings < 62 && (low << doublings) < high / 2) ++doublings;
  auto from = low << below(doublings + 1);
  return between(from, std::min(high, from * 2));
}

} // namespace steward::workflow::simulation
