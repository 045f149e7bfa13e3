#pragma once

#include "demo/salon.hpp"

namespace steward::demo {

/// A visit that a customer wishes for of their own accord, and when they ring up about it. Whether
/// there is a place is another matter.
struct wanted_visit {
  size_t customer = 0;
  uint64_t number = 0; ///< Of this customer's visits: counts from the beginning of the rhythm.
  int64_t call_us = 0; ///< Before `wanted_us`.
  int64_t wanted_us = 0;
  size_t service = 0, staff = 0; ///< The staff member who is liked best for it.
  bool picky = false;            ///< Nobody else will do, and no other time of the day.
};

/// All visits that are asked for in [from, to), in the order of the calls. The same whatever the
/// stretch is cut into.
std::vector<wanted_visit> visits_called_between(const salon& s, int64_t from_us, int64_t to_us);

/// What becomes of an appointment if nobody does anything about it. Of customer and day only, so
/// that it is the same however the appointment came about.
struct fate {
  bool cancels = false;
  int64_t cancels_us = 0;
  bool stays_away = false; ///< If it was not cancelled.
  bool forgets = false;    ///< Why: a reminder helps. Else the customer can't come, and may say so.
};
fate fate_of(const salon& s, size_t customer, int64_t booked_us, int64_t start_us);

} // namespace steward::demo
