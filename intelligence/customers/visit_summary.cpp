#include "intelligence/customers/visit_summary.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace steward::intelligence::customers {

namespace {

bool plausible(const visit_summary& c) {
  return std::isfinite(c.repeats) && std::isfinite(c.age_weeks) && c.repeats >= 0 &&
         c.last_week >= 0 && c.last_week <= c.age_weeks && (c.repeats > 0 || c.last_week == 0);
}

auto key(const visit_summary& c) { return std::tuple{c.repeats, c.last_week, c.age_weeks}; }

} // namespace

visit_summary summarize(std::span<const visit_day> visits, int64_t until_day) {
  std::vector<visit_day> known;
  for (const auto& v : visits)
    if (v.day <= until_day) known.push_back(v);
  if (known.empty()) return {.repeats = 0, .last_week = 0, .age_weeks = -1, .mean_value = 0};
  std::sort(known.begin(), known.end(),
            [](const visit_day& a, const visit_day& b) { return a.day < b.day; });
  const auto first = known.front().day;
  visit_summary result;
  result.age_weeks = static_cast<double>(until_day - first) / 7;
  result.last_week = static_cast<double>(known.back().day - first) / 7;
  double sum = 0;
  for (size_t i = 0; i < known.size(); ++i) {
    if (known[i].day == first) continue;
    if (known[i].day != known[i - 1].day) result.repeats += 1;
    sum += known[i].value;
  }
  if (result.repeats > 0) result.mean_value = sum / result.repeats;
  return result;
}

std::vector<weighted_summary> group(std::span<const visit_summary> customers) {
  std::vector<weighted_summary> sorted;
  for (const auto& c : customers)
    if (plausible(c)) sorted.push_back({c, 1});
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return key(a.customer) < key(b.customer); });
  size_t kept = 0;
  for (const auto& next : sorted) {
    if (kept > 0 && key(sorted[kept - 1].customer) == key(next.customer))
      sorted[kept - 1].weight += 1;
    else
      sorted[kept++] = next;
  }
  sorted.resize(kept);
  return sorted;
}

} // namespace steward::intelligence::customers
