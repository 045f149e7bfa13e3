#include "intelligence/customers/score.hpp"
#include "intelligence/instants.hpp"

#include <cmath>

namespace steward::intelligence::customers {

namespace {

using workflow::value;

value texts(const std::vector<std::string>& items) {
  return value::array(std::vector<value>(items.begin(), items.end()));
}

value date(const std::optional<int64_t>& day) { return day ? value{date_text(*day)} : value{}; }

/// Whole, as amounts and scores are shown.
value whole(double number) {
  return std::abs(number) < 9e15 ? value{static_cast<int64_t>(std::llround(number))}
                                 : value{number};
}

} // namespace

value to_document(const customer_score& s, const viewpoint& view) {
  const auto today = view.today();
  return value::object({
      {"customer_id", s.customer_id},
      {"segment", to_string(s.group)},
      {"ltv", value::object({{"total", whole(s.total)},
                             {"last_12_months", whole(s.last_12_months)},
                             {"projected_annual", whole(s.projected_annual)},
                             {"average_per_visit", whole(s.average_per_visit)}})},
      {"visit_frequency", value::object({{"total_visits", s.visits},
                                         {"last_90_days", s.last_90_days},
                                         {"average_days_between", whole(s.average_days_between)},
                                         {"last_visit", date(s.last_visit)},
                                         {"next_predicted", date(s.next_predicted)}})},
      {"churn_risk", value::object({{"score", whole(s.churn_risk)},
                                    {"factors", texts(s.churn_factors)},
                                    {"last_assessment", date_text(today)}})},
      {"preferences", value::object({{"preferred_staff", texts(s.preferred_staff)},
                                     {"preferred_services", texts(s.preferred_services)},
                                     {"preferred_time_slots", texts(s.preferred_time_slots)}})},
      {"engagement", value::object({{"whatsapp_opt_in", s.whatsapp_opt_in},
                                    {"response_rate", std::round(s.response_rate * 1000) / 1000},
                                    {"last_response", date(s.last_response)}})},
      {"scores", value::object({{"retention", whole(s.retention)},
                                {"upsell", whole(s.upsell)},
                                {"referral", whole(s.referral)}})},
  });
}

} // namespace steward::intelligence::customers
