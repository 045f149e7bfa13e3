#include "intelligence/customers/bg_nbd.hpp"

#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::customers {

using statistics::log_gamma;
using statistics::log_sum_exp;

namespace {

/// Logarithm of the odds that a customer with repeat visits has left:
/// a / (b + x - 1) * ((alpha + T) / (alpha + t_x))^(r + x).
double log_odds_left(const bg_nbd& m, const visit_summary& c) {
  return std::log(m.a) - std::log(m.b + c.repeats - 1) +
         (m.r + c.repeats) * (std::log(m.alpha + c.age_weeks) - std::log(m.alpha + c.last_week));
}

/// c [1 - (1-z)^(a-1) F] / (a - 1), where F = 2F1(a-1, e; c; z) = 1 + (a-1) S / c. Written with S,
/// nothing is divided by c, nor by a - 1 but expm1((a-1) ln(1-z)), whose limit is known.
double expectation_core(double a, double e, double c, double z) {
  double term = e * z; // of S: (a)_(n-1) (e)_n / ((c+1)_(n-1) n!) z^n
  double sum = term;
  int settled = 0;
  for (int n = 1; n < 1'000'000 && settled < 3; ++n) {
    term *= (a + n - 1) * (e + n) / ((c + n) * (n + 1.0)) * z;
    sum += term;
    settled = std::abs(term) <= 1e-16 * (std::abs(sum) + 1e-300) ? settled + 1 : 0;
  }
  const auto log_rest = std::log1p(-z);
  const auto k = a - 1;
  const auto first = std::abs(k) < 1e-12 ? -log_rest : -std::expm1(k * log_rest) / k;
  return c * first - std::exp(k * log_rest) * sum;
}

} // namespace

bool bg_nbd::plausible() const {
  return std::isfinite(r + alpha + a + b) && r > 0 && alpha > 0 && a > 0 && b > 0;
}

double bg_nbd::log_likelihood(const visit_summary& c) const {
  const auto x = c.repeats;
  const auto visits = log_gamma(r + x) - log_gamma(r) + r * std::log(alpha);
  const auto dropout = log_gamma(a + b) + log_gamma(b + x) - log_gamma(b) - log_gamma(a + b + x);
  const auto active = -(r + x) * std::log(alpha + c.age_weeks);
  if (x == 0) return visits + dropout + active;
  const auto left = std::log(a) - std::log(b + x - 1) - (r + x) * std::log(alpha + c.last_week);
  return visits + dropout + log_sum_exp(active, left);
}

double bg_nbd::probability_active(const visit_summary& c) const {
  if (c.repeats <= 0) return 1;
  return statistics::logistic(-log_odds_left(*this, c));
}

double bg_nbd::expected_visits(const visit_summary& c, double weeks) const {
  if (!(weeks > 0)) return 0;
  // E = (a + b + x - 1) / (a - 1) [1 - (1-z)^(r+x) 2F1(r+x, b+x; a+b+x-1; z)] P(active), and by
  // Euler's transformation (1-z)^(r+x) 2F1(...) = (1-z)^(a-1) 2F1(a-1, a+b-r-1; a+b+x-1; z), whose
  // terms stay small however large x is.
  const auto x = c.repeats;
  const auto z = std::min(weeks / (alpha + c.age_weeks + weeks), 1 - 1e-9);
  const auto visits = expectation_core(a, a + b - 1 - r, a + b + x - 1, z);
  return std::max(visits, 0.0) * probability_active(c);
}

double bg_nbd::probability_of_visit(const visit_summary& c, double weeks) const {
  if (!(weeks > 0)) return 0;
  const auto base = alpha + c.age_weeks;
  const auto none = (r + c.repeats) * (std::log(base) - std::log(base + weeks));
  return -std::expm1(none) * probability_active(c);
}

} // namespace steward::intelligence::customers
