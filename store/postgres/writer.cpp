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

postgres_writer::postgres_writer(writer_seat& seat, std::shared_ptr<cluster_standing> standing,
                                 std::shared_ptr<void> hold)
    : hold_(std::move(hold)), seat_(seat), standing_(std::move(standing)) {}

commit_report postgres_writer::commit(group batches) {
  if (!standing_) return commit_own(batches);
  const auto is_own = [this](const write_batch* batch) {
    return batch->ops.empty() || standing_->held(shard_of(batch->tenant));
  };
  if (std::ranges::all_of(batches, is_own)) return commit_own(batches);
  std::vector<const write_batch*> own;
  std::ranges::copy_if(batches, std::back_inserter(own), is_own);
  auto report = own.empty() ? commit_report{} : commit_own(own);
  auto done = std::move(report.results);
  report.results = lost(batches.size(), "this server does not have the tenant's shard").results;
  for (size_t i = 0, next = 0; i < batches.size() && next < own.size(); ++i)
    if (batches[i] == own[next]) report.results[i] = std::move(done[next++]);
  return report;
}

commit_report postgres_writer::commit_own(group batches) {
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
      if (e.not_ours() && standing_)
        standing_->lose_all(); // The next look around says what is left.
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

bool postgres_writer::release(const std::vector<shard>& shards) {
  if (!standing_) return true;
  column<int16_t> numbers;
  for (const auto s : shards) numbers.add(static_cast<int16_t>(s));
  static const statement give_back{
      "release_shards", "WITH back AS (UPDATE steward.shards SET node = NULL WHERE shard ="
                        " ANY($1::smallint[]) AND node = $2::bigint)"
                        " SELECT steward.fence($3::bigint, $4::bigint)"};
  try {
    take_seat();
    // From here on none of them may be written, and what is known of their tenants grows old.
    for (const auto s : shards) standing_->release(s);
    operations_.forget();
    seat_.commit([&](connection& on, int64_t epoch, uint64_t number) {
      on.run(give_back,
             parameters::of(numbers, standing_->node(), epoch, static_cast<int64_t>(number)));
    });
    return true;
  } catch (const sql_error& e) {
    if (e.lost() || e.fenced()) seat_.leave();
    return false;
  }
}

shard postgres_writer::shard_of(const tenant_id& tenant) {
  constexpr size_t remembered = 100'000;
  if (const auto known = shards_.find(tenant); known != shards_.end()) return known->second;
  if (shards_.size() >= remembered) shards_.clear();
  return shards_[tenant] = steward::shard_of(tenant);
}

/// What the prepared group writes.
group_statement postgres_writer::composed(group batches) {
  auto all = operations_.write();
  if (!standing_) return all;
  shard_set shards;
  for (const auto* batch : batches)
    if (!batch->ops.empty()) shards.set(shard_of(batch->tenant));
  all.require(shards);
  return all;
}

std::optional<commit_report> postgres_writer::together(group batches) {
  auto& db = take_seat();
  commit_report report;
  report.results.reserve(batches.size());
  operations_.prepare(batches, db);
  for (const auto* batch : batches) report.results.push_back(operations_.apply(*batch));
  const auto all = composed(batches);
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
    if (standing_ && operations::changes_schema(batch)) db.execute(lock_shapes);
    operations_.prepare(only, db);
    auto result = operations_.apply(batch);
    if (const auto all = composed(only); !all.empty()) all.run(db, epoch, number);
    if (!operations_.schema_changes().empty())
      db.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '1s'");
    for (const auto& change : operations_.schema_changes()) db.execute_slowly(change);
    db.execute("RELEASE batch");
    operations_.settle();
    return result;
  } catch (const sql_error& e) {
    // What a change of the schema may meet (a lock that a backup has, somebody's view on ours) is
    // its own affair.
    const bool own = operations::changes_schema(batch) && !e.lost() && !e.fenced() && !e.not_ours();
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
