#pragma once

#include "store/postgres/operations.hpp"
#include "store/postgres/writer_seat.hpp"
#include "store/store.hpp"

namespace steward::store::postgres {

/// Decides a group in memory and sends it as one statement, which is one transaction. Should the
/// database refuse something of it (nearly nothing slips through), the group is sent again as one
/// transaction with a savepoint for each batch.
///
/// `commit` throws `outcome_unknown` when the connection was lost in its middle and does not come
/// back soon. Whoever asked for the batches must then be told nothing, as if the process had died:
/// the journal's actor crashes of it, which is just that.
class postgres_writer final : public writer {
public:
  /// `hold` is kept alive as long as the writer, and `seat` lives in it. `standing` is null without
  /// a cluster; in one, batches for tenants that another server has are `unavailable`.
  postgres_writer(writer_seat& seat, std::shared_ptr<cluster_standing> standing,
                  std::shared_ptr<void> hold);
  commit_report commit(std::span<const write_batch* const> group) override;
  bool release(const std::vector<shard>& shards) override;

private:
  using group = operations::group;
  /// Nothing when the group is too large for one statement.
  commit_report commit_own(group batches);
  std::optional<commit_report> together(group batches);
  commit_report apart(group batches);
  batch_result alone(const write_batch& batch, connection& db, int64_t epoch, uint64_t number);
  connection& take_seat();
  group_statement composed(group batches);
  shard shard_of(const tenant_id& tenant);

  std::shared_ptr<void> hold_;
  writer_seat& seat_;
  std::shared_ptr<cluster_standing> standing_;
  std::unordered_map<tenant_id, shard> shards_; ///< Of tenants, to be hashed once.
  operations operations_;
  uint64_t generation_ = 0;
};

} // namespace steward::store::postgres
