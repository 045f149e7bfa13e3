#pragma once

#include "store/sqlite/statement_cache.hpp"
#include "store/store.hpp"

namespace steward::store::sqlite {

/// One reading connection with its prepared statements.
class sqlite_reader final : public reader {
public:
  /// `hold` is kept alive as long as the reader. Throws `sql_error`.
  sqlite_reader(const std::filesystem::path& file, std::shared_ptr<void> hold);

  result<std::optional<run_row>> get_run(const tenant_id& tenant, const run_id& id) override;
  result<std::optional<stored_run>> load_run(const tenant_id& tenant, const run_id& id,
                                             run_part part) override;
  result<std::vector<run_row>> list_runs(const tenant_id& tenant, const run_query& q) override;
  result<std::vector<uint64_t>> count_runs(const tenant_id& tenant) override;
  result<std::vector<run_id>>
  active_runs(const tenant_id& tenant, const std::optional<run_id>& after, size_t limit) override;
  result<std::vector<stored_timer>> timers(const std::optional<stored_timer>& after,
                                           size_t limit) override;
  result<std::optional<workflow_row>> find_workflow(const tenant_id& tenant,
                                                    const workflow_ref& ref) override;
  result<std::optional<workflow_row>> workflow_by_id(int64_t id) override;
  result<std::vector<workflow_row>> list_workflows(const tenant_id& tenant,
                                                   const std::optional<workflow_ref>& after,
                                                   size_t limit) override;
  result<std::vector<feed_event>> feed_after(const tenant_id& tenant, uint64_t after,
                                             size_t limit) override;
  result<feed_bounds> feed_range(const tenant_id& tenant) override;
  result<std::vector<inbox_event>> inbox_after(const tenant_id& tenant, uint64_t after,
                                               size_t limit) override;
  result<inbox_bounds> inbox_range(const tenant_id& tenant) override;
  result<std::vector<stored_listener>> listeners(const tenant_id& tenant,
                                                 const std::optional<stored_listener>& after,
                                                 size_t limit) override;
  result<std::vector<stored_schedule>> schedules(const tenant_id& tenant) override;
  result<std::optional<collection_row>> find_collection(const tenant_id& tenant,
                                                        const std::string& name) override;
  result<std::vector<collection_row>>
  list_collections(const tenant_id& tenant, const std::string& after, size_t limit) override;
  result<std::optional<record_row>> get_record(const tenant_id& tenant,
                                               const std::string& collection,
                                               const std::string& id) override;
  result<std::vector<record_row>> find_records(const tenant_id& tenant,
                                               const record_query& query) override;
  result<std::vector<record_row>> record_history(const tenant_id& tenant,
                                                 const std::string& collection,
                                                 const std::string& id, uint64_t before,
                                                 size_t limit) override;
  result<std::vector<tenant_id>> tenants() override;
  result<std::vector<tenant_id>> busy_tenants() override;

private:
  std::string latest_version(const tenant_id& tenant, const workflow_ref& ref);

  std::shared_ptr<void> hold_;
  connection db_;
  statement run_, journal_, snapshot_, runs_, completed_runs_, runs_by_status_, workflow_runs_,
      completed_workflow_runs_, workflow_runs_by_status_, run_counts_, active_runs_, timers_,
      workflow_, workflow_by_id_, versions_, workflows_, feed_, feed_range_, inbox_, inbox_range_,
      listeners_, schedules_, collection_, collections_, record_, record_history_, tenants_,
      busy_tenants_;
  statement_cache made_; ///< For queries of records.
};

} // namespace steward::store::sqlite
