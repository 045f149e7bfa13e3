#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace steward {

/// A tenant's name: 1 to 63 of [a-z0-9-], as in URLs and logs.
using tenant_id = std::string;

/// Names a run: a UUIDv7 (RFC 9562), so ids sort by when they were made.
struct run_id {
  std::array<uint8_t, 16> bytes{};

  static std::optional<run_id> parse(std::string_view text);
  /// From a creation time and 74 random bits (two words; surplus bits are ignored).
  static run_id make(int64_t time_us, uint64_t random_high, uint64_t random_low);

  std::string text() const; ///< Canonical form, lower case, 36 characters.
  bool empty() const { return bytes == std::array<uint8_t, 16>{}; }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  friend auto operator<=>(const run_id&, const run_id&) = default;
};

} // namespace steward

template <>
struct std::hash<steward::run_id> {
  size_t operator()(const steward::run_id& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
