#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// One tenant's inbox: takes events in, and offers each, in order, to the listeners it could
/// concern. New events are read from the store once, for all who keep up; whoever has to begin
/// further back (a new listener, or one that took too long) is led up to them beside that, together
/// with the others that do, so that it holds up nobody.
///
/// Accepts     publish_events (reply_slot, ticket); open_listener, close_listener, event_seen,
///             inbox_grown
/// Replies     in the slots once the events are durable; event_due to its tenant, again every 5 s
///             until it is seen
/// Supervisor  its tenant, permanent
/// Persists    events and that they were received; rows of listeners and how far each has come are
///             written by their owners
/// Fails       crash: restarted, reads the listeners again and goes on from their rows. Store can't
///             be read: tries again
/// Bounds      64 offered and undecided events for each listener; one page of events from each of
///             the two readings; the door's limits before publish_events
caf::behavior inbox(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                    caf::actor owner);

} // namespace steward
