#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// To the timers: rows may have been written that nobody could tell of.
using read_again_atom = caf::atom_constant<caf::atom("readagain")>;

/// Tells runs that their time has come: never early, in order of time, and again every few seconds
/// until the run has journaled it, so that a telling that was lost is made up for.
///
/// Accepts     arm_timer (also again, and moved), disarm_timer, read_again_atom
/// Replies     timer_due to the run's tenant
/// Supervisor  root, one_for_one, permanent
/// Persists    nothing: rows of timers are written with the runs they belong to; at its start it
///             reads them all
/// Fails       crash: restarted, reads the rows again. Store down at the start: tries again
/// Bounds      one entry in memory for each durable timer
caf::behavior timers(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
