#include "intelligence/customers/population.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace steward::intelligence::customers {

namespace {

constexpr double usual_response = 0.3;
constexpr double response_weight = 20;
constexpr double usual_interval = 42;
constexpr double interval_weight = 10; // intervals that the prior counts for

double mean_visit(const std::vector<visit_day>& days) {
  double sum = 0;
  for (const auto& d : days) sum += d.value;
  return days.empty() ? 0 : sum / static_cast<double>(days.size());
}

} // namespace

double quantile(std::vector<double> values, double part) {
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty()) return 0;
  const auto place = std::clamp(part, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::ceil(place));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

std::vector<visit_day> visit_days(const customer& c, const viewpoint& view) {
  std::vector<visit_day> days;
  for (const auto& v : c.visits)
    if (v.at_us <= view.now_us)
      days.push_back(
          {day_number(view.local_us(v.at_us)), static_cast<double>(std::max<int64_t>(v.value, 0))});
  std::sort(days.begin(), days.end(), [](const visit_day& a, const visit_day& b) {
    return a.day != b.day ? a.day < b.day : a.value < b.value;
  });
  size_t kept = 0;
  for (const auto& d : days) {
    if (kept > 0 && days[kept - 1].day == d.day)
      days[kept - 1].value += d.value;
    else
      days[kept++] = d;
  }
  days.resize(kept);
  return days;
}

population learn_population(std::span<const customer> customers, const viewpoint& view) {
  const auto today = view.today();
  std::vector<visit_summary> summaries;
  std::vector<double> intervals, year_values, visit_counts, visit_values;
  double sent = 0, answered = 0, services = 0, returned = 0, first_values = 0;
  for (const auto& c : customers) {
    for (const auto& m : c.messages)
      if (m.sent_us <= view.now_us) {
        sent += 1;
        answered += m.answered_us && *m.answered_us <= view.now_us ? 1 : 0;
      }
    const auto days = visit_days(c, view);
    if (days.empty()) continue;
    summaries.push_back(summarize(days, today));
    double year = 0;
    for (const auto& d : days) year += d.day > today - 365 ? d.value : 0;
    year_values.push_back(year);
    visit_counts.push_back(static_cast<double>(days.size()));
    visit_values.push_back(mean_visit(days));
    first_values += days.front().value;
    for (size_t i = 1; i < days.size(); ++i)
      intervals.push_back(static_cast<double>(days[i].day - days[i - 1].day));
    if (days.size() < 2) continue;
    std::set<std::string_view> different;
    for (const auto& v : c.visits)
      if (v.at_us <= view.now_us) different.insert(v.service_ids.begin(), v.service_ids.end());
    services += static_cast<double>(different.size());
    returned += 1;
  }
  population p;
  p.visits = fit_bg_nbd(summaries).model;
  const auto n = static_cast<double>(summaries.size());
  p.values = fit_gamma_gamma(summaries, n > 0 ? first_values / n : 0).model;
  const auto seen = static_cast<double>(intervals.size());
  p.usual_interval_days =
      std::max(1.0, (quantile(intervals, 0.5) * seen + usual_interval * interval_weight) /
                        (seen + interval_weight));
  p.response_rate = (answered + usual_response * response_weight) / (sent + response_weight);
  p.vip_value = quantile(year_values, 0.95);
  p.high_value = quantile(year_values, 0.8);
  p.most_visits = std::max(1.0, quantile(visit_counts, 0.95));
  p.usual_services = returned > 0 ? std::max(1.0, services / returned) : 1;
  p.high_visit_value = quantile(visit_values, 0.9);
  return p;
}

} // namespace steward::intelligence::customers
