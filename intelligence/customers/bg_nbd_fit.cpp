#include "intelligence/customers/bg_nbd.hpp"
#include "intelligence/statistics/minimize.hpp"
#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace steward::intelligence::customers {

using statistics::log_gamma;

namespace {

/// The likelihood of all customers. What depends on the number of visits alone is worked out once
/// for each number, so a customer costs three logarithms.
class likelihood {
public:
  explicit likelihood(std::vector<weighted_summary> customers) : customers_(std::move(customers)) {}

  double total_weight() const {
    double sum = 0;
    for (const auto& c : customers_) sum += c.weight;
    return sum;
  }

  bool has_repeats() const {
    return std::any_of(customers_.begin(), customers_.end(),
                       [](const auto& c) { return c.customer.repeats > 0; });
  }

  double operator()(const bg_nbd& m) const {
    double sum = 0;
    double repeats = -1;
    double visits = 0; // the terms of that number of repeats
    double log_left = 0;
    for (const auto& [c, weight] : customers_) { // sorted by repeats
      if (c.repeats != repeats) {
        repeats = c.repeats;
        visits = log_gamma(m.r + repeats) - log_gamma(m.r) + m.r * std::log(m.alpha) +
                 log_gamma(m.a + m.b) + log_gamma(m.b + repeats) - log_gamma(m.b) -
                 log_gamma(m.a + m.b + repeats);
        if (repeats > 0) log_left = std::log(m.a) - std::log(m.b + repeats - 1);
      }
      const auto active = -(m.r + repeats) * std::log(m.alpha + c.age_weeks);
      sum += weight *
             (visits +
              (repeats == 0
                   ? active
                   : statistics::log_sum_exp(
                         active, log_left - (m.r + repeats) * std::log(m.alpha + c.last_week))));
    }
    return sum;
  }

  /// Every nth customer, for a first look.
  likelihood sample(size_t about) const {
    if (customers_.size() <= about) return *this;
    std::vector<weighted_summary> some;
    const auto stride = (customers_.size() + about - 1) / about;
    for (size_t i = stride / 2; i < customers_.size(); i += stride) some.push_back(customers_[i]);
    return likelihood{std::move(some)};
  }

private:
  std::vector<weighted_summary> customers_;
};

bg_nbd from_logs(const std::vector<double>& logs) {
  return {std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2]), std::exp(logs[3])};
}

std::vector<double> to_logs(const bg_nbd& m) {
  return {std::log(m.r), std::log(m.alpha), std::log(m.a), std::log(m.b)};
}

/// Squared distance from the prior in standard deviations, halved: minus its logarithm.
double distance(const std::vector<double>& logs, const bg_nbd_fit_options& options) {
  const auto centre = to_logs(options.prior);
  double sum = 0;
  for (size_t i = 0; i < logs.size(); ++i) sum += (logs[i] - centre[i]) * (logs[i] - centre[i]);
  return sum / (2 * options.prior_spread * options.prior_spread);
}

} // namespace

bg_nbd_fit fit_bg_nbd(std::span<const visit_summary> customers, const bg_nbd_fit_options& options) {
  const likelihood all{group(customers)};
  const auto n = all.total_weight();
  if (!all.has_repeats()) return {options.prior, all(options.prior), n, true};
  const auto prior_weight =
      options.prior_until > 0 ? std::max(0.0, 1 - n / options.prior_until) : 0;
  const auto objective = [&](const likelihood& l) {
    return [&l, &options, prior_weight, scale = l.total_weight()](const std::vector<double>& logs) {
      for (auto v : logs)
        if (std::abs(v) > 12) return std::numeric_limits<double>::infinity();
      const auto penalty = prior_weight > 0 ? prior_weight * distance(logs, options) : 0;
      return (penalty - l(from_logs(logs))) / scale;
    };
  };

  // A first look from far apart at some of the customers, then the best ends with all of them.
  const std::array<bg_nbd, 6> starts{options.prior,          bg_nbd{1, 1, 1, 1},
                                     bg_nbd{0.2, 4, 0.5, 2}, bg_nbd{0.5, 10, 1, 10},
                                     bg_nbd{2, 20, 0.2, 1},  bg_nbd{0.1, 0.5, 2, 2}};
  const auto some = all.sample(1500);
  std::vector<statistics::minimum> ends;
  for (const auto& start : starts)
    ends.push_back(statistics::minimize(
        objective(some), to_logs(start),
        {.first_step = 0.5, .tolerance = 1e-7, .evaluations = 500, .restarts = 1}));
  std::stable_sort(ends.begin(), ends.end(),
                   [](const auto& a, const auto& b) { return a.value < b.value; });
  statistics::minimum best;
  for (size_t i = 0; i < 2; ++i) {
    auto found = statistics::minimize(
        objective(all), ends[i].at,
        {.first_step = 0.2, .tolerance = 1e-11, .evaluations = 1500, .restarts = 3});
    if (i == 0 || found.value < best.value) best = std::move(found);
  }
  const auto model = from_logs(best.at);
  return {model, all(model), n, best.settled};
}

} // namespace steward::intelligence::customers
