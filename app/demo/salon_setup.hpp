#pragma once

#include "app/demo/salon_api.hpp"
#include "demo/history.hpp"

namespace steward::app {

/// Makes a server the simulated salon's: installs the pack, says what agents may do (offers of gaps
/// without asking; everything paused if `agents` is false), and loads staff, services, customers
/// and all appointments up to now. What is there already is put again, with the same ids.
void set_up_salon(salon_api& api, const demo::salon& s,
                  const std::vector<demo::past_appointment>& history, bool agents);

} // namespace steward::app
