#pragma once

#include "intelligence/skill.hpp"

#include <optional>
#include <string>
#include <vector>

/// Records as they come: members may be missing or of another type. Nothing here throws.
namespace steward::intelligence::salon {

using workflow::value;

/// An observed record. `data` lives as long as what was observed.
struct record {
  std::string id;
  int64_t version = 0;
  const value* data = nullptr; ///< Always an object.
};

/// The records of a query, without what is none; empty if there is no such query.
std::vector<record> observed(const skill_input& in, std::string_view query);
bool has_observed(const skill_input& in, std::string_view query);

/// The value at a path such as "response.action", or null.
const value* at_path(const value& v, std::string_view path);
/// A text, empty if there is none. All of these take a path.
std::string text_of(const value& v, std::string_view path);
std::optional<double> number_of(const value& v, std::string_view path);
/// A whole number in [least, most]; the fallback if there is no number, the bound if it is beyond.
int64_t count_of(const value& v, std::string_view path, int64_t fallback, int64_t least,
                 int64_t most);
std::optional<bool> flag_of(const value& v, std::string_view path);
std::optional<int64_t> instant_of(const value& v, std::string_view path);
std::vector<std::string> texts_of(const value& v, std::string_view path);

/// RFC 3339 with fractions and any offset ("2024-01-15T14:00:00.5+05:30"), in microseconds since
/// 1970. A date alone is none.
std::optional<int64_t> read_instant(std::string_view text);

/// An amount as JSON shows it: whole if it is, else with at most two decimals.
value money(double amount);

} // namespace steward::intelligence::salon
