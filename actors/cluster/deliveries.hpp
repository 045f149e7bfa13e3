#pragma once

#include "actors/node.hpp"
#include "messages/reply.hpp"

#include <string_view>

namespace steward {

/// Which messages one node may send another for a tenant there, by name: anything else is refused.
/// Gives the message to the actor that takes it. False: there is no such message, or its bytes are
/// broken; `known` tells which.
bool deliver(const node& n, std::string_view name, std::string_view body, const reply_slot& slot,
             bool& known);

} // namespace steward
