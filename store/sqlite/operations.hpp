#pragma once

#include "store/sqlite/record_operations.hpp"
#include "store/sqlite/tenant_book.hpp"

#include <unordered_map>

namespace steward::store::sqlite {

/// Carries out the operations of one batch after the other, inside the writer's transaction.
class operations {
public:
  operations(connection& db, tenant_book& book);

  /// Applies the batch up to the first operation that is refused, and says what became of it.
  /// Throws `sql_error`.
  batch_result apply(const write_batch& batch, tenant_state& tenant);
  /// Whether the last `apply` changed rows. If it refused the batch, they have to be rolled back.
  bool changed_rows() const { return changed_rows_; }
  /// Rows were rolled back: drops what was remembered of them.
  void forget();

private:
  // Each returns false when it refuses, with the reason in result_.
  bool apply(const insert_run& op);
  bool apply(const append_journal& op);
  bool apply(const update_run& op);
  bool apply(const put_timer& op);
  bool apply(const clear_timer& op);
  bool apply(const publish_event& op);
  bool apply(const put_workflow& op);
  bool apply(const put_event& op);
  bool apply(const put_listener& op);
  bool apply(const advance_listener& op);
  bool apply(const clear_listener& op);
  bool apply(const put_schedule& op);
  bool apply(const clear_schedule& op);
  bool apply(const put_snapshot& op);
  bool apply(const purge_runs& op);
  bool apply(const purge_feed& op);
  bool apply(const purge_inbox& op);
  bool apply(const put_collection& op);
  bool apply(const drop_collection& op);
  bool apply(const put_record& op);
  bool apply(const delete_record& op);

  struct workflow_place {
    int64_t tenant = 0, family = 0;
  };
  struct run_place {
    run_id id;
    int64_t row = 0;
    run_status status = run_status::pending;
  };
  /// Null when there is no such workflow, or run of this tenant.
  const workflow_place* find_workflow(int64_t id);
  run_place* find_run(const run_id& id);
  void drop_whole_run(int64_t row, const run_id& id, run_status status);
  bool key_is_free(const insert_run& op);
  void keep_key(const insert_run& op);
  bool refuse(batch_result::kind what, std::string reason);
  bool refuse_unknown(const run_id& id);
  bool refuse(refused_record why);
  bool note_changes(); ///< Of the last statement, if it changed anything. True.

  connection& db_;
  tenant_book& book_;
  record_operations records_;
  statement find_workflow_, workflow_family_, add_workflow_, find_key_, add_key_, drop_old_keys_,
      add_run_, find_run_, update_run_, add_entry_, put_timer_, clear_timer_, drop_old_events_,
      find_event_, add_event_, put_listener_, advance_listener_, clear_listener_, put_schedule_,
      clear_schedule_, put_snapshot_, oldest_runs_, drop_run_, drop_journal_, drop_snapshot_,
      drop_timers_, drop_listeners_, oldest_events_, drop_events_;

  // Of the batch in hand.
  const tenant_id* name_ = nullptr;
  tenant_state* tenant_ = nullptr;
  batch_result result_;
  bool changed_rows_ = false;
  std::optional<run_place> run_; ///< The one looked up last: most batches are about one.

  std::unordered_map<int64_t, workflow_place> workflows_; ///< By id. Rows of it never change.
  uint64_t keys_added_ = 0;
};

} // namespace steward::store::sqlite
