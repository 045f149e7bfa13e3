#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// One tenant: admits its requests, supervises its runner and its runs, wakes runs that something
/// happened to.
///
/// Accepts     start_run, control_run, retry_run (each with reply_slot, ticket); timer_due,
///             spawn_child, child_done, cancel_child; run_alone, answer_existing, workflow_changed;
///             publish_events (reply_slot, ticket), open_listener, close_listener, event_seen,
///             inbox_grown, event_due; what changes records (messages/record_requests.hpp), for
///             slot "store/records"; change_agents, for its gate; agents_declared, from it; and
///             what a supervisor accepts
/// Replies     in the slots, mostly through the run concerned
/// Supervisor  tenants, one_for_one, permanent; is itself a supervisor (one_for_one): runner,
/// inbox,
///             schedules, gate and agents permanent, runs transient
/// Persists    nothing of its own
/// Fails       crash: its runs are stopped; restarted, it wakes those that were running. A run that
///             crashes its actor `crash_limit` times in a row is quarantined: faulted, journal kept
/// Bounds      the door's limits before its mailbox; `active_runs` run actors, past it overloaded
caf::behavior tenant(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id id,
                     std::string path);

} // namespace steward
