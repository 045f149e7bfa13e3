#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

#include <set>
#include <unordered_map>
#include <unordered_set>

namespace steward {

/// What is in the agenda: outlives the actor, so that its successor goes on with it.
struct agenda_book {
  std::unordered_map<std::string, int64_t> due; ///< By path.
  std::set<std::pair<int64_t, std::string>> order;
  std::unordered_set<std::string> busy; ///< Were told, and did not say yet when next.
};

/// Tells agents and gates when their time has come (slot "agenda").
///
/// Accepts     remind; move_clock with a reply_slot, on a node whose clock is moved by hand
/// Replies     reminder_due to the path, when it is due: never early, once; the slot once all that
///             is due by then was dealt with (each path has been reminded anew)
/// Supervisor  root, one_for_one, permanent
/// Persists    nothing: whoever wants to be reminded says so again when it starts
/// Fails       crash: restarted with the same book
/// Bounds      one reminder for each agent and gate of the node
caf::behavior agenda(caf::event_based_actor* self, std::shared_ptr<node> n,
                     std::shared_ptr<agenda_book> book);

} // namespace steward
