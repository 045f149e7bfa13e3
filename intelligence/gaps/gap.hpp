#pragma once

#include "intelligence/gaps/calendar.hpp"
#include "workflow/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steward::intelligence::gaps {

enum class priority : uint8_t { low, medium, high, critical };
std::string_view to_string(priority p);

/// Time of a staff member that nobody has booked.
struct gap {
  std::string staff_id;
  std::string staff_name;
  std::chrono::year_month_day date; ///< The day of the calendar it was found in.
  interval time;
  std::vector<std::string> services_fittable; ///< Shortest first, of equal length by id.
  std::vector<std::string> best_packing;      ///< The services that bring `potential_revenue`.
  amount potential_revenue = 0;
  double score = 0; ///< 0 to 1: what `level` is taken from; for ranking gaps.
  priority level = priority::low;
};

/// How gaps are found and ranked.
struct gap_policy {
  /// Shorter ones are no gaps. At least one minute counts, whatever is set.
  int64_t shortest_us = 15LL * 60 * 1'000'000;
  /// The revenue at which a gap has the full share of revenue; 0: what the staff member's dearest
  /// service costs.
  amount full_revenue = 0;
  int64_t full_length_us =
      120LL * 60 * 1'000'000; ///< The length that has the full share of length.
  int64_t urgency_half_life_us = 12LL * 3600 * 1'000'000; ///< A gap this far off is half as urgent.
  double revenue_weight = 0.5; ///< The three weights are taken relative to their sum.
  double urgency_weight = 0.35;
  double length_weight = 0.15;
  double medium_from = 0.25; ///< Scores from which a gap has that priority.
  double high_from = 0.5;
  double critical_from = 0.75;
};

/// The score of a gap that lasts `length_us`, begins `ahead_us` from now (0 and less: now) and can
/// bring `revenue`: the weighted mean of revenue / full, 2^-(ahead / half life) and length / full,
/// each in [0, 1]. 0 for one that brings nothing.
double gap_score(const gap_policy& policy, amount revenue, amount full_revenue, int64_t ahead_us,
                 int64_t length_us);
priority priority_of(const gap_policy& policy, double score);

/// The free time of a day: working hours without breaks, absences, appointments with their buffers,
/// and what is over at `now_us`. Maximal (two gaps of a staff member never touch), disjoint, by
/// staff in the calendar's order (of two members with one id the first counts), then by time. A
/// service fits if its duration and buffers are no longer than the gap and the member has the
/// skill. Gaps into which nothing fits are told too, with priority low.
///
/// Never fails and never throws (but for memory). O(n log n) in the calendar's size plus, for each
/// staff member, O(services * minutes of the longest gap).
std::vector<gap> find_gaps(const day_calendar& calendar, int64_t now_us,
                           const gap_policy& policy = {});

/// The gap as a document: staff_id, staff_name, date, start_time, end_time (RFC 3339, UTC),
/// duration_minutes (rounded down), priority, potential_revenue, services_fittable. What a store
/// adds (id, status, attempts, times of writing) is the caller's.
workflow::value to_document(const gap& g);

} // namespace steward::intelligence::gaps
