#pragma once

#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/scores.hpp"
#include "intelligence/salon/slot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace steward::intelligence::salon {

/// What retention and rebooking have in common: customers who have no appointment to come and were
/// left alone for a while are proposed a time that suits them.
struct invitation {
  std::string decision_type, outreach_type, message_template, priority;
  std::string summary_begin; ///< "Invite", "Offer": a name follows.
  std::vector<std::string> reasons;
};

/// Nothing is booked or asked, and the last message is `rest_days` old; `most_messages` since the
/// last visit and no more.
bool may_be_invited(const prospect& p, const open_questions& asked, const salon& s,
                    int64_t rest_days, size_t most_messages);

/// A free time of a preferred member of the staff for a preferred service (else any), at a
/// preferred time of day if there is one. None if nothing is free until then.
std::optional<slot> suggested_slot(const prospect& p, const salon& s, int64_t from_us,
                                   int64_t until_us);

value invite(const invitation& what, const slot& chosen, const prospect& p, const salon& s,
             const skill_input& in);

} // namespace steward::intelligence::salon
