#pragma once

#include "intelligence/customers/visit_summary.hpp"

#include <span>

namespace steward::intelligence::customers {

/// The BG/NBD model of visits: P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers
/// the Easy Way", Marketing Science 24 (2005). While a customer is active, visits are Poisson with
/// a rate that is Gamma(r, alpha) among customers; after each repeat visit the customer leaves for
/// good with a probability that is Beta(a, b) among customers. Time is in weeks.
struct bg_nbd {
  double r = 0;
  double alpha = 0;
  double a = 0;
  double b = 0;

  /// All four positive and finite; nothing below is defined otherwise.
  bool plausible() const;

  /// Logarithm of the likelihood of one customer's visits (equation 6 of the paper).
  double log_likelihood(const visit_summary& c) const;

  /// The chance that the customer has not left. 1 without repeat visits: the model lets nobody
  /// leave before.
  double probability_active(const visit_summary& c) const;

  /// The visits to expect in the next `weeks` (equation 10). Correct through a = 1, where the
  /// formula as it is printed divides 0 by 0.
  double expected_visits(const visit_summary& c, double weeks) const;

  /// The chance of at least one visit in the next `weeks`: active, times one minus the chance that
  /// a rate of Gamma(r + x, alpha + T) brings none.
  double probability_of_visit(const visit_summary& c, double weeks) const;

  friend bool operator==(const bg_nbd&, const bg_nbd&) = default;
};

/// What is believed of a business before it has data: a visit every six weeks, one in seven leaves
/// after a visit.
constexpr bg_nbd salon_prior{.r = 1.5, .alpha = 9, .a = 0.6, .b = 3.4};

struct bg_nbd_fit {
  bg_nbd model;
  double log_likelihood = 0; ///< Of the customers, without the prior.
  double customers = 0;      ///< That were used.
  bool settled = false;      ///< The search ended at a point rather than at its limit.
};

struct bg_nbd_fit_options {
  bg_nbd prior = salon_prior;
  /// The prior counts in full without customers, and fades out until there are so many; 0: pure
  /// maximum likelihood.
  double prior_until = 1000;
  double prior_spread = 0.7; ///< Standard deviation of the parameters' logarithms.
};

/// Fits by maximum likelihood (with few customers: maximum a posteriori). Searches from several
/// starting points and keeps the best end: from the one start that most programs use, (1, 1, 1, 1),
/// the search may run off along a ridge. Depends on the customers' numbers only, not on their
/// order. The prior itself if there is no repeat visit to learn from.
bg_nbd_fit fit_bg_nbd(std::span<const visit_summary> customers,
                      const bg_nbd_fit_options& options = {});

} // namespace steward::intelligence::customers
