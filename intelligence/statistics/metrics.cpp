#include "intelligence/statistics/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace steward::intelligence::statistics {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The cases by score, lowest first.
std::vector<size_t> order_of(std::span<const double> scores, size_t n) {
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  return order;
}

} // namespace

double area_under_curve(std::span<const double> scores, std::span<const uint8_t> happened) {
  const auto n = std::min(scores.size(), happened.size());
  if (n == 0) return nan;
  const auto order = order_of(scores, n);
  double positives = 0;
  double rank_sum = 0;
  for (size_t i = 0; i < n;) {
    auto end = i;
    double here = 0;
    while (end < n && scores[order[end]] == scores[order[i]])
      here += happened[order[end++]] ? 1 : 0;
    if (end == i) return nan;                                  // a score that is no number
    rank_sum += here * (static_cast<double>(i + end) + 1) / 2; // the mean of ranks i+1 .. end
    positives += here;
    i = end;
  }
  const auto negatives = static_cast<double>(n) - positives;
  if (positives == 0 || negatives == 0) return 0.5;
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

double brier_score(std::span<const double> probabilities, std::span<const uint8_t> happened) {
  const auto n = std::min(probabilities.size(), happened.size());
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const auto miss = probabilities[i] - (happened[i] ? 1 : 0);
    sum += miss * miss;
  }
  return n == 0 ? nan : sum / static_cast<double>(n);
}

double log_loss(std::span<const double> probabilities, std::span<const uint8_t> happened) {
  const auto n = std::min(probabilities.size(), happened.size());
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const auto p = std::clamp(probabilities[i], 1e-12, 1 - 1e-12);
    sum -= std::log(happened[i] ? p : 1 - p);
  }
  return n == 0 ? nan : sum / static_cast<double>(n);
}

double calibration_error(std::span<const double> probabilities, std::span<const uint8_t> happened) {
  const auto n = std::min(probabilities.size(), happened.size());
  if (n == 0) return nan;
  const auto order = order_of(probabilities, n);
  double sum = 0;
  for (size_t group = 0; group < 10; ++group) {
    double difference = 0;
    for (auto i = n * group / 10; i < n * (group + 1) / 10; ++i)
      difference += probabilities[order[i]] - (happened[order[i]] ? 1 : 0);
    sum += std::abs(difference);
  }
  return sum / static_cast<double>(n);
}

} // namespace steward::intelligence::statistics
