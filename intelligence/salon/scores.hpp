#pragma once

#include "intelligence/customers/score.hpp"
#include "intelligence/salon/contact.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace steward::intelligence::salon {

/// A score as its document tells it (customers::to_document); what is missing is the prior's.
customers::customer_score read_score(std::string customer_id, const value& document,
                                     const customers::viewpoint& view);

/// Of somebody who is not known yet.
customers::customer_score prior_score(std::string customer_id, const customers::viewpoint& view);

/// The observed scores by customer.
std::unordered_map<std::string, const value*> score_documents(const skill_input& in);

/// Somebody to whom something may be offered: the customer, the score, own appointments to come.
struct prospect {
  contact who;
  customers::customer_score score;
  std::vector<gaps::interval> booked;
};

/// All customers who agreed to be written to, from the observed `customers`, `scores` and
/// `appointments`.
std::vector<prospect> prospects_of(const skill_input& in, const salon& s);

/// Percent off for a customer of that group, from settings.discounts ({at_risk_percent: 10}); 0:
/// none, as without settings.
double discount_for(const customers::customer_score& score, const skill_input& in);

} // namespace steward::intelligence::salon
