#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// All tenants of this node, loaded on demand: at its start those that have unfinished runs, later
/// whoever is asked for. Forwards what reached it because a tenant was not loaded, and passes on
/// what is for a tenant of another node.
///
/// Accepts     what is asked of a tenant (reply_slot); timer_due, spawn_child, child_done,
///             cancel_child; close_shards, shards_gained; and what a supervisor accepts
/// Replies     through the tenant; overloaded when its door refuses
/// Supervisor  root, one_for_one, permanent; is itself a supervisor (one_for_one, permanent
///             children)
/// Persists    nothing
/// Fails       crash: all tenants are stopped, restarted, and recover their runs
/// Bounds      one actor for each tenant in use
caf::behavior tenants(caf::event_based_actor* self, std::shared_ptr<node> n, std::string path);

} // namespace steward
