#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/row_book.hpp"
#include "store/postgres/tenant_book.hpp"

namespace steward::store::postgres {

/// A run as the batch in hand sees it, and what the group does to it. Texts are those of the
/// batches.
struct run_state {
  run_status status = run_status::pending;
  uint64_t journal = 0;           ///< How many entries it has.
  const run_row* added = nullptr; ///< The row to insert; else the one there is changes.
  int64_t family = 0;
  uint64_t attempts = 0;
  bool updated = false;
  bool reopened = false; ///< Clears what the end set, before these are.
  std::optional<std::string_view> output, error;
  std::optional<int64_t> ended_us;
};

/// Runs, their journals and their snapshots.
class run_book final : public book {
public:
  void want(const tenant_state& tenant, const run_id& id) { runs_.want({tenant.id, id}); }
  void load(connection& db) override;

  const run_state* find(const tenant_state& tenant, const run_id& id) const {
    return runs_.find({tenant.id, id});
  }
  void add(tenant_state& tenant, const run_row& row, int64_t family);
  void update(tenant_state& tenant, const update_run& op);
  void append(const tenant_state& tenant, const append_journal& op);
  void put(const tenant_state& tenant, const put_snapshot& op) {
    snapshots_.edit({tenant.id, op.run}) = &op;
  }

  void keep() override;
  void take_back() override;
  void write(group_statement& into) override;
  void discard() override;

private:
  using key = std::pair<int32_t, run_id>;
  struct entry {
    int32_t tenant;
    const append_journal* op;
  };
  void write_added(group_statement& into) const;
  void write_updated(group_statement& into) const;
  void write_journal(group_statement& into) const;
  void write_snapshots(group_statement& into) const;

  row_book<key, run_state> runs_;
  row_book<key, const put_snapshot*> snapshots_;
  std::vector<entry> entries_;
  size_t entries_before_batch_ = 0;
};

} // namespace steward::store::postgres
