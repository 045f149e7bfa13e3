#pragma once

#include "store/postgres/inbox_book.hpp"
#include "store/postgres/key_book.hpp"
#include "store/postgres/purge_book.hpp"
#include "store/postgres/record_book.hpp"
#include "store/postgres/run_book.hpp"
#include "store/postgres/tenant_book.hpp"
#include "store/postgres/waiting_book.hpp"
#include "store/postgres/workflow_book.hpp"

#include <span>

namespace steward::store::postgres {

/// Decides the batches of a group, in memory: what they need to know is looked up for all of them
/// at once, what they do becomes one statement. An operation is a `want` (what it looks at) and an
/// `apply` (what becomes of it), over the book of its kind.
class operations {
public:
  using group = std::span<const write_batch* const>;

  /// Whether it has to be a group by itself.
  static bool is_exclusive(const write_batch& batch);

  /// Whether it changes more than rows.
  static bool changes_schema(const write_batch& batch);

  /// Looks up what the group will look at. Throws `sql_error`.
  void prepare(group batches, connection& db);
  /// Decides one batch of it; the next one sees what this one did, unless it was refused.
  batch_result apply(const write_batch& batch);
  group_statement write();
  /// What has to be run after it, in the same transaction.
  const std::vector<std::string>& schema_changes() const { return records_.schema_changes(); }

  // As for each book.
  void settle();
  void discard();
  void forget();
  std::vector<feed_chunk> take_published() { return tenants_.take_published(); }

private:
  void want(const insert_run& op);
  void want(const append_journal& op) { runs_.want(*tenant_, op.run); }
  void want(const update_run& op) { runs_.want(*tenant_, op.run); }
  void want(const put_timer& op) { runs_.want(*tenant_, op.run); }
  void want(const clear_timer&) {}
  void want(const publish_event&) {}
  void want(const put_workflow& op) { workflows_.want(*tenant_, op.row.ref); }
  void want(const put_event& op) { inbox_.want(*tenant_, op); }
  void want(const put_listener& op);
  void want(const advance_listener& op) {
    waiting_.want_listener(*tenant_, op.run, op.effect, op.trigger);
  }
  void want(const clear_listener&) {}
  void want(const put_schedule&) {}
  void want(const clear_schedule&) {}
  void want(const put_snapshot& op) { runs_.want(*tenant_, op.run); }
  void want(const purge_runs& op) { purges_.want(*tenant_, op); }
  void want(const purge_feed& op) { purges_.want(*tenant_, op); }
  void want(const purge_inbox& op) { inbox_.want(*tenant_, op); }
  void want(const put_collection& op) { records_.want(*tenant_, op); }
  void want(const drop_collection& op) { records_.want(*tenant_, op); }
  void want(const put_record& op) { records_.want(*tenant_, op); }
  void want(const delete_record& op) { records_.want(*tenant_, op); }

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

  bool key_is_free(const insert_run& op);
  bool has_status(run_status status);
  bool refuse(batch_result::kind what, std::string reason);
  bool refuse_unknown(const run_id& id);
  bool refuse(refused_record why);

  tenant_book tenants_;
  workflow_book workflows_;
  run_book runs_;
  key_book keys_;
  waiting_book waiting_;
  inbox_book inbox_;
  purge_book purges_;
  record_book records_;
  book* const books_[8] = {&tenants_, &workflows_, &runs_,   &keys_,
                           &waiting_, &inbox_,     &purges_, &records_};

  // Of the batch in hand.
  const tenant_id* name_ = nullptr;
  tenant_state* tenant_ = nullptr;
  batch_result result_;
};

} // namespace steward::store::postgres
