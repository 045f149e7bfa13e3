#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace steward::intelligence::customers {

/// What the visit models need to know of a customer, as of the moment of looking. The unit of time
/// is the week; visits on one day are one visit.
struct visit_summary {
  double repeats = 0; ///< Visits after the first ("x", frequency).
  double last_week =
      0; ///< Weeks from the first visit to the last ("t_x", recency); 0 if no repeats.
  double age_weeks = 0;  ///< Weeks from the first visit to the moment of looking ("T").
  double mean_value = 0; ///< Mean value of the repeat visits ("m_x"); 0 if none.
};

/// A day on which the customer came, and what was paid on it.
struct visit_day {
  int64_t day = 0; ///< Days since 1970, on the tenant's wall clock.
  double value = 0;
};

/// Sums up visits (in any order) up to and including `until_day`; later ones are not known yet. A
/// customer without visits until then has an age below 0.
visit_summary summarize(std::span<const visit_day> visits, int64_t until_day);

/// A summary and how many customers share it: much of a likelihood is the same sum again.
struct weighted_summary {
  visit_summary customer;
  double weight = 1;
};

/// Joins equal ones (without regard to `mean_value`) and leaves out those that can't be: negative
/// or non-finite numbers, a last visit after the moment of looking. Sorted, so the order of the
/// customers can't change a fit.
std::vector<weighted_summary> group(std::span<const visit_summary> customers);

} // namespace steward::intelligence::customers
