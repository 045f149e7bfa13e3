#pragma once

#include "intelligence/salon/plan.hpp"
#include "intelligence/salon/salon.hpp"

namespace steward::intelligence::salon {

/// Writes the record daily_stats/<date> if what it says has changed: appointments of that day on
/// the salon's clock by status, what was paid, new customers, gaps by status. From the observed
/// `customers`, `gaps` and `stats`.
void write_day_stats(plan& p, const skill_input& in, const salon& s, int64_t day);

} // namespace steward::intelligence::salon
