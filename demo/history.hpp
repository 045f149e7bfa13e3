#pragma once

#include "demo/calendar.hpp"

namespace steward::demo {

/// An appointment of the time before the simulation; one that is still `booked` lies in its future.
struct past_appointment {
  std::string id;
  size_t customer = 0;
  slot where;
  int64_t booked_us = 0;
  std::string status; ///< booked, completed, cancelled, no_show
};

/// What happened until the simulation begins, without agents: in order of time, the newest
/// `history_most`, and all that is still to come.
std::vector<past_appointment> history_of(const salon& s);

} // namespace steward::demo
