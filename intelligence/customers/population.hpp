#pragma once

#include "intelligence/customers/bg_nbd.hpp"
#include "intelligence/customers/customer.hpp"
#include "intelligence/customers/gamma_gamma.hpp"

#include <span>
#include <vector>

namespace steward::intelligence::customers {

/// What is learned from all customers of a tenant, for scoring each of them. Learned anew as often
/// as one likes (each night); costs a second or two for 20,000 customers.
struct population {
  bg_nbd visits = salon_prior;
  gamma_gamma values;
  double usual_interval_days = 42; ///< The median of days between two visits of a customer.
  double response_rate = 0.3;      ///< Answered messages, shrunken to 0.3.
  double vip_value = 0;      ///< From which value of the last 12 months on a customer is among
  double high_value = 0;     ///< the top 5 %, and the top 20 % of those who came at all.
  double most_visits = 1;    ///< Visits that 95 % of the customers do not exceed.
  double usual_services = 1; ///< Different services that a customer who came back has had, mean.
  double high_visit_value =
      0; ///< Value of a visit that 90 % of the customers' means do not exceed.
};

/// Nothing about the order of the customers matters. Without customers: the priors.
population learn_population(std::span<const customer> customers, const viewpoint& view);

/// The customer's days with a visit until now, oldest first, on the zone's calendar.
std::vector<visit_day> visit_days(const customer& c, const viewpoint& view);

/// The value below which the share `part` (0 to 1) of the values lie; 0 without values.
double quantile(std::vector<double> values, double part);

} // namespace steward::intelligence::customers
