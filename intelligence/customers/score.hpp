#pragma once

#include "intelligence/customers/population.hpp"
#include "workflow/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steward::intelligence::customers {

enum class segment : uint8_t { vip, high_value, regular, new_customer, at_risk };
/// vip, high_value, regular, new, at_risk.
std::string_view to_string(segment s);

/// What a customer is worth and likely to do. Days are days since 1970 on the tenant's calendar.
struct customer_score {
  std::string customer_id;
  segment group = segment::new_customer;

  double total = 0;          ///< All that was paid.
  double last_12_months = 0; ///< In the last 365 days.
  double projected_annual =
      0; ///< Expected visits (BG/NBD) in 52 weeks times a visit's (Gamma-Gamma).
  double average_per_visit = 0;

  int64_t visits = 0; ///< Days with a visit.
  int64_t last_90_days = 0;
  double average_days_between =
      0; ///< Own mean, shrunken to the population's; see `usual_interval`.
  std::optional<int64_t> last_visit;
  std::optional<int64_t> next_predicted; ///< Never before today.

  double churn_risk = 0; ///< 0 to 100: the chance of no visit within 26 weeks (BG/NBD), in percent.
  /// Why, worst first: overdue, decreasing_frequency, single_visit, declining_spend,
  /// missed_appointments, not_responding.
  std::vector<std::string> churn_factors;

  std::vector<std::string> preferred_staff;      ///< At most 3, most frequent (lately) first.
  std::vector<std::string> preferred_services;   ///< At most 3.
  std::vector<std::string> preferred_time_slots; ///< Of morning, afternoon, evening, weekend.

  bool whatsapp_opt_in = false;
  double response_rate = 0; ///< 0 to 1, shrunken to the population's (weight of 4 messages).
  std::optional<int64_t> last_response;

  double retention = 0; ///< 0 to 100: 100 - churn risk.
  double upsell = 0;    ///< 0 to 100: how much more a visit could bring; see `score_customer`.
  double referral = 0;  ///< 0 to 100: how likely a recommendation is; see `score_customer`.
};

/// Scores one customer. Segments, the first that holds: new (at most 2 visits, the first within 90
/// days, or none at all), at_risk (2 visits or more, churn risk of 60 or more), vip and high_value
/// (by the population's quantiles of the last 12 months), regular.
///
/// upsell and referral are rules of thumb, not models: upsell is the chance of a visit times the
/// mean of what is not spent yet (below the population's dear visits), of services not tried yet
/// and of the response rate; referral is the chance of a visit times the mean of loyalty (visits
/// beside the most loyal's), the response rate and reliability (appointments kept).
customer_score score_customer(const customer& c, const population& p, const viewpoint& view);

/// As a document: segment, ltv, visit_frequency, churn_risk, preferences, engagement, scores. Dates
/// are `2024-01-15`, or null; last_assessment is the day of looking. Ids and times of writing are
/// the caller's.
workflow::value to_document(const customer_score& s, const viewpoint& view);

/// Days between visits, as far as known: mean of own intervals and the population's (weight 2).
double usual_interval(const std::vector<visit_day>& days, const population& p);

/// What makes a customer likely to leave, worst first.
std::vector<std::string> churn_factors(const customer& c, const std::vector<visit_day>& days,
                                       const population& p, const viewpoint& view);

/// Fills the score's preferences: what makes up at least a third of the (recent) visits, and time
/// slots that make up more than half. A visit counts half when it is half a year old. One visit
/// alone is no preference.
void fill_preferences(customer_score& score, const customer& c, const viewpoint& view);

} // namespace steward::intelligence::customers
