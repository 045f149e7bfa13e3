#include "intelligence/noshow/calibration.hpp"

#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace steward::intelligence::noshow {

namespace {

struct block {
  double score_sum = 0;
  double positives = 0;
  double cases = 0;

  double mean() const { return positives / cases; }
};

/// Joins b to a.
void join(block& a, const block& b) {
  a.score_sum += b.score_sum;
  a.positives += b.positives;
  a.cases += b.cases;
}

} // namespace

double calibration::probability(double score) const {
  if (points.empty()) return statistics::logistic(slope * score + offset);
  const auto above = std::upper_bound(points.begin(), points.end(), score,
                                      [](double s, const point& p) { return s < p.score; });
  if (above == points.begin()) return points.front().probability;
  if (above == points.end()) return points.back().probability;
  const auto& low = *(above - 1);
  const auto part = (score - low.score) / (above->score - low.score);
  return low.probability + part * (above->probability - low.probability);
}

calibration calibrate_platt(std::span<const double> scores, std::span<const uint8_t> happened) {
  calibration result;
  const auto n = std::min(scores.size(), happened.size());
  if (n == 0) return result;
  double positives = 0;
  for (size_t i = 0; i < n; ++i) positives += happened[i] ? 1 : 0;
  const auto negatives = static_cast<double>(n) - positives;
  const auto yes = (positives + 1) / (positives + 2);
  const auto no = 1 / (negatives + 2);
  for (int step = 0; step < 50; ++step) {
    // Gradient and Hessian; a trace of ridge pulls to slope 1, offset 0.
    const double ridge = 1e-3;
    double g1 = ridge * (result.slope - 1), g2 = ridge * result.offset;
    double h11 = ridge, h12 = 0, h22 = ridge;
    for (size_t i = 0; i < n; ++i) {
      const auto p = statistics::logistic(result.slope * scores[i] + result.offset);
      const auto miss = p - (happened[i] ? yes : no);
      const auto w = std::max(p * (1 - p), 1e-9);
      g1 += miss * scores[i];
      g2 += miss;
      h11 += w * scores[i] * scores[i];
      h12 += w * scores[i];
      h22 += w;
    }
    const auto determinant = h11 * h22 - h12 * h12;
    const auto d1 = std::clamp((h22 * g1 - h12 * g2) / determinant, -1.0, 1.0);
    const auto d2 = std::clamp((h11 * g2 - h12 * g1) / determinant, -2.0, 2.0);
    if (!std::isfinite(d1 + d2)) break;
    result.slope -= d1;
    result.offset -= d2;
    if (std::abs(d1) + std::abs(d2) < 1e-10) break;
  }
  if (result.slope < 0) { // the scores say nothing: what is left is the share
    result.slope = 0;
    result.offset = statistics::logit((positives + 1) / (static_cast<double>(n) + 2));
  }
  return result;
}

calibration calibrate_isotonic(std::span<const double> scores, std::span<const uint8_t> happened,
                               size_t group) {
  const auto n = std::min(scores.size(), happened.size());
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  std::vector<block> blocks;
  for (size_t i = 0; i < n;) {
    block next;
    // Equal scores stay together; the last group takes what is too little for one more.
    do {
      join(next, {scores[order[i]], happened[order[i]] ? 1.0 : 0.0, 1});
      ++i;
    } while (i < n && (next.cases < static_cast<double>(std::max<size_t>(group, 1)) ||
                       n - i < group || scores[order[i]] == scores[order[i - 1]]));
    blocks.push_back(next);
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() >= blocks.back().mean()) {
      join(blocks[blocks.size() - 2], blocks.back());
      blocks.pop_back();
    }
  }
  calibration result;
  for (const auto& b : blocks) // as Laplace would say it: never 0, never 1
    result.points.push_back({b.score_sum / b.cases, (b.positives + 0.5) / (b.cases + 1)});
  for (size_t i = 1; i < result.points.size(); ++i)
    result.points[i].probability =
        std::max(result.points[i].probability, result.points[i - 1].probability);
  return result;
}

} // namespace steward::intelligence::noshow
