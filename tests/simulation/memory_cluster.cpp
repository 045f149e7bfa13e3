#include "tests/simulation/memory_cluster.hpp"

namespace steward::simulation {

// --- the rows -----------------------------------------------------------------------------------

int64_t memory_cluster::join(const std::string& name) {
  // A server of that name is this one's earlier life.
  for (auto at = nodes_.begin(); at != nodes_.end(); ++at)
    if (at->second.name == name) {
      give_up(at->first);
      break;
    }
  nodes_[++newest_node_] = {name, store::member_state::active, now_us_() + lease_us_};
  return newest_node_;
}

bool memory_cluster::renew(int64_t node) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return false;
  found->second.expires_us = now_us_() + lease_us_;
  return true;
}

void memory_cluster::give_up(int64_t node) {
  nodes_.erase(node);
  for (auto& s : shards_)
    if (s.node == node) s.node = 0;
}

void memory_cluster::give_up_expired(int64_t but_not) {
  std::vector<int64_t> over;
  for (const auto& [id, n] : nodes_)
    if (id != but_not && n.expires_us < now_us_()) over.push_back(id);
  for (const auto id : over) give_up(id);
}

void memory_cluster::drain(int64_t node) {
  if (const auto found = nodes_.find(node); found != nodes_.end())
    found->second.state = store::member_state::draining;
}

void memory_cluster::take(int64_t node, shard s) {
  if (shards_[s].node == 0) shards_[s] = {node, shards_[s].epoch + 1};
}

void memory_cluster::give_back(int64_t node, shard s) {
  if (shards_[s].node == node) shards_[s].node = 0;
}

bool memory_cluster::owns(int64_t node, shard s) const {
  return nodes_.contains(node) && shards_[s].node == node;
}

store::cluster_view memory_cluster::look(int64_t node) const {
  store::cluster_view view;
  view.me = nodes_.contains(node) ? node : 0;
  for (const auto& [id, n] : nodes_)
    view.members.push_back({id, n.name, n.name, "1.0.0", n.state, id,
                            std::chrono::milliseconds{(n.expires_us - now_us_()) / 1000}});
  view.shards = shards_;
  view.clock_us = now_us_();
  return view;
}

// --- one process --------------------------------------------------------------------------------

cluster_part::cluster_part(memory_cluster& cluster, std::string name, std::function<bool()> reached)
    : cluster_(cluster), name_(std::move(name)), reached_(std::move(reached)),
      touched_us_(cluster.now_us()), touched_since_us_(touched_us_) {
  standing_.join(cluster_.join(name_));
}

const store::cluster_view& cluster_part::note(const store::cluster_view& view) {
  for (shard s = 0; s < shard_count; ++s)
    standing_.note(s, view.me == 0 ? 0 : view.shards[s].node, view.shards[s].epoch);
  return view;
}

void cluster_part::in_touch() {
  if (cluster_.now_us() - touched_us_ > cluster_.lease_us() / 2)
    touched_since_us_ = cluster_.now_us();
  touched_us_ = cluster_.now_us();
}

store::result<store::cluster_view> cluster_part::renew() {
  if (!reached_()) return failed{away()};
  cluster_.renew(standing_.node());
  in_touch();
  return note(cluster_.look(standing_.node()));
}

store::result<store::cluster_view>
cluster_part::settle(const std::function<std::vector<shard>(const store::cluster_view&)>& take) {
  if (!reached_()) return failed{away()};
  if (cluster_.renew(standing_.node())) {
    if (cluster_.now_us() - touched_since_us_ >= cluster_.lease_us())
      cluster_.give_up_expired(standing_.node());
    for (const auto s : take(cluster_.look(standing_.node()))) cluster_.take(standing_.node(), s);
  }
  in_touch();
  return note(cluster_.look(standing_.node()));
}

store::result<store::cluster_view> cluster_part::join_again() {
  if (!reached_()) return failed{away()};
  standing_.join(cluster_.join(name_));
  touched_us_ = touched_since_us_ = cluster_.now_us();
  return note(cluster_.look(standing_.node()));
}

store::result<store::cluster_view> cluster_part::drain() {
  if (!reached_()) return failed{away()};
  cluster_.drain(standing_.node());
  return note(cluster_.look(standing_.node()));
}

std::optional<store::store_error> cluster_part::leave() {
  if (!reached_()) return away();
  cluster_.give_up(standing_.node());
  standing_.join(0);
  return std::nullopt;
}

bool cluster_part::passes(const shard_set& shards) {
  for (shard s = 0; s < shard_count; ++s)
    if (shards[s] && !cluster_.owns(standing_.node(), s)) {
      standing_.lose_all();
      return false;
    }
  return true;
}

bool cluster_part::release(const std::vector<shard>& shards) {
  if (!reached_()) return false;
  for (const auto s : shards) {
    standing_.release(s);
    cluster_.give_back(standing_.node(), s);
  }
  return true;
}

} // namespace steward::simulation
