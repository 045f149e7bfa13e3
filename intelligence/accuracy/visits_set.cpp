#include "intelligence/accuracy/visits_set.hpp"

#include "intelligence/customers/gamma_gamma.hpp"
#include "intelligence/instants.hpp"
#include "intelligence/statistics/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace steward::intelligence::accuracy {

namespace {

using namespace customers;

constexpr int64_t cdnow_middle = 10'134; // 30 September 1997
constexpr int64_t cdnow_end = 10'407;    // 30 June 1998

/// The last day that counts as known.
int64_t middle_of(const visits_set& set) {
  if (set.first_day < cdnow_middle && set.last_day > cdnow_middle && set.last_day <= cdnow_end)
    return cdnow_middle;
  return set.first_day + (set.last_day - set.first_day) / 2;
}

int64_t end_of(const visits_set& set) {
  return middle_of(set) == cdnow_middle ? cdnow_end : set.last_day;
}

/// The customers who had come by the middle, as they looked then.
std::vector<visit_summary> known_at_middle(const visits_set& set) {
  std::vector<visit_summary> known;
  for (const auto& visits : set.customers)
    if (auto c = summarize(visits, middle_of(set)); c.age_weeks >= 0) known.push_back(c);
  return known;
}

struct later {
  double visits = 0;
  double mean_value = 0;
};

/// What happened after the middle; visits on one day are one.
later after_middle(const std::vector<visit_day>& visits, int64_t middle) {
  std::map<int64_t, double> days;
  double sum = 0;
  for (const auto& v : visits)
    if (v.day > middle) {
      days[v.day] += v.value;
      sum += v.value;
    }
  const auto n = static_cast<double>(days.size());
  return {n, n > 0 ? sum / n : 0};
}

workflow::value parameters(const bg_nbd& m) {
  return workflow::value::object({{"r", m.r}, {"alpha", m.alpha}, {"a", m.a}, {"b", m.b}});
}

} // namespace

outcome<visits_set, std::string> visits_set::from(const csv_table& table) {
  const auto id = table.column("customer_id");
  const auto date = table.column("date");
  const auto dollars = table.column("dollars");
  if (!id || !date || !dollars)
    return failed{std::string{"expected the columns customer_id, date, dollars"}};
  std::map<std::string_view, std::vector<visit_day>> by_id;
  visits_set set;
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto when = parse_instant(table.at(row, *date));
    const auto value = number_of(table.at(row, *dollars));
    if (!when || !value) continue;
    const auto day = day_number(*when);
    if (by_id.empty()) set.first_day = set.last_day = day;
    set.first_day = std::min(set.first_day, day);
    set.last_day = std::max(set.last_day, day);
    by_id[table.at(row, *id)].push_back({day, *value});
  }
  if (by_id.empty()) return failed{std::string{"no row has a date and a value"}};
  for (auto& [customer, visits] : by_id) set.customers.push_back(std::move(visits));
  return set;
}

workflow::value measure_visits(const visits_set& train, const visits_set& test) {
  const auto train_known = known_at_middle(train);
  const auto test_known = known_at_middle(test);
  const auto visits = fit_bg_nbd(train_known);
  const auto values = fit_gamma_gamma(train_known);
  const auto own = fit_bg_nbd(test_known);

  const auto middle = middle_of(test);
  const auto weeks = static_cast<double>(end_of(test) - middle) / 7;
  double squares = 0, own_squares = 0, absolute = 0, forecast = 0, happened = 0;
  double value_absolute = 0, valued = 0;
  std::vector<double> risk;
  std::vector<uint8_t> gone;
  for (const auto& customer : test.customers) {
    const auto c = summarize(customer, middle);
    if (c.age_weeks < 0) continue;
    const auto what = after_middle(customer, middle);
    const auto expected = visits.model.expected_visits(c, weeks);
    const auto own_miss = own.model.expected_visits(c, weeks) - what.visits;
    squares += (expected - what.visits) * (expected - what.visits);
    own_squares += own_miss * own_miss;
    absolute += std::abs(expected - what.visits);
    forecast += expected;
    happened += what.visits;
    risk.push_back(1 - visits.model.probability_of_visit(c, weeks));
    gone.push_back(what.visits == 0 ? 1 : 0);
    if (c.repeats > 0 && what.visits > 0) {
      value_absolute += std::abs(values.model.expected_value(c) - what.mean_value);
      valued += 1;
    }
  }
  const auto n = static_cast<double>(risk.size());
  return workflow::value::object({
      {"customers", static_cast<int64_t>(risk.size())},
      {"train_customers", static_cast<int64_t>(train_known.size())},
      {"rmse", std::sqrt(squares / n)},
      {"rmse_own_fit", std::sqrt(own_squares / n)},
      {"mae", absolute / n},
      {"bias", forecast / happened},
      {"churn_auc", statistics::area_under_curve(risk, gone)},
      {"churn_brier", statistics::brier_score(risk, gone)},
      {"value_mae", value_absolute / valued},
      {"fit_train", parameters(visits.model)},
      {"fit_own", parameters(own.model)},
      {"fit_own_log_likelihood", own.log_likelihood},
      {"gamma_gamma",
       workflow::value::object(
           {{"p", values.model.p}, {"q", values.model.q}, {"gamma", values.model.gamma}})},
  });
}

} // namespace steward::intelligence::accuracy
