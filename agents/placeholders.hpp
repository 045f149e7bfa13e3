#pragma once

#include "workflow/schedule/time_zone.hpp"
#include "workflow/value.hpp"

namespace steward::agents {

/// What texts in the filters of observations may stand for.
struct moment {
  int64_t now_us = 0;
  workflow::schedule::time_zone zone; ///< For dates.
  workflow::value trigger;
};

/// The filter with whole texts replaced: "{now}", "{now-1d}", "{now+90m}" (m, h, d) by instants in
/// UTC, "{today}", "{today+1d}" by dates on the zone's calendar, "{trigger.a.b}" by that value of
/// the trigger (null when there is none). Other texts stay.
workflow::value filled(const workflow::value& filter, const moment& at);

/// Whether it is one of those, or no placeholder at all.
bool is_placeholder_or_text(std::string_view text);

} // namespace steward::agents
