#pragma once

#include "config/settings.hpp"
#include "store/membership.hpp"

#include <set>
#include <string>

namespace steward {

/// {name, node, lease_ms, incident, nodes: [{id, name, address, version, state, epoch, shards,
/// expires_in_ms, connected}], shards: [{shard, node, epoch}]}; `connected` are the nodes that this
/// one has a link to.
std::string cluster_document(const config::cluster_settings& settings,
                             const store::cluster_view& view, const std::set<int64_t>& connected);

} // namespace steward
