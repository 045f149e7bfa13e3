#pragma once

#include "messages/agents.hpp"
#include "messages/reply.hpp"
#include "store/store.hpp"

namespace steward {

/// Sums over what agents did (docs/agents.md, "Figures"), from the records.
reply agent_figures(store::reader& reader, const ask_agents& m, int64_t now_us);

} // namespace steward
