#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;

void a_snapshot_stands_for_the_journal_before_it(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::waiting), append_journal{id(1), 1, "a"},
                        append_journal{id(1), 2, "b"}, append_journal{id(1), 3, "c"}});
  CAF_CHECK(!s.read().load_run("acme", id(1), run_part::state).value()->snapshot);
  s.commit_one("acme", {put_snapshot{id(1), 2, "two"}});
  s.reopen();
  auto loaded = *s.read().load_run("acme", id(1), run_part::state).value();
  CAF_REQUIRE(loaded.snapshot.has_value());
  CAF_CHECK(loaded.snapshot->seq == 2u);
  CAF_CHECK(loaded.snapshot->state == "two");
  CAF_CHECK(loaded.journal == std::vector<std::string>{"c"});
  loaded = *s.read().load_run("acme", id(1), run_part::history).value();
  CAF_CHECK(!loaded.snapshot);
  CAF_CHECK(loaded.journal == (std::vector<std::string>{"a", "b", "c"}));
  s.commit_one("acme", {append_journal{id(1), 4, "d"}, put_snapshot{id(1), 4, "four"}});
  loaded = *s.read().load_run("acme", id(1), run_part::state).value();
  CAF_CHECK(loaded.snapshot->state == "four");
  CAF_CHECK(loaded.journal.empty());
  // A refused batch leaves the one before.
  s.commit_one("acme", {put_snapshot{id(1), 4, "lost"}, append_journal{id(1), 9, "no"}});
  CAF_CHECK(s.read().load_run("acme", id(1), run_part::state).value()->snapshot->state == "four");
  CAF_CHECK(s.commit_one("acme", {put_snapshot{id(2), 1, "x"}}).what == kind::conflict);
  CAF_CHECK(s.commit_one("zeta", {put_snapshot{id(1), 1, "x"}}).what == kind::conflict);
}

/// A run that was created, and ended if it has, at that time.
insert_run aged(uint64_t n, int64_t workflow, run_status status, int64_t time_us) {
  auto op = start(n, workflow, status);
  op.row.created_us = time_us;
  if (op.row.ended_us) op.row.ended_us = time_us;
  return op;
}

void old_ended_runs_go_with_all_that_is_theirs(session& s) {
  const auto workflow = s.workflow("acme", "order"), other = s.workflow("zeta", "order");
  const auto old_us = noon_us - hour_us;
  s.commit_one("zeta", {aged(1, other, run_status::completed, old_us)});
  s.commit_one("acme", {aged(1, workflow, run_status::completed, old_us),
                        aged(2, workflow, run_status::waiting, old_us),
                        aged(3, workflow, run_status::faulted, old_us),
                        aged(4, workflow, run_status::cancelled, old_us),
                        aged(5, workflow, run_status::completed, noon_us),
                        append_journal{id(1), 1, "a"}, append_journal{id(2), 1, "b"},
                        put_snapshot{id(1), 1, "s"}, put_timer{id(3), 1, noon_us},
                        put_timer{id(2), 1, noon_us}, put_listener{id(3), 2, "", "[]"}});
  auto result = s.commit_one("acme", {purge_runs{{}, noon_us, 2}});
  CAF_REQUIRE(result.purges.size() == 1);
  CAF_CHECK(result.purges[0] == (purge_result{1, true, id(2)}));
  result = s.commit_one("acme", {purge_runs{id(2), noon_us, 10}});
  CAF_CHECK(result.purges.at(0) == (purge_result{2, false, id(4)}));
  s.reopen();
  CAF_CHECK(ids(s.read().list_runs("acme", {}).value()) == (std::vector{id(5), id(2)}));
  CAF_CHECK(!s.read().load_run("acme", id(1)).value());
  CAF_CHECK(s.read().load_run("acme", id(2)).value()->journal.size() == 1u);
  CAF_CHECK(s.read().timers({}, 10).value().size() == 1u);
  CAF_CHECK(s.read().listeners("acme", {}, 10).value().empty());
  CAF_CHECK(s.read().count_runs("acme").value() == (std::vector<uint64_t>{0, 0, 1, 0, 0, 0, 1}));
  CAF_CHECK(s.read().get_run("zeta", id(1)).value().has_value());
  // The id may come again, with a journal of its own.
  s.commit_one("acme", {start(1, workflow, run_status::running), append_journal{id(1), 1, "n"}});
  CAF_CHECK(s.read().load_run("acme", id(1)).value()->journal.size() == 1u);
}

