#include "intelligence/customers/score.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>

namespace steward::intelligence::customers {

namespace {

/// How bad each is, from 0 (not at all); 1 and more is worth telling.
struct factor {
  const char* name;
  double weight;
};

double mean_interval(const std::vector<visit_day>& days, size_t from, size_t to) {
  return static_cast<double>(days[to].day - days[from].day) / static_cast<double>(to - from);
}

/// Later intervals against earlier ones: of 4 visits or more, halves.
double slowing(const std::vector<visit_day>& days) {
  if (days.size() < 4) return 0;
  const auto middle = days.size() / 2;
  const auto earlier = mean_interval(days, 0, middle);
  const auto later = mean_interval(days, middle, days.size() - 1);
  return later / std::max(earlier, 1.0) / 1.4; // 40 % longer
}

double declining(const std::vector<visit_day>& days) {
  if (days.size() < 4) return 0;
  const auto middle = days.size() / 2;
  double earlier = 0, later = 0;
  for (size_t i = 0; i < days.size(); ++i) (i < middle ? earlier : later) += days[i].value;
  earlier /= static_cast<double>(middle);
  later /= static_cast<double>(days.size() - middle);
  return earlier > 0 ? 0.7 * earlier / std::max(later, earlier * 0.01) : 0; // 30 % less
}

double missing_appointments(const customer& c, const viewpoint& view) {
  double recent = 0;
  for (auto when : c.missed_us) {
    const auto age = static_cast<double>(view.now_us) - static_cast<double>(when);
    recent += age >= 0 && age <= 180.0 * day_us ? 1 : 0;
  }
  return recent / 2;
}

double silent(const customer& c, const viewpoint& view) {
  double unanswered = 0;
  for (const auto& m : c.messages)
    if (m.sent_us <= view.now_us) {
      if (m.answered_us && *m.answered_us <= view.now_us) return 0;
      unanswered += 1;
    }
  return unanswered / 3;
}

} // namespace

std::vector<std::string> churn_factors(const customer& c, const std::vector<visit_day>& days,
                                       const population& p, const viewpoint& view) {
  std::vector<factor> factors;
  if (!days.empty()) {
    const auto today = view.today();
    const auto since = static_cast<double>(today - days.back().day);
    factors.push_back({"overdue", since / usual_interval(days, p) / 1.5});
    if (days.size() == 1) factors.push_back({"single_visit", 1});
  }
  factors.push_back({"decreasing_frequency", slowing(days)});
  factors.push_back({"declining_spend", declining(days)});
  factors.push_back({"missed_appointments", missing_appointments(c, view)});
  factors.push_back({"not_responding", silent(c, view)});
  std::erase_if(factors, [](const factor& f) { return !(f.weight >= 1); });
  std::stable_sort(factors.begin(), factors.end(),
                   [](const factor& a, const factor& b) { return a.weight > b.weight; });
  std::vector<std::string> names;
  for (const auto& f : factors) names.emplace_back(f.name);
  return names;
}

} // namespace steward::intelligence::customers
