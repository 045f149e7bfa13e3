#include "store/postgres/writer_seat.hpp"

#include "store/postgres/migrations.hpp"

#include <algorithm>
#include <thread>

namespace steward::store::postgres {

namespace {

/// Of the advisory lock, together with the database: "Stew" in ASCII, and this use of it.
constexpr auto lock_key = "1400141175, 1";
constexpr auto lock_row =
    " FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1400141175"
    " AND l.objid = 1 AND l.database = (SELECT oid FROM pg_database"
    " WHERE datname = current_database())";

/// While somebody waits for a commit, another steward that writes is no reason to make them wait
/// long.
constexpr milliseconds again_patience{1'000};

/// Waits for the earlier writer's commit, if one is under way, by its lock on the row.
constexpr auto take_over =
    "UPDATE steward.writers SET closed = true WHERE NOT closed;"
    "DELETE FROM steward.writers WHERE epoch < (SELECT max(epoch) FROM steward.writers) - 1000;"
    "INSERT INTO steward.writers (epoch) SELECT coalesce(max(epoch), 0) + 1 FROM steward.writers"
    " RETURNING epoch";

} // namespace

writer_seat::writer_seat(const options& o, std::shared_ptr<cluster_standing> standing)
    : options_(o), standing_(std::move(standing)),
      session_(o, writer_program, [this](connection& db) { sit_down(db); }) {}

connection& writer_seat::take() {
  const std::lock_guard lock{mutex_};
  return session_.get();
}

void writer_seat::leave() {
  const std::lock_guard lock{mutex_};
  session_.drop();
}

void writer_seat::sit_down(connection& db) {
  take_lock(db);
  if (const auto problem = check_schema(db, newer_schema::fine_if_it_says_so))
    throw sql_error{{}, false, problem->reason};
  db.execute("SET steward.tenant = '*'");
  refuse_younger(db);
  if (standing_) return sit_down_among_others(db);
  epoch_ = db.execute(take_over)[0].integer(0);
  end_doubt(db);
}

/// A member that was given up has no seat, but it may look what became of its last commit: its
/// epoch was closed with it.
void writer_seat::sit_down_among_others(connection& db) {
  const auto node = std::to_string(standing_->node());
  db.execute("BEGIN; " + std::string{lock_cluster});
  const bool member =
      !db.execute("SELECT FROM steward.nodes WHERE state < 2 AND id = " + node).empty();
  if (member)
    epoch_ =
        db.execute("UPDATE steward.writers SET closed = true WHERE NOT closed AND node = " + node +
                   "; DELETE FROM steward.writers WHERE closed AND since < now() - interval"
                   " '1 day' AND epoch < (SELECT max(epoch) FROM steward.writers) - 1000;"
                   "INSERT INTO steward.writers (epoch, node, backend)"
                   " SELECT coalesce(max(epoch), 0) + 1, " +
                   node + ", pg_backend_pid() FROM steward.writers RETURNING epoch")[0]
            .integer(0);
  db.execute("COMMIT");
  end_doubt(db);
  if (member) return;
  standing_->lose_all();
  throw sql_error{{}, false, "this server was given up by the others: its lease was over"};
}

void writer_seat::end_doubt(connection& db) {
  if (!in_doubt_) return;
  const auto left = db.execute("SELECT last_group FROM steward.writers WHERE epoch = " +
                               std::to_string(doubt_.epoch));
  found_ = !left.empty() && left[0].number(0) == doubt_.number;
  in_doubt_ = false;
}

/// It was put back to an earlier time, or another server took over that had not got everything:
/// what this process knows of runs and timers is not what is stored.
void writer_seat::refuse_younger(connection& db) {
  if (committed_.epoch == 0) return;
  const auto left = db.execute("SELECT last_group FROM steward.writers WHERE epoch = " +
                               std::to_string(committed_.epoch));
  if (!went_back_ && !left.empty() && left[0].number(0) >= committed_.number) return;
  went_back_ = true;
  if (standing_) standing_->report_loss();
  throw sql_error{{},
                  false,
                  "the database lacks commits that it had confirmed (was it put back to an earlier "
                  "time, or did a server take over that had not got everything?): nothing is read "
                  "or written until steward is started again"};
}

void writer_seat::take_lock(connection& db) {
  auto patience = options_.lock_timeout;
  if (backend_ != 0) {
    // The backend of the connection that was lost may not have noticed, or still be at work.
    db.execute("SELECT pg_terminate_backend(l.pid)" + std::string{lock_row} +
               " AND l.pid = " + std::to_string(backend_));
    patience = std::min(patience, again_patience);
  }
  try {
    db.execute("SET lock_timeout = " + std::to_string(patience.count()) + "; SELECT " +
               (standing_ ? "pg_advisory_lock_shared(" : "pg_advisory_lock(") +
               std::string{lock_key} + ")");
  } catch (const sql_error& e) {
    if (e.state() != "55P03") throw;
    throw sql_error{e.state(), false, "another steward" + holder(db) + " writes this database"};
  }
  backend_ = db.backend();
}

std::string writer_seat::holder(connection& db) {
  const auto found = db.execute(
      "SELECT a.pid, coalesce(host(a.client_addr), 'this machine'), a.backend_start::timestamptz(0)"
      " FROM pg_stat_activity a WHERE a.pid IN (SELECT l.pid" +
      std::string{lock_row} + ")");
  if (found.empty()) return {};
  return " (from " + found[0].string(1) + ", since " + found[0].string(2) + ", server process " +
         found[0].string(0) + ")";
}

bool writer_seat::came_to_be(uint64_t number, session::clock::time_point begun,
                             const std::string& why) {
  {
    const std::lock_guard lock{mutex_};
    doubt_ = {epoch_, number};
    in_doubt_ = true;
    session_.drop();
  }
  const auto deadline = session::clock::now() + options_.doubt_patience;
  const auto unknown = [&](const std::string& now) {
    return outcome_unknown{"the connection was lost in the middle of a commit (" + why +
                           "), and what became of it can't be learned yet: " + now};
  };
  // A database that was silent until now would be asked in vain, and others wait.
  if (standing_ && session::clock::now() - begun > options_.doubt_patience)
    throw unknown("it was silent");
  for (;;) {
    session::clock::time_point next;
    try {
      const std::lock_guard lock{mutex_};
      next = session_.next_attempt();
      session_.get();
      return found_;
    } catch (const sql_error& e) {
      if (!in_doubt_) return found_; // No seat to be had, but it is known.
      if (session::clock::now() >= deadline) throw unknown(e.what());
    }
    std::this_thread::sleep_until(std::min(next, deadline));
  }
}

void writer_seat::require_certainty() {
  if (went_back_) throw sql_error{{}, false, "the database lacks commits that it had confirmed"};
  if (!in_doubt_) return;
  const std::lock_guard lock{mutex_};
  if (!in_doubt_) return;
  try {
    session_.get();
  } catch (const sql_error&) {
    if (in_doubt_) throw;
  }
}

} // namespace steward::store::postgres
