#pragma once

#include "messages/write_batch.hpp"

#include <span>
#include <string>
#include <vector>

namespace steward::simulation {

/// A workflow that clients start, with all that may become of it whoever crashes. Its input is
/// {"name": NAME, "n": 0 to 2}; no other run has that name, unless as its child.
struct sample_workflow {
  const char* name;
  const char* tasks; ///< The definition without its `document`.
  /// JSON texts, of which a completed run's output is one; `NAME` stands for the input's name.
  std::vector<std::string> outputs;
  /// Last segments of the error types it may fault with.
  std::vector<std::string> errors = {};
  bool endless = false; ///< Its client must cancel it.
  bool child = false;   ///< Only other workflows start it.
};

/// To add a workflow to the simulation, add it here.
std::span<const sample_workflow> sample_workflows();
const sample_workflow* sample_named(const std::string& name);

/// The definition as it is deployed, version 1.0.0 in the namespace "sim".
std::string source_of(const sample_workflow& w);
/// Why the run must not have come to that end; empty when it may.
std::string unexpected_end(const run_row& row, bool cancel_asked);

} // namespace steward::simulation
