#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// The name of the gate's listener in its tenant's inbox; no workflow's is like it.
constexpr char listener_of_gate[] = "gate:";

/// Keeps the gate of one tenant (agents/gate.hpp): everything its agents decide, and all that
/// people say about it, passes here one after the other, each in one commit.
///
/// Accepts     change_agents with reply_slot and ticket; ask_terms, execution (from agents);
///             reminder_due; event_due (questions of workflows); delivery_report; batch_done
/// Replies     the slot once it is durable; agent_terms, execution_done
/// Supervisor  tenant, one_for_one, permanent, as "gate"
/// Persists    decisions, approvals, agent states, audit, outreach, rules: records of the server's
///             own collections; the state in memory is what is committed, rebuilt from it at start
/// Fails       a commit of unknown outcome, or a crash: the state is read anew, whoever waits is
///             told to try again
/// Bounds      `waiting_most` requests in line, past it unavailable; open decisions by the gate
caf::behavior gatekeeper(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id id,
                         caf::actor tenant, std::string path);

} // namespace steward
