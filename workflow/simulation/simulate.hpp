#pragma once

#include "workflow/simulation/world.hpp"

namespace steward::workflow::simulation {

struct simulation_options {
  uint64_t first_seed = 0;
  uint64_t seeds = 100;
  fault_classes faults;
  bool trace = false; ///< Of every seed; otherwise of the first failing one only.
};

/// Seeds that divide by ten have no faults: what is expected must hold there without excuse.
constexpr bool is_quiet(uint64_t seed) { return seed % 10 == 0; }

/// What one seed came to.
struct seed_report {
  uint64_t seed = 0;
  std::string outcome; ///< "completed", "faulted: communication 503", "never ends: ...", ...
  life_report life;
  std::vector<std::string> problems; ///< Why it failed; empty: it did not.
};

struct simulation_report {
  struct outcome_count {
    uint64_t seeds = 0;
    uint64_t first = 0; ///< A seed that comes to it.
  };
  workflow_ref workflow;
  uint64_t first_seed = 0;
  uint64_t seeds = 0;
  uint64_t faults = 0, crashes = 0, journal_entries = 0, steps = 0;
  int64_t virtual_us = 0; ///< Of all seeds together.
  std::map<std::string, outcome_count> outcomes;
  std::vector<coverage::item> reached;
  double coverage_percent = 100;
  std::vector<seed_report> failing; ///< Without their lives.
  std::vector<std::string> trace;   ///< Of the first failing seed, or of the only one.
};

/// Lives one seed and judges it.
seed_report simulate_seed(const std::shared_ptr<const definition>& d, const scenario& s,
                          uint64_t seed, const simulation_options& o, coverage* reached);
/// Lives all seeds. The same arguments give the same report.
simulation_report simulate(const std::shared_ptr<const definition>& d, const scenario& s,
                           const simulation_options& o);

} // namespace steward::workflow::simulation
