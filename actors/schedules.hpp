#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// A tenant's schedules: starts runs of workflows by time and on events, each due time and each
/// event at most once, across crashes and restarts: the run's id is a hash of what it is started
/// for, and a due time is done with only after its run is durable.
///
/// Accepts     workflow_changed; event_due for triggers; list_schedules (reply_slot),
///             control_schedule (reply_slot)
/// Replies     in the slots; event_seen, open_listener, close_listener to its tenant
/// Supervisor  its tenant, permanent
/// Persists    how far each schedule has come (actors/schedule_progress.hpp)
/// Fails       crash: restarted, reads the rows again; what was due meanwhile is late, and missed
///             ones are made up for as their policy says. A start that fails is tried again until
///             the next one is due, and published as failed
/// Bounds      one entry for each schedule; one start of each under way; 1,000 missed runs of each
///             made up for; events of a round as many as the machine's data limit
caf::behavior schedules(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant);

} // namespace steward
