#pragma once

#include "agents/pack.hpp"

namespace steward::agents {

/// The collections in which the server itself keeps what agents do; every tenant with a pack has
/// them. Clients read them as records; only the gate writes them.
const std::vector<declared_collection>& base_collections();

/// Whether a collection of this name is the server's own: nobody else may declare or remove it.
bool is_base_collection(std::string_view name);

} // namespace steward::agents
