#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// One agent of a tenant: at its times it looks and decides (in the thinker), and hands the plan to
/// the tenant's gate, which judges and does it.
///
/// Accepts     reminder_due, execute (now), as a child of its tenant
/// Supervisor  tenant, one_for_one, permanent, under the agent's name
/// Persists    nothing of its own: its state is the gate's record of it
/// Fails       what it saw has changed by the time of the commit: it looks again, `attempts_most`
///             times. A decision that fails counts for its circuit breaker. Crash: restarted, it
///             executes what it missed
/// Time        every `interval` of its record, at a moment of it that follows from its name, so
///             that the agents of many tenants don't all wake at once
caf::behavior agent(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                    std::string name, std::string path);

} // namespace steward
