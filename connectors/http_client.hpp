#pragma once

#include "connectors/http_transport.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <memory>

namespace steward::connectors {

/// Performs the HTTP calls of all runs: the door between actors and a transport. The slot
/// "http_client".
///
/// Accepts     perform_call, cancel_call
/// Replies     call_done to the sender, as a message of its own, however the call ends; nothing
///             after a cancel_call, and nothing to a sender that has gone
/// Supervisor  root, one_for_one, permanent
/// Persists    nothing
/// Fails       the call: call_done says why
///             crash or shutdown: calls under way are dropped without a word; runs send theirs
///             again under the same idempotency key. A call that is sent again while the first is
///             still under way is joined to it, not doubled
/// Bounds      those of the transport
/// Runs        on the scheduler; the transport has a thread of its own, which the end of the actor
///             waits for (milliseconds)
caf::actor spawn_http_client(caf::local_actor* parent, std::unique_ptr<http_transport> transport);

/// The request that carries out the call: method in upper case, and the call's idempotency key as
/// `Idempotency-Key` unless the author set that header.
http_order order_from(perform_call call);

} // namespace steward::connectors
