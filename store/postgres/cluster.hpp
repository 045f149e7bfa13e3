#pragma once

#include "store/membership.hpp"
#include "store/postgres/cluster_standing.hpp"
#include "store/postgres/session.hpp"

#include <memory>

namespace steward::store::postgres {

/// The cluster as rows: `nodes` with the leases, `shards` with their owners. A connection of its
/// own, whose calls are given up within a third of the lease, so that a database that is silent is
/// noticed in time.
class cluster final : public membership {
public:
  using clock = std::chrono::steady_clock;

  cluster(const options& o, std::shared_ptr<cluster_standing> standing);

  /// The first time: an earlier life of this server, by name and address, is over, and what it had
  /// is free. Fails with `conflict` for another cluster's database, for a name that lives
  /// elsewhere, and for an incident that others still see.
  std::optional<store_error> join();

  result<cluster_view> renew() override;
  result<cluster_view>
  settle(const std::function<std::vector<shard>(const cluster_view&)>& take) override;
  result<cluster_view> join_again() override;
  result<cluster_view> drain() override;
  std::optional<store_error> leave() override;
  bool held(shard s) const override { return standing_->held(s); }

private:
  struct refused {
    std::string why;
  };
  template <class Work>
  auto guarded(Work work) -> result<decltype(work(std::declval<connection&>()))>;
  template <class Work>
  void in_transaction(connection& db, Work work);
  void enter(connection& db, bool first);
  void give_up(connection& db, int64_t node);
  bool give_up_expired(connection& db, const cluster_view& view);
  cluster_view look(connection& db);
  /// Held is what was seen after it was committed.
  const cluster_view& note(const cluster_view& view);
  void in_touch();
  void find_loss(connection& db);

  const options options_;
  const cluster_identity identity_;
  const std::shared_ptr<cluster_standing> standing_;
  session session_;
  clock::time_point touched_{}, touched_since_{}; ///< The database, without a gap.
};

} // namespace steward::store::postgres
