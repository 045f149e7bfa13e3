#pragma once

#include "messages/ids.hpp"

#include <string>

namespace steward {

/// An id that follows from another and a key, so that asking for it twice, in whatever life of
/// whichever actor, gives one run, and it can be found without a search. Its creation time is that
/// of `from`.
run_id derived_run_id(const run_id& from, const std::string& key);

} // namespace steward
