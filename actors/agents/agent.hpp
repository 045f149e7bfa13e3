#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// One agent of a tenant: at its times, and at the events that it wants, it looks and decides (in
/// the thinker), and hands the plan to the tenant's gate, which judges and does it.
///
/// Accepts     reminder_due, execute (now), event_due, as a child of its tenant
/// Replies     event_seen to its tenant, once what it did about the event is durable
/// Supervisor  tenant, one_for_one, permanent, under the agent's name
/// Persists    nothing of its own: its state is the gate's record of it, with the newest event that
///             it dealt with
/// Fails       what it saw has changed by the time of the commit: it looks again, `looks_most`
///             times. A decision that fails counts for its circuit breaker, and is tried again as
///             its queue says (agents/task_queue.hpp); an event that keeps failing is passed over
///             then. Crash: restarted, it executes what it missed
/// Bounds      its queue's, which all agents of the tenant share; the events that the inbox offers
/// Time        every `interval` of its record, at a moment of it that follows from its name, so
///             that the agents of many tenants don't all wake at once
caf::behavior agent(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                    std::string name, std::string path);

/// The name of an agent's listener in its tenant's inbox; no workflow's is like it.
std::string listener_of_agent(const std::string& agent);
/// Empty: the listener is no agent's.
std::string agent_of_listener(const std::string& trigger);

} // namespace steward
