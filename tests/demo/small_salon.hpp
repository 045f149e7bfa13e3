#pragma once

#include "demo/ledger.hpp"
#include "intelligence/instants.hpp"

namespace steward::demo {

inline int64_t at(const char* text) { return intelligence::parse_instant(text).value(); }

/// The first moment is midnight in Kolkata, a Monday.
inline salon_options options_of(uint64_t seed, size_t staff = 20, size_t customers = 3000) {
  salon_options o;
  o.seed = seed;
  o.staff = staff;
  o.customers = customers;
  o.start_us = at("2026-11-22T18:30:00Z");
  return o;
}

} // namespace steward::demo
