#pragma once

#include "intelligence/customers/score.hpp"
#include "intelligence/gaps/gap.hpp"
#include "intelligence/offers/send_time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace steward::intelligence::offers {

/// A customer to whom a gap may be offered.
struct candidate {
  customers::customer_score score;
  std::vector<customers::message> messages; ///< Sent to the customer, for whatever purpose.
  /// Appointments that stand: nobody is offered a gap beside one of their own.
  std::vector<gaps::interval> booked;
  double no_show_risk = 0.1;          ///< 0 to 1, of `noshow::risk_model`.
  workflow::schedule::time_zone zone; ///< The customer's clock, for quiet hours.
};

/// What one more message costs, and what is never done. Amounts are in the tenant's unit.
struct offer_policy {
  double message_cost = 5;     ///< The annoyance of a message to somebody who had none lately.
  double annoyance_growth = 1; ///< Each recent message adds this many times `message_cost`...
  double annoyance_half_life_days = 3; ///< ...and that halves so fast.
  size_t most_hourly = 1;              ///< Messages to one customer in an hour, this one included.
  size_t most_daily = 3;               ///< The same in 24 hours.
  double other_staff = 0.6;            ///< Fit if the gap is with nobody of the preferred staff.
  double other_service = 0.5;          ///< Fit if none of the preferred services fits.
  double other_time = 0.7;             ///< Fit if it is at no preferred time of day.
  int64_t booked_near_us = 7LL * 24 * 3600 * 1'000'000; ///< Own appointments so near: not offered.
  int64_t notice_half_life_us =
      2LL * 3600 * 1'000'000; ///< Such a short notice halves the response.
  send_policy sending;
};

/// One customer's chance, worked out. expected_value = response * fit * value - annoyance.
struct offer {
  std::string customer_id;
  double expected_value = 0;
  double response = 0;    ///< The chance of an answer: the customer's rate, less at short notice.
  double fit = 0;         ///< 0 to 1: staff, service, time of day, and whether a visit is due.
  double value = 0;       ///< Of the service, or of the customer's usual visit, less no-shows.
  double annoyance = 0;   ///< In the unit of value.
  std::string service_id; ///< The service to offer; empty: none of them in particular.
  int64_t send_at_us = 0;
  std::vector<std::string> reasons; ///< Sentences without a full stop, the weightiest first.
};

/// Somebody who is not offered the gap, and why, as a sentence without a full stop.
struct passed_over {
  std::string customer_id;
  std::string reason;
};

struct offer_ranking {
  std::vector<offer>
      offers; ///< Highest expected value first, of equal ones by customer; all above 0.
  std::vector<passed_over> passed; ///< In the order of the candidates.
};

/// Whom to offer a gap to. Never offered: without opt-in, when the message limits are reached,
/// beside an appointment of their own, when quiet hours leave no time, or when it is worth less
/// than it annoys. `services` are the tenant's (prices), `hours` the profile of all customers,
/// which each one's own answers refine. `view.zone` is the tenant's clock. Pure; O(candidates *
/// their messages).
offer_ranking rank_offers(const gaps::gap& g, std::span<const gaps::service> services,
                          std::span<const candidate> candidates, const hour_profile& hours,
                          const customers::viewpoint& view, const offer_policy& policy = {});

/// What another message to this customer costs now: message_cost * (1 + growth * recent), where
/// each message of the past counts 2^-(age / half life).
double annoyance_of(std::span<const customers::message> messages, int64_t now_us,
                    const offer_policy& policy);

/// How due a visit is on that day, 0.05 to 1: after less than 40 % of the usual interval hardly,
/// from the whole interval on fully. Without visits 0.5.
double dueness(const customers::customer_score& score, int64_t day);

} // namespace steward::intelligence::offers
