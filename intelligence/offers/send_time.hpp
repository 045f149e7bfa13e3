#pragma once

#include "intelligence/customers/customer.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace steward::intelligence::offers {

/// How likely a message is answered by the hour of the day at which it is sent, 0 to 23 on the
/// customer's clock: shares between 0 and 1.
using hour_profile = std::array<double, 24>;

/// Learned from messages and their answers: each counts for its hour and, with half and a quarter
/// of the weight, for those around it. Shrunken towards `prior` as if each hour had been tried
/// `prior_weight` times. Messages after now are not known yet.
hour_profile learn_hours(std::span<const customers::message> messages,
                         const customers::viewpoint& view, const hour_profile& prior,
                         double prior_weight = 4);

/// The same share at every hour.
hour_profile flat_hours(double share);

struct send_policy {
  /// From this minute of the day until that one nothing is sent; over midnight if the first is
  /// later. Equal: there are no quiet hours.
  int quiet_from_minute = 21 * 60;
  int quiet_until_minute = 9 * 60;
  int64_t shortest_notice_us = 30LL * 60 * 1'000'000; ///< Before the gap begins, at least.
  int64_t longest_wait_us = 24LL * 3600 * 1'000'000;  ///< From now on, at most.
  /// Waiting so long for a better hour halves what the message is worth: others may take the gap.
  int64_t patience_us = 6LL * 3600 * 1'000'000;
};

/// True in the quiet hours of the customer's clock.
bool is_quiet(int64_t us, const workflow::schedule::time_zone& zone, const send_policy& policy);

/// When to send: now or at a full hour of the customer's clock (`view.zone`), whichever has the
/// highest share in `hours`, halved for each `patience_us` of waiting. None if the gap begins too
/// soon, or quiet hours last until then.
std::optional<int64_t> when_to_send(int64_t gap_begin_us, const hour_profile& hours,
                                    const customers::viewpoint& view, const send_policy& policy);

} // namespace steward::intelligence::offers
