#define CAF_SUITE assignment

#include "cluster/assignment.hpp"

#include "caf/test/unit_test.hpp"

#include <random>

using namespace steward;
using namespace steward::cluster;

namespace {

/// All nodes that live do what they want to do, one after the other, until nobody wants anything:
/// how many shards changed hands.
size_t settle(shard_map& map) {
  size_t moved = 0;
  for (bool changed = true; changed;) {
    changed = false;
    auto everybody = map.nodes;
    for (const auto& [s, owner] : map.owners) everybody.insert(owner);
    for (const auto& node : everybody) {
      const auto moves = moves_of(map, node);
      for (const auto s : moves.give_up) map.owners.erase(s);
      for (const auto s : moves.take) {
        CAF_CHECK(map.owners.emplace(s, node).second);
        ++moved;
      }
      changed |= !moves.give_up.empty() || !moves.take.empty();
    }
  }
  return moved;
}

void check_balanced(const shard_map& map) {
  CAF_CHECK_EQUAL(map.owners.size(), size_t{shard_count});
  std::map<int64_t, size_t> has;
  for (const auto& [s, owner] : map.owners) ++has[owner];
  for (const auto& node : map.nodes) CAF_CHECK_EQUAL(has[node], share_of(map.nodes, node));
}

} // namespace

CAF_TEST(a tenant has its shard for ever) {
  CAF_CHECK_EQUAL(shard_of("default"), 0x37u);
  CAF_CHECK_EQUAL(shard_of("salon-1"), shard_of("salon-1"));
  std::map<shard, size_t> hit;
  for (int i = 0; i < 25'600; ++i) ++hit[shard_of("t" + std::to_string(i))];
  CAF_CHECK_EQUAL(hit.size(), size_t{shard_count});
  for (const auto& [s, count] : hit) CAF_CHECK(count > 50 && count < 160);
}

CAF_TEST(shares differ by one at most and are all) {
  for (size_t nodes = 1; nodes <= 300; ++nodes) {
    std::set<int64_t> all;
    for (size_t i = 0; i < nodes; ++i) all.insert(static_cast<int64_t>(i));
    size_t sum = 0, least = shard_count, most = 0;
    for (const auto& n : all) {
      sum += share_of(all, n);
      least = std::min(least, share_of(all, n));
      most = std::max(most, share_of(all, n));
    }
    CAF_CHECK_EQUAL(sum, size_t{shard_count});
    CAF_CHECK(most - least <= 1);
  }
  CAF_CHECK_EQUAL(share_of({1, 2}, 3), 0u);
}

CAF_TEST(nodes that see the same map never want the same shard) {
  std::mt19937 random{7};
  for (int round = 0; round < 2'000; ++round) {
    shard_map map;
    for (unsigned i = 0; i < 1 + random() % 9; ++i)
      map.nodes.insert(static_cast<int64_t>(random() % 12));
    for (shard s = 0; s < shard_count; ++s)
      if (random() % 3 != 0) map.owners[s] = static_cast<int64_t>(random() % 12);
    std::set<shard> taken;
    for (const auto& node : map.nodes)
      for (const auto s : moves_of(map, node).take) {
        CAF_CHECK(!map.owners.contains(s));
        CAF_CHECK(taken.insert(s).second);
      }
  }
}

CAF_TEST(whoever comes and goes no shard moves that need not ) {
  std::mt19937 random{11};
  shard_map map;
  map.nodes = {0};
  CAF_CHECK_EQUAL(settle(map), size_t{shard_count});
  for (int round = 0; round < 300; ++round) {
    const auto before = map;
    const auto node = static_cast<int64_t>(random() % 10);
    size_t lost = 0;
    if (!map.nodes.contains(node)) {
      map.nodes.insert(node); // it comes
    } else if (map.nodes.size() > 1) {
      map.nodes.erase(node);
      const bool dies = random() % 2 == 0; // else it leaves in order: it has its shards until then
      for (const auto& [s, owner] : before.owners)
        if (owner == node) {
          ++lost;
          if (dies) map.owners.erase(s);
        }
    }
    size_t least =
        lost; // what has to move: those of who went, or of who has more than its share now
    if (lost == 0)
      for (const auto& n : map.nodes) {
        size_t has = 0;
        for (const auto& [s, owner] : before.owners) has += owner == n;
        least += has > share_of(map.nodes, n) ? has - share_of(map.nodes, n) : 0;
      }
    const auto moved = settle(map);
    check_balanced(map);
    CAF_CHECK_EQUAL(moved, least);
  }
}
