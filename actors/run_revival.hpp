#pragma once

#include "actors/local_messages.hpp"
#include "workflow/machine.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steward {

/// What a run's actor knows of the run besides its machine, and needs to have back with it.
struct run_memory {
  uint64_t steps = 0;                        ///< Steps told so far; the next has the next number.
  int64_t time_us = 0;                       ///< Of the last event.
  std::map<effect_id, std::string> children; ///< Idempotency keys of all it ever wanted.
  std::vector<effect_id> dropped;            ///< Those that it no longer wants.
};

/// A run brought back from the store.
struct revived_run {
  workflow::machine machine;
  run_memory memory;
  uint64_t seq = 0; ///< Of its last journal entry.
  /// What it wants to emit from its start on: of a run that was stored, but not begun (`pending`).
  std::vector<workflow::command> emitted = {};
};

/// The run as its snapshot and the journal after it tell, or all of its journal where it has none.
/// Nothing when the snapshot can't be used: load the whole history then. Throws std::runtime_error
/// when a journal entry can't be read.
std::optional<revived_run> revive(const deployed& workflow, const workflow::machine_limits& limits,
                                  const store::stored_run& run);

/// What `revive` begins with later; nothing while the run can't be taken down.
std::optional<std::string> snapshot_of(const workflow::machine& m, const run_memory& memory);

} // namespace steward
