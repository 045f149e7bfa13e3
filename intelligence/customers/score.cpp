#include "intelligence/customers/score.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace steward::intelligence::customers {

namespace {

constexpr double interval_weight = 2; // own intervals that the population's counts for
constexpr double response_weight = 4;
constexpr double churn_weeks = 26;
constexpr double at_risk_from = 60;
constexpr int64_t new_days = 90;

double share(double part, double whole) {
  return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0;
}

segment segment_of(const customer_score& s, int64_t first_day, int64_t today, const population& p) {
  if (s.visits == 0 || (s.visits <= 2 && today - first_day <= new_days))
    return segment::new_customer;
  if (s.visits >= 2 && s.churn_risk >= at_risk_from) return segment::at_risk;
  if (s.last_12_months > 0 && s.last_12_months >= p.vip_value) return segment::vip;
  if (s.last_12_months > 0 && s.last_12_months >= p.high_value) return segment::high_value;
  return segment::regular;
}

void fill_engagement(customer_score& s, const customer& c, const population& p,
                     const viewpoint& view) {
  s.whatsapp_opt_in = c.whatsapp_opt_in;
  double sent = 0, answered = 0;
  for (const auto& m : c.messages) {
    if (m.sent_us > view.now_us) continue;
    sent += 1;
    if (!m.answered_us || *m.answered_us > view.now_us) continue;
    answered += 1;
    const auto day = day_number(view.local_us(*m.answered_us));
    s.last_response = std::max(s.last_response.value_or(day), day);
  }
  s.response_rate = (answered + response_weight * p.response_rate) / (sent + response_weight);
}

void fill_money(customer_score& s, const std::vector<visit_day>& days, int64_t today) {
  for (const auto& d : days) {
    s.total += d.value;
    if (d.day > today - 365) s.last_12_months += d.value;
    if (d.day > today - 90) ++s.last_90_days;
  }
  if (!days.empty()) s.average_per_visit = s.total / static_cast<double>(days.size());
}

/// Different services the customer has had.
double services_tried(const customer& c, const viewpoint& view) {
  std::set<std::string_view> different;
  for (const auto& v : c.visits)
    if (v.at_us <= view.now_us) different.insert(v.service_ids.begin(), v.service_ids.end());
  return static_cast<double>(different.size());
}

} // namespace

std::string_view to_string(segment s) {
  switch (s) {
  case segment::vip:
    return "vip";
  case segment::high_value:
    return "high_value";
  case segment::regular:
    return "regular";
  case segment::new_customer:
    return "new";
  case segment::at_risk:
    return "at_risk";
  }
  return "regular";
}

double usual_interval(const std::vector<visit_day>& days, const population& p) {
  if (days.size() < 2) return p.usual_interval_days;
  const auto own = static_cast<double>(days.back().day - days.front().day);
  const auto intervals = static_cast<double>(days.size() - 1);
  return std::max(1.0,
                  (own + interval_weight * p.usual_interval_days) / (intervals + interval_weight));
}

customer_score score_customer(const customer& c, const population& p, const viewpoint& view) {
  const auto today = view.today();
  const auto days = visit_days(c, view);
  customer_score s;
  s.customer_id = c.id;
  s.visits = static_cast<int64_t>(days.size());
  fill_money(s, days, today);
  fill_engagement(s, c, p, view);
  fill_preferences(s, c, view);

  s.average_days_between = usual_interval(days, p);
  double coming = 0; // the chance of a visit in the weeks that churn is told of
  if (!days.empty()) {
    auto summary = summarize(days, today);
    const auto all_visits = summary;
    // A visit's worth: from all visits if there is but the first one.
    if (summary.repeats == 0 && days.front().value > 0) {
      summary.repeats = 1;
      summary.mean_value = days.front().value;
    }
    s.projected_annual =
        p.visits.expected_visits(all_visits, 52) * p.values.expected_value(summary);
    coming = p.visits.probability_of_visit(all_visits, churn_weeks);
    s.last_visit = days.back().day;
    s.next_predicted = std::max(
        today, days.back().day + static_cast<int64_t>(std::llround(s.average_days_between)));
  }
  s.churn_risk = days.empty() ? 0 : std::round(100 * (1 - coming));
  s.churn_factors = churn_factors(c, days, p, view);
  s.group = segment_of(s, days.empty() ? today : days.front().day, today, p);

  s.retention = 100 - s.churn_risk;
  const auto unspent = 1 - share(s.average_per_visit, p.high_visit_value);
  const auto untried = 1 - share(services_tried(c, view), 2 * p.usual_services);
  s.upsell = std::round(100 * coming * (unspent + untried + s.response_rate) / 3);
  const auto missed = static_cast<double>(std::count_if(
      c.missed_us.begin(), c.missed_us.end(), [&](int64_t when) { return when <= view.now_us; }));
  const auto visits = static_cast<double>(s.visits);
  const auto reliable = (visits + 1) / (visits + missed + 1);
  s.referral =
      std::round(100 * coming * (share(visits, p.most_visits) + s.response_rate + reliable) / 3);
  return s;
}

} // namespace steward::intelligence::customers
