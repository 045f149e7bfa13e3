#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What stands in a request's target: path, query, numbers.
namespace steward::gateway {

struct split_target {
  std::string_view path, query;
};
/// Understands "/path?query", "http://host/path?query" and "*".
split_target split(std::string_view target);

enum class plus : uint8_t { is_itself, is_blank };
/// Nothing when an escape is broken or the result has a NUL byte.
std::optional<std::string> percent_decoded(std::string_view text, plus meaning);

using query_parameters = std::vector<std::pair<std::string, std::string>>;
/// Name and value of each, decoded. Nothing when an escape is broken.
std::optional<query_parameters> parse_query(std::string_view query);

/// A whole decimal number without sign or blanks.
std::optional<uint64_t> parse_number(std::string_view text);

} // namespace steward::gateway
