#pragma once

#include "config/settings.hpp"
#include "store/store.hpp"

#include <functional>

namespace steward {

/// What was looked at, and what does not fit.
struct check_report {
  uint64_t tenants = 0, runs = 0, entries = 0, snapshots = 0;
  uint64_t broken = 0; ///< Runs with a problem.
};

/// Replays the journal of every run and compares what comes out with its row, and with what its
/// snapshot leads to. `on_problem` is told each thing that does not fit, as one line. A server may
/// go on meanwhile. Secrets are those of `settings`: runs that used others may come out otherwise.
store::result<check_report> check_store(store::reader& reader, const config::settings& settings,
                                        const std::function<void(const std::string&)>& on_problem);

} // namespace steward
