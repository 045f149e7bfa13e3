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
/// Persists    nothing: rows of timers are written with the runs they belong to; it reads those of
///             the next minute, and reads on before that is over
/// Fails       crash: restarted, reads the rows again. Store down: tries again
/// Bounds      the timers of the next minute, at most 100,000 in memory (later ones wait for these)
caf::behavior timers(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
