#pragma once

#include "config/settings.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/service.hpp"

#include <cstdint>

namespace steward::simulation {

/// What may go wrong in one history. Each seed has some of it, so that kinds of trouble meet in
/// many combinations, and some histories are about one of them only. "One in": of steps or calls; 0
/// is never.
struct fault_plan {
  int64_t until_us = 0; ///< After that nothing goes wrong any more, and all must come to rest.
  uint64_t kills_one_in = 0;
  size_t kills_left = 0;
  uint64_t crashes_one_in = 0;
  size_t crashes_left = 0;
  uint64_t jumps_one_in = 0;       ///< Of the wall clock, forwards and backwards ...
  int64_t jump_us = 7'200'000'000; ///< ... by so much at most.
  uint64_t repeats_one_in = 0;
  uint64_t put_off_one_in = 0;
  uint64_t commits_fail_one_in = 0;
  uint64_t reads_fail_one_in = 0;
  int64_t commit_us = 0;             ///< A commit takes up to so long ...
  uint64_t commits_stall_one_in = 0; ///< ... and some take seconds.
  uint64_t cuts_one_in = 0; ///< Of a server from others, or from the database, or it stands still.
  size_t cuts_left = 0;
  bool in_order = false; ///< Actors take turns; else any that is ready may be next.
  service_temper service;

  static fault_plan of(dice& chance);
  static fault_plan of_cluster(dice& chance);
  /// The server's settings, which vary too.
  static config::settings settings(dice& chance);
};

/// What a test breaks on purpose, to see that it is noticed.
enum class sabotage : uint8_t {
  none,
  lying_disk,          ///< Some commits are answered and never made.
  loses_run,           ///< A crash takes a whole run with it.
  loses_journal_entry, ///< A crash takes the last entry of a journal with it.
  skips_feed_event,    ///< A page of the feed lacks an event in its middle.
  early_timer,         ///< A timer is told as soon as it is armed.
  swallows_call,       ///< A call never leaves, and nobody is told.
};

} // namespace steward::simulation
