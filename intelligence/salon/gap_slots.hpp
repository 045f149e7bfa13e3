#pragma once

#include "intelligence/customers/score.hpp"
#include "intelligence/salon/slot.hpp"

#include <optional>
#include <vector>

namespace steward::intelligence::salon {

/// A long gap cut at noon and at 17:00 of the salon's clock, so that customers are offered the part
/// of the day at which they come; whole if nothing fits into the parts. Each part has the services
/// that fit into it.
std::vector<gaps::gap> parts_of_day(const gaps::gap& g, const salon& s);

/// What to offer in a gap: the service (if none is named: the one whose price is nearest to what
/// the customer usually pays, for unknown ones the shortest), at the first start on the salon's
/// grid with room for its buffers. None if nothing fits.
std::optional<slot> slot_in(const gaps::gap& g, std::string_view service_id,
                            const customers::customer_score& score, const salon& s);

/// Free starts for that service, soonest first: at most one for each gap, for the member of the
/// staff if one is named.
std::vector<slot> free_slots(const salon& s, std::string_view service_id, std::string_view staff_id,
                             int64_t from_us, int64_t until_us, size_t most);

} // namespace steward::intelligence::salon
