#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace steward::intelligence {

/// Times are microseconds since 1970, UTC, wherever a name ends in `_us`.
constexpr int64_t second_us = 1'000'000;
constexpr int64_t minute_us = 60 * second_us;
constexpr int64_t hour_us = 60 * minute_us;
constexpr int64_t day_us = 24 * hour_us;
constexpr int64_t week_us = 7 * day_us;

/// Days since 1970-01-01 of an instant, or of a local time; rounds towards the past.
int64_t day_number(int64_t us);

/// `2024-01-15`; a date that there is none of is an empty text.
std::string date_text(std::chrono::year_month_day date);
/// Of a day number; empty outside the years 1 to 9999.
std::string date_text(int64_t day);
/// RFC 3339 in UTC, to the second: `2024-01-15T14:00:00Z`; empty outside the years 1 to 9999.
std::string instant_text(int64_t us);

/// The midnight that begins the date, or the instant, of `2024-01-15`, `20240115`,
/// `2024-01-15T14:00:00Z` (`Z` may be missing, it is UTC all the same), `2024-01-15T14:00:00.25Z`.
/// None if the text is anything else or names a day or time that does not exist.
std::optional<int64_t> parse_instant(std::string_view text);

} // namespace steward::intelligence
