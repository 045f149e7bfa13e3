#include "demo/chance.hpp"

#include <cmath>
#include <numbers>

namespace steward::demo {

namespace {

/// The finishing step of splitmix64.
uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

double to_share(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

} // namespace

uint64_t number_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

uint64_t chance::bits(std::string_view what, uint64_t who, uint64_t which) const {
  return mixed(mixed(mixed(seed_ ^ number_of(what)) ^ who) ^ which);
}

double chance::share(std::string_view what, uint64_t who, uint64_t which) const {
  return to_share(bits(what, who, which));
}

uint64_t chance::below(uint64_t n, std::string_view what, uint64_t who, uint64_t which) const {
  return n == 0 ? 0 : bits(what, who, which) % n;
}

double chance::waiting(double mean, std::string_view what, uint64_t who, uint64_t which) const {
  return -mean * std::log1p(-share(what, who, which));
}

double chance::bell(std::string_view what, uint64_t who, uint64_t which) const {
  const auto first = bits(what, who, which);
  const auto radius = std::sqrt(-2 * std::log1p(-to_share(first)));
  return radius * std::cos(2 * std::numbers::pi * to_share(mixed(first)));
}

} // namespace steward::demo
