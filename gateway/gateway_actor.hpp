#pragma once

#include "gateway/api.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

namespace steward::gateway {

/// Owns the HTTP server and its API: they live exactly as long as this actor, so the supervision
/// tree starts, stops and restarts them. Requests for runs and workflows do not pass through it; it
/// only asks other actors what needs an answer from them (the tree).
///
/// Accepts     show_tree, kill_by_path (questions.hpp), get_mailbox
/// Replies     through the reply_slot of each question; after five seconds: unavailable
/// Supervisor  the root; permanent
/// Persists    nothing
/// Fails       the address can't be listened on: spawning throws std::runtime_error with the
/// reason.
///             Crash: all connections end; clients come again
/// Bounds      see config::gateway_settings
/// On a shutdown it stops accepting, gives what is in work up to a second, then ends.
caf::actor spawn_gateway(caf::local_actor* parent, gateway_options options);

} // namespace steward::gateway
