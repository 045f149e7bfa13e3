#pragma once

#include "intelligence/noshow/feature_table.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace steward::intelligence::noshow {

/// One appointment of a customer. Times are microseconds since 1970, UTC.
struct booking {
  std::string customer_id;
  int64_t booked_us = 0; ///< When it was made.
  int64_t starts_us = 0;
  bool missed = false; ///< What became of it; looked at only once it is known.
};

/// All bookings of a tenant, to ask what was known of a customer at a moment: a booking from
/// `booked_us` on, its outcome from `starts_us` + `known_after_us` on. What came later has no part
/// in any answer, so features for training are what they would have been then.
///
/// Building is O(n log n), asking O(log n). Bookings may come in any order and from any input: one
/// that starts before it was booked counts as booked when it starts.
class booking_history {
public:
  booking_history(const std::vector<booking>& bookings, int64_t known_after_us);

  /// What a booking looks like at `now_us`, for the columns of `add_columns`. The booking itself
  /// may be among those of the history or not (`itself_known`).
  struct features {
    double lead_days = 0;         ///< From booking to start; 0 if booked after it.
    double past = 0;              ///< Bookings of the customer whose outcome is known.
    double past_missed = 0;       ///< Those of them that were missed.
    double missed_rate = 0;       ///< Of those, shrunken towards the tenant's rate then (weight 3).
    double recent_rate = 0;       ///< The same, with a weight that halves every 20 days of age.
    double last_missed = missing; ///< 1 or 0: the latest whose outcome is known; missing: none.
    double kept_in_a_row = 0;     ///< Since the last that was missed.
    double days_since_last = missing;
    double open = 0;            ///< Others that are booked and whose outcome is not known.
    double same_day = 0;        ///< Others of the customer within the 12 hours around its start.
    double booked_together = 0; ///< Others that were booked within the hour around it.
    double days_since_booked = missing; ///< From the booking before this one to this one.
    double booked_since = 0; ///< Others that were made since (an hour or more after this one).
    double kept_since = 0;   ///< Appointments kept since this one was made, as far as known.
    double missed_since = 0; ///< The same, missed.
    double days_to_next = missing; ///< To the nearest other open one, before (negative) or after.
    double tenant_rate = 0;        ///< Missed share of all bookings known then (shrunken to 0.2).
  };
  features at(const booking& which, int64_t now_us, bool itself_known = true) const;

private:
  /// A customer's bookings by start, with sums over all up to each.
  struct by_start {
    std::vector<int64_t> known_us;  // sorted
    std::vector<int64_t> booked_us; // in the order of `known_us`
    std::vector<uint32_t> missed;   // among the first i + 1
    std::vector<double> decayed;    // sum of 2^((known - origin) / half life), all
    std::vector<double> decayed_missed;
    std::vector<uint32_t> kept_streak; // up to the ith
    std::vector<int64_t> booked_sorted_us;
  };

  std::unordered_map<std::string, by_start> customers_;
  std::vector<int64_t> known_us_; // of all, sorted
  std::vector<uint32_t> missed_;
  int64_t known_after_us_;
};

/// Adds the columns for `features`, and the wall clock's: start_weekday, start_hour,
/// booked_weekday, booked_hour.
class booking_columns {
public:
  explicit booking_columns(feature_table& table);
  /// Fills them in the table's last row.
  void fill(feature_table& table, const booking& which, const booking_history::features& f,
            const workflow::schedule::time_zone& zone) const;

private:
  size_t first_;
};

} // namespace steward::intelligence::noshow
