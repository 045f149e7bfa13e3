#pragma once

#include "intelligence/gaps/interval.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace steward::intelligence::gaps {

/// Amounts of money are whole numbers of whatever unit the tenant keeps its prices in; sums stay in
/// that unit. None is negative: a negative price counts as 0.
using amount = int64_t;

/// A stretch of a day on the wall clock: minutes since midnight, 0 to 2880; an end past 1440 lies
/// on the next day (a night shift). Values outside are cut to that, an inverted stretch is empty.
struct local_hours {
  int begin_minute = 0;
  int end_minute = 0;
  friend bool operator==(const local_hours&, const local_hours&) = default;
};

/// What a customer can book.
struct service {
  std::string id;
  int64_t duration_us = 0;
  int64_t buffer_before_us = 0; ///< Kept free before it (preparing); negative counts as 0.
  int64_t buffer_after_us = 0;  ///< Kept free after it (cleaning up); negative counts as 0.
  amount price = 0;

  /// Duration and buffers; 0 for a service of no duration, which fits nowhere.
  int64_t length_us() const;
};

/// Who does the work, and when.
struct staff_member {
  std::string id;
  std::string name;
  std::vector<std::string> skills; ///< Ids of services; empty: all of them.
  /// Index 0 is Sunday. Several stretches a day, in any order, overlapping or not.
  std::array<std::vector<local_hours>, 7> working_hours;
  std::array<std::vector<local_hours>, 7> breaks;
};

/// An appointment that stands (the caller leaves cancelled ones out). The buffers of its service
/// are kept free around it.
struct appointment {
  std::string staff_id;
  std::string service_id; ///< Unknown or empty: no buffers.
  interval time;
};

/// Vacation, illness, training. An empty staff id is everybody: the salon is closed.
struct time_off {
  std::string staff_id;
  interval time;
};

/// One day of a salon. Nothing in it needs to be sorted, complete or sane: ids that nobody knows
/// and stretches that are empty are passed over, what overlaps is taken once.
struct day_calendar {
  workflow::schedule::time_zone zone;
  std::chrono::year_month_day
      date; ///< On the wall clock of `zone`. One that is no date has no gaps.
  std::vector<staff_member> staff;
  std::vector<service> services; ///< Of two with the same id the first counts.
  std::vector<appointment> appointments;
  std::vector<time_off> absences;
};

/// The instants of a stretch of the day `date`: from the first instant at which the zone's clock
/// shows the begin or later, until the first at which it shows the end or later. So a stretch that
/// the clocks jump over is empty, an hour that occurs twice counts whole if the stretch goes on
/// after it, and its first pass only if the stretch ends within it.
interval instants_of(const local_hours& hours, std::chrono::year_month_day date,
                     const workflow::schedule::time_zone& zone);

/// When the staff member works on that day, breaks taken out: merged. A shift past midnight belongs
/// to the day on which it begins.
std::vector<interval> working_time(const staff_member& member, std::chrono::year_month_day date,
                                   const workflow::schedule::time_zone& zone);

} // namespace steward::intelligence::gaps
