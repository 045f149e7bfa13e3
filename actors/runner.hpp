#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Drives runs that end in the breath in which they start, one after the other: an actor of its own
/// would cost such a run more than all its JSON.
///
/// Accepts     run_now, run_batch
/// Replies     in the order's slot, by the journal writer, once the run and its end are durable;
///             run_alone to its tenant for a run that is long or that broke here
/// Supervisor  its tenant, one_for_one, permanent
/// Persists    each run in one batch: its row with the end, its feed events
/// Fails       a run that throws is handed back to be tried alone, the others go on. Crash: what
/// was
///             queued here was not accepted yet; its slots answer unavailable
/// Bounds      the tenant's admission
caf::behavior runner(caf::event_based_actor* self, std::shared_ptr<node> n, caf::actor tenant);

} // namespace steward
