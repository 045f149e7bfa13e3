#pragma once

#include "workflow/simulation/simulate.hpp"

namespace steward::workflow::simulation {

/// How the report is shown: what the command line asked for.
struct report_options {
  std::string replay;          ///< The command that replays a seed, but for the seed at its end.
  double require_coverage = 0; ///< Percent.
};

/// True if no seed failed and enough was reached.
bool is_good(const simulation_report& r, const report_options& o);

std::string to_text(const simulation_report& r, const report_options& o);
value to_value(const simulation_report& r, const report_options& o);
/// JUnit's XML: a test suite with a test case for each seed, and one for the coverage.
std::string to_junit(const simulation_report& r, const report_options& o);

} // namespace steward::workflow::simulation
