#pragma once

#include "tests/workflow/machine_rig.hpp"
#include "workflow/simulation/report.hpp"

/// Simulations under test: a definition, a scenario, and what came of them.
namespace steward::workflow::testing {

inline simulation::scenario scenario_of(std::string_view yaml) {
  auto read = simulation::read_scenario(yaml);
  if (read) return *read;
  auto message = std::string{"the scenario is refused:"};
  for (const auto& p : read.error()) message += "\n" + p.pointer + ": " + p.message;
  throw std::runtime_error(message);
}

inline simulation::simulation_report simulated(std::string_view definition,
                                               std::string_view scenario = "{}",
                                               simulation::simulation_options o = {}) {
  return simulation::simulate(define(definition), scenario_of(scenario), o);
}

constexpr simulation::fault_classes no_faults{false, false, false, false};

/// How often that was reached, or -1 if it is not among what could be.
inline int64_t reached(const simulation::simulation_report& r, std::string_view kind,
                       std::string_view name) {
  for (const auto& i : r.reached)
    if (i.kind == kind && i.name == name) return static_cast<int64_t>(i.reached);
  return -1;
}

inline std::string problems_of(const simulation::simulation_report& r) {
  auto text = std::string{};
  for (const auto& f : r.failing)
    for (const auto& p : f.problems) text += "seed " + std::to_string(f.seed) + ": " + p + "\n";
  return text;
}

} // namespace steward::workflow::testing
