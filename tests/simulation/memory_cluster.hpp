#pragma once

#include "store/membership.hpp"
#include "store/postgres/cluster_standing.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>

namespace steward::simulation {

/// The cluster's rows beside the simulated disk, by the same rules as in PostgreSQL: leases by the
/// database's clock, shards with epochs, and a fence for each commit.
class memory_cluster {
public:
  /// `now_us`: the database's clock.
  memory_cluster(std::function<int64_t()> now_us, int64_t lease_us)
      : now_us_(std::move(now_us)), lease_us_(lease_us) {}

  int64_t join(const std::string& name);
  bool renew(int64_t node);
  void give_up(int64_t node);
  void give_up_expired(int64_t but_not);
  void drain(int64_t node);
  void take(int64_t node, shard s);
  void give_back(int64_t node, shard s);
  store::cluster_view look(int64_t node) const;
  bool owns(int64_t node, shard s) const;
  int64_t lease_us() const { return lease_us_; }
  int64_t now_us() const { return now_us_(); }

private:
  struct row {
    std::string name;
    store::member_state state = store::member_state::active;
    int64_t expires_us = 0;
  };
  std::function<int64_t()> now_us_;
  int64_t lease_us_;
  std::map<int64_t, row> nodes_;
  std::array<store::shard_lease, shard_count> shards_{};
  int64_t newest_node_ = 0;
};

/// One process's part in it, and what its writer asks before each commit.
class cluster_part final : public store::membership {
public:
  /// `reached`: whether the process reaches the database now.
  cluster_part(memory_cluster& cluster, std::string name, std::function<bool()> reached);

  store::result<store::cluster_view> renew() override;
  store::result<store::cluster_view>
  settle(const std::function<std::vector<shard>(const store::cluster_view&)>& take) override;
  store::result<store::cluster_view> join_again() override;
  store::result<store::cluster_view> drain() override;
  std::optional<store::store_error> leave() override;
  bool held(shard s) const override { return standing_.held(s); }

  /// The database's word at the moment of the commit: all of these shards are this process's.
  bool passes(const shard_set& shards);
  bool release(const std::vector<shard>& shards);

private:
  const store::cluster_view& note(const store::cluster_view& view);
  store::store_error away() const { return {ec::unavailable, "the database is away"}; }
  void in_touch();

  memory_cluster& cluster_;
  const std::string name_;
  const std::function<bool()> reached_;
  store::postgres::cluster_standing standing_;
  int64_t touched_us_, touched_since_us_;
};

} // namespace steward::simulation
