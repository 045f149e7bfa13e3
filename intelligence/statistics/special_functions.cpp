#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <math.h> // lgamma_r

namespace steward::intelligence::statistics {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Sum of (a)_n (b)_n / (c)_n z^n / n!. Terms are added until three in a row change nothing: with
/// negative a or b they change their sign and may pass through zero.
double series(double a, double b, double c, double z) {
  double sum = 1;
  double term = 1;
  int settled = 0;
  for (int n = 0; n < 1'000'000; ++n) {
    term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
    sum += term;
    if (!std::isfinite(sum)) return nan;
    settled = std::abs(term) <= std::abs(sum) * 1e-16 ? settled + 1 : 0;
    if (settled == 3) return sum;
  }
  return nan;
}

} // namespace

double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

double log_hypergeometric_2f1(double a, double b, double c, double z) {
  if (!(c > 0) || !(z >= 0) || !(z < 1) || !std::isfinite(a + b + c)) return nan;
  const auto excess = c - a - b;
  if (excess < 0) return excess * std::log1p(-z) + std::log(series(c - a, c - b, c, z));
  return std::log(series(a, b, c, z));
}

double hypergeometric_2f1(double a, double b, double c, double z) {
  if (!(c > 0) || !(z >= 0) || !(z < 1) || !std::isfinite(a + b + c)) return nan;
  const auto excess = c - a - b;
  if (excess < 0) return std::exp(excess * std::log1p(-z)) * series(c - a, c - b, c, z);
  return series(a, b, c, z);
}

double log_sum_exp(double a, double b) {
  const auto high = std::max(a, b);
  if (!std::isfinite(high)) return high;
  return high + std::log1p(std::exp(std::min(a, b) - high));
}

double logistic(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

double logit(double p) { return std::log(p / (1 - p)); }

} // namespace steward::intelligence::statistics
