#include "cluster/assignment.hpp"

#include <algorithm>
#include <iterator>

namespace steward::cluster {

size_t share_of(const std::set<int64_t>& nodes, int64_t node) {
  const auto at = nodes.find(node);
  if (at == nodes.end()) return 0;
  const auto rank = static_cast<size_t>(std::distance(nodes.begin(), at));
  return shard_count / nodes.size() + (rank < shard_count % nodes.size() ? 1 : 0);
}

shard_moves moves_of(const shard_map& map, int64_t node) {
  std::map<int64_t, size_t> has;
  std::vector<shard> own, free;
  for (shard s = 0; s < shard_count; ++s) {
    const auto owner = map.owners.find(s);
    if (owner == map.owners.end()) {
      free.push_back(s);
      continue;
    }
    ++has[owner->second];
    if (owner->second == node) own.push_back(s);
  }
  shard_moves moves;
  const auto share = share_of(map.nodes, node);
  if (own.size() > share) {
    moves.give_up.assign(own.begin() + static_cast<std::ptrdiff_t>(share), own.end());
    return moves;
  }
  // The free ones are dealt out in the order of the nodes, to each as many as it lacks.
  size_t first = 0;
  for (const auto other : map.nodes) {
    const auto lacks =
        share_of(map.nodes, other) - std::min(share_of(map.nodes, other), has[other]);
    if (other == node) {
      const auto most = std::min(free.size(), first + lacks);
      for (auto i = std::min(first, free.size()); i < most; ++i) moves.take.push_back(free[i]);
      break;
    }
    first += lacks;
  }
  return moves;
}

} // namespace steward::cluster
