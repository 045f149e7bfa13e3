#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>

/// What the API asks of the gateway's own actor, each with a reply_slot: calls that need an answer
/// from another actor. They never leave the process.
namespace steward::gateway {

struct show_tree {};
struct kill_by_path {
  std::string path; ///< As the tree shows it; the root's own name in front may be left out.
};
/// The server's threads have come to rest.
struct server_stopped {};

} // namespace steward::gateway

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::gateway::show_tree)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::gateway::kill_by_path)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::gateway::server_stopped)
