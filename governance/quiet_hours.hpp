#pragma once

#include "workflow/schedule/time_zone.hpp"

namespace steward::governance {

/// When customers are left alone, by the clock of their own zone: from one minute of the day to
/// another, over midnight when the end is not later. Equal ends: never.
struct quiet_hours {
  int from_minute = 21 * 60;
  int to_minute = 9 * 60;

  bool is_quiet(int64_t now_us, const workflow::schedule::time_zone& zone) const;
  /// When it is over; `now_us` if it is not quiet. Correct when clocks change meanwhile.
  int64_t ends_at(int64_t now_us, const workflow::schedule::time_zone& zone) const;
};

} // namespace steward::governance
