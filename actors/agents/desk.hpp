#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// How many thinkers there are: "agents/thinker1", ...
constexpr size_t thinkers = 4;

/// Hands what agents and gates want read or decided to the thinkers (slot "agents/desk"), so that
/// one tenant's heavy rules keep one thread busy and nobody else waiting.
///
/// Accepts     what a thinker accepts (actors/agents/thinker.hpp)
/// Replies     as the thinker does; an error when it crashed over the question
/// Supervisor  root/agents, one_for_one, permanent
/// Persists    nothing
/// Fails       crash: whoever waits is told, and asks again
/// Bounds      tenants take turns; of one tenant at most `thinkers` / 2 questions are in work at
/// once,
///             of agents that execute by themselves as many of all tenants, so that who waits for
///             an answer finds a thinker; `store.query_queue` figures wait, past it overloaded
caf::behavior desk(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
