#include "intelligence/statistics/minimize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace steward::intelligence::statistics {

namespace {

using point = std::vector<double>;

struct corner {
  point at;
  double value;
};

class simplex {
public:
  simplex(const std::function<double(const point&)>& f, size_t dimensions)
      : f_(f), n_(static_cast<double>(dimensions)) {}

  size_t evaluations = 0;

  void build(const corner& start, double step) {
    corners_ = {start};
    for (size_t i = 0; i < start.at.size(); ++i) {
      auto moved = start.at;
      moved[i] += step;
      corners_.push_back(evaluate(moved));
    }
    sort();
  }

  corner evaluate(const point& at) {
    ++evaluations;
    const auto value = f_(at);
    return {at, std::isnan(value) ? std::numeric_limits<double>::infinity() : value};
  }

  const corner& best() const { return corners_.front(); }

  bool settled(double tolerance) const {
    const auto& low = corners_.front();
    const auto& high = corners_.back();
    if (!(high.value - low.value <= tolerance * (std::abs(low.value) + tolerance))) return false;
    for (const auto& c : corners_)
      for (size_t i = 0; i < c.at.size(); ++i)
        if (std::abs(c.at[i] - low.at[i]) > std::sqrt(tolerance) * (1 + std::abs(low.at[i])))
          return false;
    return true;
  }

  /// One step: the worst corner is reflected, moved out or in; or all move to the best.
  void step() {
    auto& worst = corners_.back();
    const auto centre = centre_without_worst();
    const auto along = [&](double t) {
      auto at = centre;
      for (size_t i = 0; i < at.size(); ++i) at[i] += t * (worst.at[i] - centre[i]);
      return evaluate(at);
    };
    const auto reflected = along(-1);
    if (reflected.value < best().value) {
      const auto expanded = along(-(1 + 2 / n_));
      worst = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners_[corners_.size() - 2].value) {
      worst = reflected;
    } else {
      const auto inward = 0.75 - 1 / (2 * n_);
      const auto contracted = along(reflected.value < worst.value ? -inward : inward);
      if (contracted.value < std::min(reflected.value, worst.value))
        worst = contracted;
      else
        shrink();
    }
    sort();
  }

private:
  void sort() {
    std::stable_sort(corners_.begin(), corners_.end(),
                     [](const corner& a, const corner& b) { return a.value < b.value; });
  }

  point centre_without_worst() const {
    point centre(corners_.front().at.size(), 0.0);
    for (size_t c = 0; c + 1 < corners_.size(); ++c)
      for (size_t i = 0; i < centre.size(); ++i) centre[i] += corners_[c].at[i] / n_;
    return centre;
  }

  void shrink() {
    const auto towards = corners_.front().at;
    for (size_t c = 1; c < corners_.size(); ++c) {
      for (size_t i = 0; i < towards.size(); ++i)
        corners_[c].at[i] =
            towards[i] + std::max(0.5, 1 - 1 / n_) * (corners_[c].at[i] - towards[i]);
      corners_[c] = evaluate(corners_[c].at);
    }
  }

  const std::function<double(const point&)>& f_;
  double n_;
  std::vector<corner> corners_;
};

} // namespace

minimum minimize(const std::function<double(const std::vector<double>&)>& f,
                 std::vector<double> start, const minimize_options& options) {
  simplex s{f, std::max<size_t>(start.size(), 2)};
  auto best = s.evaluate(start);
  minimum result;
  if (start.empty()) return {start, best.value, true, 1};
  for (size_t round = 0; round <= options.restarts; ++round) {
    const auto before = best.value;
    s.build(best, round % 2 == 0 ? options.first_step : -options.first_step / 2);
    while (!(result.settled = s.settled(options.tolerance)) && s.evaluations < options.evaluations)
      s.step();
    if (s.best().value < best.value) best = s.best();
    if (s.evaluations >= options.evaluations) break;
    if (before - best.value <= options.tolerance * (std::abs(best.value) + options.tolerance))
      break;
  }
  result.at = best.at;
  result.value = best.value;
  result.evaluations = s.evaluations;
  return result;
}

} // namespace steward::intelligence::statistics
