#pragma once

#include "intelligence/customers/visit_summary.hpp"

#include <span>

namespace steward::intelligence::customers {

/// The Gamma-Gamma model of what a visit is worth: P. S. Fader, B. G. S. Hardie, "The Gamma-Gamma
/// Model of Monetary Value" (2013), brucehardie.com/notes/025. A customer's visits vary around a
/// mean of their own (Gamma, shape p), whose scale is Gamma(q, gamma) among customers.
struct gamma_gamma {
  double p = 0;
  double q = 0; ///< Above 1, or the population has no mean.
  double gamma = 0;

  bool plausible() const;

  /// Logarithm of the likelihood of the mean value `m` of `x` visits; both positive.
  double log_likelihood(double x, double m) const;

  /// What a visit of the average customer is worth.
  double population_mean() const;
  /// What a visit of this customer is worth: own mean and population's, weighted by what is known.
  /// Without repeat visits (or without value) the population's.
  double expected_value(const visit_summary& c) const;

  friend bool operator==(const gamma_gamma&, const gamma_gamma&) = default;
};

struct gamma_gamma_fit {
  gamma_gamma model;
  double log_likelihood = 0;
  double customers = 0; ///< Those with repeat visits of some value.
  bool settled = false;
};

/// Fits by maximum likelihood over customers with repeat visits whose mean value is positive, from
/// several starting points. `prior_mean` (what a visit is worth, in the tenant's unit; at most 0:
/// taken from the customers) and a spread by half of it are what is believed with few customers;
/// that fades out until there are 200.
gamma_gamma_fit fit_gamma_gamma(std::span<const visit_summary> customers, double prior_mean = 0);

} // namespace steward::intelligence::customers
