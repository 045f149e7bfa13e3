#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// The deployed workflows: reads, checks and compiles definitions, keeps the compiled ones at hand.
///
/// Accepts     deploy_workflow, get_workflow, list_workflows (each with a reply_slot),
///             find_workflow
/// Replies     in the slot, deployments once durable; found_workflow
/// Supervisor  root/store, rest_for_one, permanent
/// Persists    workflow rows, through the journal writer
/// Fails       store down: unavailable. A stored definition that this version can't read:
///             corrupt_data. Crash: restarted, reads again
/// Bounds      `compiled_kept` compiled versions in memory
/// Runs        detached: reading a large definition or the store takes milliseconds
caf::behavior library(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
