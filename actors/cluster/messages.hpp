#pragma once

#include "cluster/wire.hpp"
#include "messages/cluster.hpp"
#include "messages/reply.hpp"
#include "messages/shards.hpp"
#include "store/membership.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <memory>

/// What the actors of the cluster's subtree, the tenants and the journal say to each other on one
/// node.
namespace steward {

// --- to the tenants' actor, from the membership ---

/// Tenants of these shards are no longer this node's: stop them, then say `shards_closed`.
struct close_shards {
  shard_set which;
  caf::actor author;
};
/// Some are this node's now: recover what has to go on by itself.
struct shards_gained {};

// --- to the membership ---

struct shards_closed {};
struct shards_released {
  bool done = false;
};
/// Something has changed, or seems to have: don't wait for the next turn.
struct look_again {};

// --- to the journal ---

/// Give them back, behind all that it was sent before. -> shards_released
struct release_shards {
  std::vector<shard> shards;
  caf::actor author;
};

// --- to the router ---

/// From the membership, each time that it has looked.
struct cluster_seen {
  std::shared_ptr<const store::cluster_view> view;
};
/// A message for a tenant that is elsewhere: answered through the slot whatever happens.
struct pass_on {
  std::string name; ///< cluster::name_of
  tenant_id tenant;
  std::string body; ///< cluster::encode
  reply_slot slot;
};
/// To a node, or to all others (0): may be lost.
struct tell_node {
  int64_t node = 0;
  std::string name, body;
};

/// To the node that has the tenant: may be lost.
struct tell_owner {
  tenant_id tenant;
  std::string name, body;
};

template <class Message>
pass_on passed_on(const Message& message, const tenant_id& tenant, const reply_slot& slot) {
  static const auto name = cluster::name_of<Message>();
  return {name, tenant, cluster::encode(message), slot};
}

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::close_shards)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::shards_gained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::shards_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::shards_released)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::look_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::release_shards)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::cluster_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::pass_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::tell_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::tell_owner)
