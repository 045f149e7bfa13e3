#pragma once

namespace steward::intelligence::statistics {

/// ln |gamma(x)|, like std::lgamma, which writes to a global and so is not safe between threads.
double log_gamma(double x);

/// The Gauss hypergeometric function 2F1(a, b; c; z) for real a, b, c > 0 and 0 <= z < 1; NaN for
/// anything else, and where the series has not settled after a million terms (z very near to 1).
///
/// For c - a - b < 0 the series grows without bounds towards z = 1, so Euler's transformation
/// (1-z)^(c-a-b) 2F1(c-a, c-b; c; z) is summed instead, in which the growth is a factor
/// (Abramowitz & Stegun 15.3.3).
double hypergeometric_2f1(double a, double b, double c, double z);

/// Its logarithm, for values that no double holds; NaN where the function is not positive too.
double log_hypergeometric_2f1(double a, double b, double c, double z);

/// ln(e^a + e^b) without overflow.
double log_sum_exp(double a, double b);

/// 1 / (1 + e^-x), and its inverse for 0 < p < 1.
double logistic(double x);
double logit(double p);

} // namespace steward::intelligence::statistics
