#pragma once

#include "demo/chance.hpp"
#include "intelligence/instants.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A simulated salon: who works there, what it offers, who comes, and what its customers do. Pure:
/// no I/O, no clock; times are microseconds since 1970, UTC.
namespace steward::demo {

using intelligence::day_us;
using intelligence::hour_us;
using intelligence::minute_us;

struct service {
  std::string id, name, category;
  int duration_minutes = 30;
  int buffer_after_minutes = 0;
  int64_t price = 0;
  double popularity = 1; ///< Against the other services.

  int64_t length_us() const { return duration_minutes * minute_us; }
  int64_t buffer_after_us() const { return buffer_after_minutes * minute_us; }
};

/// Minutes of a day on the wall clock of the salon.
struct shift {
  int begin_minute, end_minute;
  int break_begin_minute, break_end_minute;
};

struct staff_member {
  std::string id, name;
  std::vector<size_t> skills;               ///< Places in `salon::services`; never empty.
  std::array<std::optional<shift>, 7> week; ///< Index 0 is Sunday.
  bool can(size_t service) const;
};

/// One customer with habits, none of which is told to the server: it has to find them out.
struct customer {
  std::string id, name, phone, email, language;
  double rhythm_days = 30;        ///< Between two visits.
  double phase = 0;               ///< Where in the rhythm the first visit falls, in [0, 1).
  int64_t first_us = 0;           ///< Customer since then.
  int64_t last_us = INT64_MAX;    ///< Wants nothing more from then on: went elsewhere.
  uint8_t weekdays = 0x7f;        ///< Bit 0 is Sunday: the days that suit.
  int preferred_minute = 10 * 60; ///< Of the day.
  size_t preferred_staff = 0, preferred_service = 0;
  double loyalty = 0.5;           ///< How often only the preferred staff member will do.
  double price_sensitivity = 0.5; ///< 0 to 1: what a discount does.
  double answering = 0.5;         ///< Chance to answer a message at all, at a good hour.
  double answer_minutes = 30;     ///< Mean time until an answer.
  double accepting = 0.3;         ///< Chance to take an offer that fits perfectly.
  double staying_away = 0.1;      ///< Chance not to come, unreminded.
  double cancelling = 0.08;       ///< Chance to cancel.
  double stopping = 0.02;         ///< Chance to answer "stop" to an offer.
  bool opted_out = false;         ///< From the start.
  bool whatsapp = true;           ///< May be written to on that channel.
};

struct salon_options {
  uint64_t seed = 7;
  size_t staff = 20, customers = 3000; ///< At least one each.
  int history_days = 180;
  size_t history_most = 15'000; ///< Past appointments that are kept; the newest.
  int64_t start_us = 0;         ///< When the simulated time begins.
  std::string zone = "Asia/Kolkata";
};

struct salon {
  salon_options options;
  chance luck{0};
  workflow::schedule::time_zone zone;
  std::vector<service> services;
  std::vector<staff_member> staff;
  std::vector<customer> customers;

  /// Of an id; none if nobody has it.
  std::optional<size_t> customer_of(std::string_view id) const;
  std::optional<size_t> staff_of(std::string_view id) const;
  std::optional<size_t> service_of(std::string_view id) const;
  /// Days since 1970 on the salon's wall clock, and the minute of that day.
  int64_t local_day(int64_t us) const;
  int local_minute(int64_t us) const;
  /// The instant of a minute of a local day.
  int64_t instant(int64_t day, int minute) const;
  /// 0 is Sunday.
  static unsigned weekday(int64_t day);
};

/// Throws std::invalid_argument for options that make no salon (an unknown zone, nobody there).
salon make_salon(const salon_options& options);

} // namespace steward::demo
