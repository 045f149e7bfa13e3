#pragma once

#include "workflow/outcome.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace steward::workflow::schedule {

/// A cron expression: `minute hour day-of-month month day-of-week`, or six fields with seconds
/// first.
///
///   *  any value              5       this value         MON JAN   names, in any case
///   1-5  range, FRI-MON too   */15    every 15th         10/5  10-40/5  steps from 10, up to 40
///   1,3,8-10  list            ?       as *, for days     L  L-3    last day of the month, 3 before
///   it 15W  the weekday (Monday to Friday) nearest to the 15th in the same month   LW  the last
///   weekday 5L  the last Friday       MON#2   the second Monday  0 and 7   both Sunday
///   @yearly @annually @monthly @weekly @daily @midnight @hourly @every_minute @every_second
///
/// If both day fields are restricted (neither contains a plain `*` or `?`), a day that matches
/// either of them matches. `L` and `W` of day-of-month stand alone, without a list. A step is at
/// most the field's highest value.
///
/// Daylight saving: times that a gap swallows (clocks went forward) fire once, at the first instant
/// after it. Where clocks go back, a schedule of fixed times (no `*`, range or step in seconds,
/// minutes or hours) fires once for each of its wall clock times, at the first of the two; any
/// other schedule is an interval that keeps to real time and fires in both passes. Seconds that are
/// not written are a fixed 0.
class cron_expression {
public:
  struct problem {
    std::string reason; ///< A sentence: the field, and what was expected there.
    size_t offset;      ///< Bytes from the start of the text to what is wrong.
  };

  static outcome<cron_expression, problem> parse(std::string_view text);

  /// The first instant strictly after `after_us` (microseconds since 1970, UTC) at which the zone's
  /// clock matches; none when nothing comes within 100 years (30 February). Takes microseconds.
  std::optional<int64_t> next(int64_t after_us, const time_zone& zone) const;

  friend bool operator==(const cron_expression&, const cron_expression&) = default;

private:
  friend class cron_reader;

  /// What a month's days must be: each mask has bit n for the value n.
  struct day_rules {
    uint32_t days = 0;             // day-of-month 1-31, plain
    uint8_t weekdays = 0;          // Sunday is 0, plain
    uint8_t last_weekdays = 0;     // `5L`
    uint64_t nth_weekdays = 0;     // `1#2`: bit (nth - 1) * 7 + weekday
    std::optional<int> from_end{}; // `L` is 0, `L-3` is 3
    bool nearest_weekday = false;  // `W`: moves the one day of `days` or `from_end`
    bool either = false; // both fields are restricted: a day that matches one of them will do

    /// The matching days of a month, bit n for day n.
    uint32_t in_month(int year, unsigned month) const;
    friend bool operator==(const day_rules&, const day_rules&) = default;
  };

  /// The first matching local time in [from_us, until_us), without regard to changes of the clock.
  std::optional<int64_t> next_local(int64_t from_us, int64_t until_us) const;
  /// The first matching second of a day at or after `second`.
  std::optional<int64_t> next_in_day(int64_t second) const;
  std::optional<int64_t> next_fixed(int64_t after_us, const time_zone& zone) const;
  std::optional<int64_t> next_of_interval(int64_t after_us, const time_zone& zone) const;

  uint64_t seconds_ = 1; // bit n for second n; so are the others
  uint64_t minutes_ = 0;
  uint32_t hours_ = 0;
  uint16_t months_ = 0; // January is bit 1
  day_rules days_;
  bool interval_ = false; // keeps to real time when clocks change
};

} // namespace steward::workflow::schedule
