#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// A request as it came over the wire.
namespace steward::gateway {

/// Compares header names and tokens: ASCII letters of either case are equal.
bool same_word(std::string_view a, std::string_view b);

struct header_field {
  std::string_view name;  ///< As sent: compare with `same_word`.
  std::string_view value; ///< Without the white space around it.
};

/// One whole request. The views are good for as long as the handler is being called.
struct request_view {
  std::string_view method;
  std::string_view target; ///< As sent: path and query, still percent-encoded.
  unsigned version = 11;   ///< 10 or 11.
  std::span<const header_field> headers;
  std::string_view body;

  /// The first header of that name; empty when there is none.
  std::string_view header(std::string_view name) const;
  bool has(std::string_view name) const;
  /// Whether a header that is a comma-separated list has this word in it.
  bool lists(std::string_view name, std::string_view word) const;
};

} // namespace steward::gateway
