#pragma once

#include "workflow/simulation/coverage.hpp"
#include "workflow/simulation/scenario.hpp"

namespace steward::workflow::simulation {

/// Which kinds of faults happen.
struct fault_classes {
  bool http = true;     ///< 5xx, timeouts, unreachable services, slow answers, broken JSON.
  bool events = true;   ///< Early, late, in another order, offered twice.
  bool crash = true;    ///< The machine is lost between two journal entries, or before one is made.
  bool control = false; ///< Somebody suspends and resumes the run, or cancels it.
};

struct world_options {
  uint64_t seed = 0;
  fault_classes faults;
  uint64_t steps = 100'000;     ///< Tasks that a run may enter.
  uint64_t happenings = 20'000; ///< Answers, timers and events in one run's life.
  uint64_t crashes = 50;        ///< Of one run, at most: each replays all of its journal.
  duration horizon = {24, 0};   ///< Virtual time after which a run counts as endless.
  bool trace = false;
};

/// A call or a start of a child: the first of those under one idempotency key.
struct work_asked {
  std::string method, url; ///< Of a child: "run" and namespace/name.
  std::string request;     ///< All that must be the same when it is sent again.
};

/// One run's life.
struct life_report {
  enum class end : uint8_t { completed, faulted, cancelled, endless };
  end how = end::endless;
  std::string waits_for; ///< Of an endless one: what for, for people.
  value output;
  std::optional<run_error> error;
  int64_t lasted_us = 0; ///< Virtual.
  uint64_t journal_entries = 0, steps = 0, faults = 0, crashes = 0;
  bool cancelled_by_us = false;
  std::map<std::string, work_asked> work; ///< By idempotency key.
  std::vector<value> emitted;
  std::vector<std::string> broken; ///< Invariants that did not hold.
  std::vector<std::string> trace;  ///< Step by step, if it was asked for.
};

/// Runs the definition once, from its start to its end or until nothing more can happen, under
/// virtual time. The same arguments give the same report. `reached` may be null.
life_report live(std::shared_ptr<const definition> d, const scenario& s, const value& input,
                 const world_options& o, coverage* reached);

} // namespace steward::workflow::simulation
