#pragma once

#include "messages/shards.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

/// Which node has which tenants, as pure rules: no database, no clock, no network.
namespace steward::cluster {

/// Who is there and who has what, read at one moment.
struct shard_map {
  std::set<int64_t> nodes;         ///< Ids of those that live and are not leaving.
  std::map<shard, int64_t> owners; ///< Of shards whose lease holds, also by those that leave.
};

/// How many shards a node should have: equal shares, and what is left over to those whose ids come
/// first. 0 for one that is not among them.
size_t share_of(const std::set<int64_t>& nodes, int64_t node);

/// What one node does about the map by itself. Nodes that see the same map never want the same
/// shard, and when all have done it, every shard has a node and no shard has moved that need not
/// have.
struct shard_moves {
  std::vector<shard> give_up, take;
  friend bool operator==(const shard_moves&, const shard_moves&) = default;
};
shard_moves moves_of(const shard_map& map, int64_t node);

} // namespace steward::cluster
