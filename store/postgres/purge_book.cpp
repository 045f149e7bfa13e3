#include "store/postgres/purge_book.hpp"

#include "store/postgres/row_reading.hpp"
#include "store/postgres/sql_writing.hpp"

namespace steward::store::postgres {

void purge_book::want(const tenant_state& tenant, const purge_runs& op) {
  runs_[&op].first = tenant.id;
}

void purge_book::want(const tenant_state& tenant, const purge_feed& op) {
  feeds_[&op].first = tenant.id;
}

void purge_book::load(connection& db) {
  for (auto& [op, known] : runs_) {
    const auto with =
        parameters::of(known.first, op->after.value_or(run_id{}), static_cast<int64_t>(op->limit));
    for (const auto row : db.run(writing::oldest_runs, with))
      known.second.push_back({row.id(0), to_status(row, 1), row.integer(2), row.integer(3)});
  }
  for (auto& [op, known] : feeds_) {
    const auto with = parameters::of(known.first, static_cast<int64_t>(op->limit));
    for (const auto row : db.run(writing::oldest_feed, with))
      known.second.push_back({row.integer(0), row.integer(1), row.integer(2)});
  }
}

purge_result purge_book::purge(tenant_state& tenant, const purge_runs& op) {
  purge_result result;
  size_t seen = 0;
  for (const auto& run : runs_.at(&op).second) {
    if (run.created_us >= op.before_us) break;
    ++seen;
    result.last = run.id;
    if (!workflow::is_final(run.status) || run.ended_us >= op.before_us) continue;
    runs_of_.add(tenant.id);
    run_ids_.add(run.id);
    --tenant.added.counted[static_cast<size_t>(run.status)];
    ++result.removed;
  }
  result.more = seen == op.limit;
  return result;
}

purge_result purge_book::purge(const tenant_state& tenant, const purge_feed& op) {
  purge_result result;
  size_t seen = 0;
  for (const auto& events : feeds_.at(&op).second) {
    // The newest says nothing that is needed any more, but a feed that has begun is never empty.
    if (events.time_us >= op.before_us || events.last == static_cast<int64_t>(tenant.newest_event))
      break;
    ++seen;
    feeds_of_.add(tenant.id);
    feed_lasts_.add(events.last);
    result.removed += static_cast<uint64_t>(events.last - events.first + 1);
  }
  result.more = seen == op.limit;
  return result;
}

void purge_book::take_back() {
  runs_of_ = feeds_of_ = {};
  run_ids_ = {};
  feed_lasts_ = {};
}

void purge_book::write(group_statement& into) {
  for (const auto* part : {&writing::drop_runs, &writing::drop_journals, &writing::drop_snapshots,
                           &writing::drop_run_timers, &writing::drop_run_listeners})
    into.add(*part, runs_of_, run_ids_);
  into.add(writing::drop_feed, feeds_of_, feed_lasts_);
}

void purge_book::discard() {
  take_back();
  runs_.clear();
  feeds_.clear();
}

} // namespace steward::store::postgres
