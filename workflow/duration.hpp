#pragma once

#include "workflow/outcome.hpp"
#include "workflow/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace steward::workflow {

/// A length of time as the language writes it: ISO 8601 (`P1Y2M10DT2H30M`, `PT0.5S`, `P2W`) or an
/// object of days, hours, minutes, seconds, milliseconds. Years and months are calendar units: their
/// length depends on when they start, so they are kept apart until a start is known.
struct duration {
  int64_t months = 0; ///< Years count as twelve.
  int64_t us = 0;     ///< Microseconds; weeks and days are fixed at 7 and 1 times 24 hours.

  /// The instant this duration after `start_us` (microseconds since 1970, UTC). Months clamp to the
  /// last day of the month (31 January + P1M = 28 or 29 February). Saturates far in the future.
  int64_t after(int64_t start_us) const;
  friend bool operator==(const duration&, const duration&) = default;
};

/// The error is a sentence that says what was expected.
outcome<duration, std::string> parse_duration(std::string_view iso8601);
/// An ISO 8601 string or a duration object.
outcome<duration, std::string> read_duration(const value& v);

} // namespace steward::workflow
