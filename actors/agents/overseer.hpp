#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Keeps what holds for the agents of all tenants: whether they are paused (slot
/// "agents/overseer"). Gates look at `node::agents_paused` before whatever they do.
///
/// Accepts     pause_agents, with a reply_slot; batch_done
/// Replies     {paused, changed_at}, once it is durable
/// Supervisor  root/agents, one_for_one, permanent
/// Persists    record "agents" of collection `server` of the tenant "_server", which is nobody's
/// Fails       the store can't be read: tries again, and until then nothing is paused that was not.
///             Crash: restarted, reads it again
caf::behavior overseer(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
