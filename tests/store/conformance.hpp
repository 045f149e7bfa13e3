#pragma once

#include "tests/store/samples.hpp"

#include <span>

/// What every engine must do, told as a list of requirements: an engine's own test file runs each
/// on a fresh store. New operations of the interface land here first.
namespace steward::store::tests {

struct requirement {
  const char* says;
  void (*check)(session& s);
};

std::span<const requirement> records_conformance();
std::span<const requirement> runs_conformance();
std::span<const requirement> journal_conformance(); ///< And timers.
std::span<const requirement> workflows_conformance();
std::span<const requirement> feed_conformance();
std::span<const requirement> events_conformance(); ///< And listeners and schedules.
std::span<const requirement> groups_conformance();
std::span<const requirement> retention_conformance(); ///< And snapshots.

} // namespace steward::store::tests
