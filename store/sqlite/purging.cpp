#include "store/feed_codec.hpp"
#include "store/sqlite/operations.hpp"

/// What ages out of the store.
namespace steward::store::sqlite {

bool operations::apply(const purge_runs& op) {
  struct old_run {
    int64_t row;
    run_id id;
    run_status status;
  };
  std::vector<old_run> old;
  purge_result result;
  {
    size_t seen = 0;
    const auto after = op.after.value_or(run_id{}); // Bound by reference.
    auto row = oldest_runs_.run(tenant_->id, after, op.limit);
    while (row.next() && row.integer(3) < op.before_us) {
      ++seen;
      result.last = row.id(1);
      const auto status = static_cast<run_status>(row.integer(2));
      if (workflow::is_final(status) && row.integer(4) < op.before_us)
        old.push_back({row.integer(0), result.last, status});
    }
    result.more = seen == op.limit;
  }
  for (const auto& run : old) drop_whole_run(run.row, run.id, run.status);
  result.removed = old.size();
  result_.purges.push_back(result);
  return true;
}

void operations::drop_whole_run(int64_t row, const run_id& id, run_status status) {
  drop_journal_.execute(row);
  drop_snapshot_.execute(row);
  drop_timers_.execute(tenant_->id, id);
  drop_listeners_.execute(tenant_->id, id);
  drop_run_.execute(row);
  --tenant_->counted[static_cast<size_t>(status)];
  if (run_ && run_->id == id) run_.reset();
  changed_rows_ = true;
}

bool operations::apply(const purge_feed& op) {
  std::vector<int64_t> old;
  purge_result result;
  {
    auto row = oldest_events_.run(tenant_->id, op.limit);
    size_t seen = 0;
    for (; row.next(); ++seen) {
      const auto events = decode_events(row.view(2), row.number(1));
      // What can't be read is left for whoever looks for the damage; so is all after it.
      if (!events || events->empty() || events->back().time_us >= op.before_us ||
          events->back().sequence == tenant_->newest_event)
        break;
      old.push_back(row.integer(0));
      result.removed += events->size();
    }
    result.more = seen == op.limit;
  }
  for (const auto position : old) drop_events_.execute(position);
  if (!old.empty()) changed_rows_ = true;
  result_.purges.push_back(result);
  return true;
}

bool operations::apply(const purge_inbox& op) {
  drop_old_events_.execute(tenant_->id, op.before_us, op.limit);
  note_changes();
  const auto removed = static_cast<uint64_t>(db_.changes());
  result_.purges.push_back({removed, removed == op.limit, {}});
  return true;
}

} // namespace steward::store::sqlite
