#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/tenant_book.hpp"

#include <map>

namespace steward::store::postgres {

/// Runs and events of the feed that age out. It sees what was there before its group, so a batch
/// that purges is a group by itself (see `postgres_writer`).
class purge_book final : public book {
public:
  void want(const tenant_state& tenant, const purge_runs& op);
  void want(const tenant_state& tenant, const purge_feed& op);
  void load(connection& db) override;

  purge_result purge(tenant_state& tenant, const purge_runs& op);
  purge_result purge(const tenant_state& tenant, const purge_feed& op);

  void keep() override {}
  void take_back() override;
  void write(group_statement& into) override;
  void discard() override;

private:
  struct old_run {
    run_id id;
    run_status status = run_status::pending;
    int64_t created_us = 0, ended_us = 0;
  };
  struct old_events {
    int64_t last = 0, first = 0, time_us = 0;
  };
  template <class Op, class Row>
  using looked_at = std::map<const Op*, std::pair<int32_t, std::vector<Row>>>;

  looked_at<purge_runs, old_run> runs_; ///< With the tenant's id.
  looked_at<purge_feed, old_events> feeds_;
  column<int32_t> runs_of_, feeds_of_;
  column<run_id> run_ids_;
  column<int64_t> feed_lasts_;
};

} // namespace steward::store::postgres