void a_refused_purge_removes_nothing(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {aged(1, workflow, run_status::completed, noon_us - hour_us),
                        append_journal{id(1), 1, "a"}, event("1")});
  s.commit_one("acme", {event("2")});
  const auto result = s.commit_one("acme", {purge_runs{{}, noon_us, 9}, purge_feed{noon_us + 1, 9},
                                            append_journal{id(7), 1, "no"}});
  CAF_CHECK(result.what == kind::conflict);
  CAF_CHECK(result.purges.empty());
  CAF_CHECK(s.read().load_run("acme", id(1)).value()->journal.size() == 1u);
  CAF_CHECK(s.read().feed_range("acme").value().oldest == 1u);
  CAF_CHECK(s.read().count_runs("acme").value()[6] == 1u);
}

publish_event at(int64_t time_us) {
  auto e = event("x");
  e.time_us = time_us;
  return e;
}

void old_events_of_the_feed_go_but_never_the_newest(session& s) {
  for (int64_t n = 1; n <= 5; ++n) s.commit_one("acme", {at(noon_us + n)});
  s.commit_one("zeta", {at(noon_us)});
  auto result = s.commit_one("acme", {purge_feed{noon_us + 4, 2}});
  CAF_CHECK(result.purges.at(0) == (purge_result{2, true, {}}));
  result = s.commit_one("acme", {purge_feed{noon_us + 4, 2}});
  CAF_CHECK(result.purges.at(0) == (purge_result{1, false, {}}));
  CAF_CHECK(s.read().feed_range("acme").value().oldest == 4u);
  CAF_CHECK(sequences(s.read().feed_after("acme", 0, 10).value()) == (std::vector<uint64_t>{4, 5}));
  s.commit_one("acme", {purge_feed{noon_us + 99, 10}});
  s.reopen();
  CAF_CHECK(s.read().feed_range("acme").value().oldest == 5u);
  CAF_CHECK(s.read().feed_range("zeta").value().oldest == 1u);
  // Numbers go on where they were.
  CAF_CHECK(sequences(s.commit({batch("acme", {at(noon_us)})}).published) ==
            std::vector<uint64_t>{6});
}

void old_events_of_the_inbox_go(session& s) {
  std::vector<write_op> ops;
  for (int64_t n = 1; n <= 5; ++n)
    ops.emplace_back(put_event{"here", std::to_string(n), noon_us + n, "{}", 0});
  s.commit_one("acme", std::move(ops));
  auto result = s.commit_one("acme", {purge_inbox{noon_us + 4, 2}});
  CAF_CHECK(result.purges.at(0) == (purge_result{2, true, {}}));
  result = s.commit_one("acme", {purge_inbox{noon_us + 4, 2}});
  CAF_CHECK(result.purges.at(0) == (purge_result{1, false, {}}));
  CAF_CHECK(s.read().inbox_range("acme").value().oldest == 4u);
  CAF_CHECK(s.read().inbox_range("acme").value().newest == 5u);
}

constexpr requirement list[] = {
    {"a snapshot stands for the journal before it", a_snapshot_stands_for_the_journal_before_it},
    {"old ended runs go with all that is theirs", old_ended_runs_go_with_all_that_is_theirs},
    {"a refused purge removes nothing", a_refused_purge_removes_nothing},
    {"old events of the feed go but never the newest",
     old_events_of_the_feed_go_but_never_the_newest},
    {"old events of the inbox go", old_events_of_the_inbox_go},
};

} // namespace

std::span<const requirement> retention_conformance() { return list; }

} // namespace steward::store::tests
