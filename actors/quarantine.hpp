#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Gives up a run that breaks its actor again and again: writes its end without replaying it, and
/// ends itself.
///
/// Accepts     begin, batch_done
/// Replies     child_done to a waiting parent; the order's slot, if it was not stored yet
/// Supervisor  its tenant, transient
/// Persists    the fault: journal entry, row, feed event
/// Fails       store down: tries again with backoff
/// Bounds      one run
caf::behavior quarantine(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                         run_id run, start_order_ptr order, std::string reason);

} // namespace steward
