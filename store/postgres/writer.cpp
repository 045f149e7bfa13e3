#include "store/postgres/writer.hpp"

#include <algorithm>

namespace steward::store::postgres {

namespace {

using kind = batch_result::kind;

/// A group that was in another's way, or lost its connection before it was there, is sent again at
/// once. Whoever waits for it would do the same, only later.
constexpr int attempts = 3;
/// PostgreSQL takes messages of less than a gigabyte.
constexpr size_t statement_bytes = 256u << 20;

commit_report lost(size_t batches, const std::string& why) {
  batch_result each;
  each.what = kind::unavailable;
  each.reason = why;
  return {std::vector<batch_result>(batches, each), {}};
}

} // namespace

postgres_writer::postgres_writer(writer_seat& seat, std::shared_ptr<void> hold)
    : hold_(std::move(hold)), seat_(seat) {}

commit_report postgres_writer::commit(group batches) {
  // What purges has to see what those before it did.
  bool one_by_one = std::ranges::any_of(batches, [&](const auto* batch) {
    return operations::changes_schema(*batch) ||
           (batches.size() > 1 && operations::is_exclusive(*batch));
  });
  for (int attempt = 1;; ++attempt) {
    try {
      if (!one_by_one)
        if (auto report = together(batches)) return std::move(*report);
      return apart(batches);
    } catch (const sql_error& e) {
      operations_.forget();
      if (e.blames_data() && !one_by_one) {
        one_by_one = true;
        continue;
      }
      if (e.lost() || e.fenced()) seat_.leave();
      const bool again = e.may_pass() || e.lost() || e.fenced();
      if (!again || attempt == attempts) return lost(batches.size(), e.what());
    } catch (...) {
      // It may have left a transaction open, in which later commits would be none.
      operations_.forget();
      seat_.leave();
      throw;
    }
  }
}

connection& postgres_writer::take_seat() {
  auto& db = seat_.take();
  // A new connection: what is remembered of the store may be wrong.
  if (generation_ != seat_.generation()) operations_.forget();
  generation_ = seat_.generation();
  return db;
}

std::optional<commit_report> postgres_writer::together(group batches) {
  auto& db = take_seat();
  commit_report report;
  report.results.reserve(batches.size());
  operations_.prepare(batches, db);
  for (const auto* batch : batches) report.results.push_back(operations_.apply(*batch));
  const auto all = operations_.write();
  if (all.bytes() > statement_bytes && batches.size() > 1) {
    operations_.discard();
    return std::nullopt;
  }
  if (!all.empty())
    seat_.commit(
        [&](connection& on, int64_t epoch, uint64_t number) { all.run(on, epoch, number); });
  operations_.settle();
  report.published = operations_.take_published();
  return report;
}

commit_report postgres_writer::apart(group batches) {
  take_seat();
  commit_report report;
  seat_.commit([&](connection& on, int64_t epoch, uint64_t number) {
    on.execute("BEGIN");
    try {
      for (const auto* batch : batches) report.results.push_back(alone(*batch, on, epoch, number));
      on.execute("COMMIT");
    } catch (const sql_error& e) {
      if (!e.lost()) on.execute("ROLLBACK");
      throw;
    }
  });
  report.published = operations_.take_published();
  return report;
}

batch_result postgres_writer::alone(const write_batch& batch, connection& db, int64_t epoch,
                                    uint64_t number) {
  const write_batch* const only[] = {&batch};
  db.execute("SAVEPOINT batch");
  try {
    operations_.prepare(only, db);
    auto result = operations_.apply(batch);
    if (const auto all = operations_.write(); !all.empty()) all.run(db, epoch, number);
    if (!operations_.schema_changes().empty())
      db.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '1s'");
    for (const auto& change : operations_.schema_changes()) db.execute_slowly(change);
    db.execute("RELEASE batch");
    operations_.settle();
    return result;
  } catch (const sql_error& e) {
    // What a change of the schema may meet (a lock that a backup has, somebody's view on ours) is
    // its own affair.
    const bool own = operations::changes_schema(batch) && !e.lost() && !e.fenced();
    if (!e.blames_data() && !own) throw;
    db.execute("ROLLBACK TO batch; RELEASE batch");
    operations_.discard();
    batch_result refused;
    refused.what = e.may_pass() ? kind::unavailable : kind::conflict;
    refused.reason = e.what();
    if (e.state() == "54000") // The limit of an index's entries: a third of a page.
      refused.reason =
          "a text in an indexed field is too long for PostgreSQL's index (2 KiB or so)";
    if (e.state() == "23505") { // A unique index: only those of records have not been looked up.
      const auto why = not_unique();
      refused.refusal = why.why;
      refused.reason = why.reason;
    }
    return refused;
  }
}

} // namespace steward::store::postgres
