#pragma once

#include "store/postgres/session.hpp"
#include "store/postgres/writer_seat.hpp"
#include "store/store.hpp"

#include <unordered_map>

namespace steward::store::postgres {

/// One reading session, connected when first asked and again whenever its connection was lost. It
/// sees one tenant's rows at a time.
class postgres_reader final : public reader {
public:
  /// `hold` is kept alive as long as the reader; `o` and `seat` live in it.
  postgres_reader(const options& o, writer_seat& seat, std::shared_ptr<void> hold);

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
  /// `read(connection)`; once more on a new connection if the old one was lost.
  template <class Read>
  auto connected(Read read) -> result<decltype(read(std::declval<connection&>()))>;
  /// `read(connection, id of the tenant)`, with only its rows to be seen; `none` for a tenant that
  /// is not there.
  template <class None, class Read>
  result<None> of_tenant(const tenant_id& tenant, None none, Read read);
  /// `read(connection)`, with the rows of all tenants to be seen.
  template <class Read>
  auto of_all(Read read) -> result<decltype(read(std::declval<connection&>()))>;

  void see(connection& db, const std::string& whom);
  int32_t find_tenant(connection& db, const tenant_id& tenant);

  std::shared_ptr<void> hold_;
  writer_seat& seat_;
  session session_;
  std::string seen_;                               ///< What `steward.tenant` says.
  std::unordered_map<tenant_id, int32_t> tenants_; ///< Ids never change.
};

} // namespace steward::store::postgres
