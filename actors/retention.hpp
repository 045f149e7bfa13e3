#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Removes what is older than the settings keep: ended runs with their journals, events of the feed
/// and of the inbox. Each pass goes from tenant to tenant in small writes with pauses between, so
/// that others' commits hardly wait.
///
/// Accepts     batch_done and messages of its own
/// Replies     -
/// Supervisor  root, one_for_one, permanent
/// Persists    nothing; a pass begins from the oldest
/// Fails       crash: restarted, begins a pass. Store down: goes on later
/// Bounds      one write on its way
caf::behavior retention(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
