#include "intelligence/gaps/gap.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::gaps {

namespace {

/// part / whole, cut to [0, 1]; 1 if there is no whole to compare with.
double share(double part, double whole) {
  if (!(whole > 0)) return 1;
  return std::clamp(part / whole, 0.0, 1.0);
}

} // namespace

std::string_view to_string(priority p) {
  switch (p) {
  case priority::low:
    return "low";
  case priority::medium:
    return "medium";
  case priority::high:
    return "high";
  case priority::critical:
    return "critical";
  }
  return "low";
}

double gap_score(const gap_policy& policy, amount revenue, amount full_revenue, int64_t ahead_us,
                 int64_t length_us) {
  if (revenue <= 0) return 0;
  const auto weights = policy.revenue_weight + policy.urgency_weight + policy.length_weight;
  if (!(weights > 0)) return 0;
  const auto half_lives = static_cast<double>(std::max<int64_t>(ahead_us, 0)) /
                          static_cast<double>(std::max<int64_t>(policy.urgency_half_life_us, 1));
  const auto sum = policy.revenue_weight *
                       share(static_cast<double>(revenue), static_cast<double>(full_revenue)) +
                   policy.urgency_weight * std::exp2(-half_lives) +
                   policy.length_weight * share(static_cast<double>(length_us),
                                                static_cast<double>(policy.full_length_us));
  return std::clamp(sum / weights, 0.0, 1.0);
}

priority priority_of(const gap_policy& policy, double score) {
  if (score >= policy.critical_from) return priority::critical;
  if (score >= policy.high_from) return priority::high;
  if (score >= policy.medium_from) return priority::medium;
  return priority::low;
}

} // namespace steward::intelligence::gaps
