#pragma once

#include "app/demo/salon_life.hpp"
#include "app/demo/salon_owner.hpp"

namespace steward::app {

/// Everything that the server tells, read once; `from_day` to `to_day` are local days of the salon.
demo::server_account read_account(salon_api& api, int64_t from_day, int64_t to_day);

/// What came of the simulated days with one setting.
struct salon_figures {
  bool agents = false;
  uint64_t completed = 0, no_shows = 0, cancelled = 0, ahead = 0;
  double utilisation = 0; ///< Of the staff's working time, spent on customers who came.
  uint64_t gaps_found = 0, gaps_filled = 0;
  double no_show_rate = 0;  ///< Of those who came or should have.
  double revenue = 0;       ///< Of completed appointments.
  double agent_revenue = 0; ///< Of appointments made by agents' offers that stand or took place.
  uint64_t agent_bookings = 0;
  uint64_t messages = 0, customers_written_to = 0, most_messages = 0;
  uint64_t asked = 0, approved = 0, rejected = 0, approval_too_late = 0;
  life_counts life;
  uint64_t limits_broken = 0, kills = 0, http_calls = 0, http_retries = 0;
  std::vector<std::string> differences; ///< Empty: the ledger equals the outcomes.

  double messages_per_customer() const {
    return customers_written_to
               ? static_cast<double>(messages) / static_cast<double>(customers_written_to)
               : 0;
  }
};

salon_figures figures_of(const demo::salon& s, const salon_life& life, const salon_owner& owner,
                         const demo::server_account& account, int64_t from_day, int64_t to_day);

/// For machines.
workflow::value to_value(const salon_figures& f);
/// A table with a column for each, and the differences below.
std::string to_table(const std::vector<salon_figures>& runs);

} // namespace steward::app
