#pragma once

#include "store/store.hpp"
#include "workflow/definition.hpp"

namespace steward {

/// What the deployment of a version writes about the schedule of its workflow: if it is the newest
/// one now, its schedule begins (one that is there already goes on: its actor decides), or ends.
/// Answers the newest event of the inbox for a version that starts on events: those up to it do not
/// concern it. Fails when the store can't be read: nothing may be written on a guess then, neither
/// that there is no schedule yet nor that no event has come.
store::result<uint64_t> write_schedule(write_batch& batch, store::reader& reader,
                                       const workflow::definition& d, int64_t now_us);

} // namespace steward
