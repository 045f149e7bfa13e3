#include "intelligence/customers/gamma_gamma.hpp"

#include "intelligence/statistics/minimize.hpp"
#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace steward::intelligence::customers {

using statistics::log_gamma;

namespace {

constexpr double prior_until = 200;
constexpr double prior_spread = 0.5; // of the parameters' logarithms
constexpr double prior_p = 6;        // the visits of a customer vary by about 40 %
constexpr double prior_q = 4;        // and the means of customers by about as much again

bool has_value(const visit_summary& c) {
  return c.repeats > 0 && c.mean_value > 0 && std::isfinite(c.repeats * c.mean_value);
}

/// p and gamma by their logarithms, q by that of q - 1.
gamma_gamma from_logs(const std::vector<double>& v, double unit) {
  return {std::exp(v[0]), 1 + std::exp(v[1]), std::exp(v[2]) * unit};
}

std::vector<double> to_logs(const gamma_gamma& m, double unit) {
  return {std::log(m.p), std::log(m.q - 1), std::log(m.gamma / unit)};
}

} // namespace

bool gamma_gamma::plausible() const {
  return std::isfinite(p + q + gamma) && p > 0 && q > 1 && gamma > 0;
}

double gamma_gamma::log_likelihood(double x, double m) const {
  return log_gamma(p * x + q) - log_gamma(p * x) - log_gamma(q) + q * std::log(gamma) +
         (p * x - 1) * std::log(m) + p * x * std::log(x) - (p * x + q) * std::log(gamma + x * m);
}

double gamma_gamma::population_mean() const { return p * gamma / (q - 1); }

double gamma_gamma::expected_value(const visit_summary& c) const {
  if (!has_value(c)) return population_mean();
  return p * (gamma + c.repeats * c.mean_value) / (p * c.repeats + q - 1);
}

gamma_gamma_fit fit_gamma_gamma(std::span<const visit_summary> customers, double prior_mean) {
  std::vector<visit_summary> known;
  double sum = 0;
  for (const auto& c : customers)
    if (has_value(c)) {
      known.push_back(c);
      sum += c.mean_value;
    }
  const auto n = static_cast<double>(known.size());
  if (!(prior_mean > 0) || !std::isfinite(prior_mean)) prior_mean = n > 0 ? sum / n : 1;
  const auto unit = prior_mean; // so that the search does not depend on the currency
  const gamma_gamma prior{prior_p, prior_q, prior_mean * (prior_q - 1) / prior_p};
  if (known.empty()) return {prior, 0, 0, true};
  // A sum in an order of its own, so that the customers' order does not matter.
  std::sort(known.begin(), known.end(), [](const visit_summary& a, const visit_summary& b) {
    return std::pair{a.repeats, a.mean_value} < std::pair{b.repeats, b.mean_value};
  });
  std::vector<double> log_values;
  for (const auto& c : known) log_values.push_back(std::log(c.mean_value));
  // What depends on the number of visits alone is worked out once for each number.
  const auto total = [&](const gamma_gamma& m) {
    double result = 0, x = 0, same = 0;
    for (size_t i = 0; i < known.size(); ++i) {
      if (known[i].repeats != x) {
        x = known[i].repeats;
        same = m.log_likelihood(x, 1) + (m.p * x + m.q) * std::log(m.gamma + x);
      }
      result += same + (m.p * x - 1) * log_values[i] -
                (m.p * x + m.q) * std::log(m.gamma + x * known[i].mean_value);
    }
    return result;
  };
  const auto centre = to_logs(prior, unit);
  const auto prior_weight = std::max(0.0, 1 - n / prior_until);
  const auto objective = [&](const std::vector<double>& logs) {
    double distance = 0;
    for (size_t i = 0; i < logs.size(); ++i) {
      if (std::abs(logs[i]) > 12) return std::numeric_limits<double>::infinity();
      distance += (logs[i] - centre[i]) * (logs[i] - centre[i]);
    }
    const auto penalty = prior_weight * distance / (2 * prior_spread * prior_spread);
    return (penalty - total(from_logs(logs, unit))) / n;
  };
  const std::array<gamma_gamma, 3> starts{prior, gamma_gamma{1, 2, unit},
                                          gamma_gamma{20, 3, unit / 10}};
  statistics::minimum best;
  for (size_t i = 0; i < starts.size(); ++i) {
    auto found = statistics::minimize(objective, to_logs(starts[i], unit),
                                      {.evaluations = 1000, .restarts = 2});
    if (i == 0 || found.value < best.value) best = std::move(found);
  }
  const auto model = from_logs(best.at, unit);
  return {model, total(model), n, best.settled};
}

} // namespace steward::intelligence::customers
