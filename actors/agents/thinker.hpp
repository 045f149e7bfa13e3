#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Does for agents and gates what blocks or takes long: reads the store, and decides (skills,
/// rules). There are some, to whom the desk gives one question after the other.
///
/// Accepts     consider, read_documents, read_gate (each answered by a message); ask_agents with a
///             reply_slot
/// Supervisor  root/agents, one_for_one, permanent
/// Persists    nothing; what it makes ready, the gate commits
/// Fails       a decision that throws is that decision's error; crash: restarted, who waits is told
/// Runs        detached
caf::behavior thinker(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
