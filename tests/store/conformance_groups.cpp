#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"

#include <atomic>
#include <thread>

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;
using results = std::vector<kind>;

/// A run that no engine can store: its status does not exist.
insert_run poisoned(uint64_t n, int64_t workflow) {
  return start(n, workflow, static_cast<run_status>(200));
}

void empty_groups_and_batches(session& s) {
  CAF_CHECK(s.commit(std::vector<write_batch>{}).results.empty());
  CAF_CHECK(kinds(s.commit({batch("acme", {})})) == results{kind::committed});
}

void a_refused_batch_leaves_nothing(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::running), append_journal{id(1), 1, "one"}});
  // Everything before the refused operation would show if it were kept.
  const auto report =
      s.commit({batch("acme", {start(2, workflow)}),
                batch("acme", {start_with_key(3, workflow, "k", "f"), deploy("other"),
                               append_journal{id(1), 2, "lost"}, put_timer{id(1), 1, noon_us},
                               update_run{id(1), run_status::faulted, {}, "{}", noon_us, 9},
                               event("lost"), append_journal{id(1), 1, "taken"}}),
                batch("acme", {append_journal{id(1), 2, "two"}, event("kept")})});
  CAF_CHECK(kinds(report) == (results{kind::committed, kind::conflict, kind::committed}));
  CAF_CHECK(ids(s.read().list_runs("acme", {}).value()) == (std::vector{id(2), id(1)}));
  CAF_CHECK(!s.read().find_workflow("acme", {"shop", "other", ""}).value());
  const auto loaded = *s.read().load_run("acme", id(1)).value();
  CAF_CHECK(loaded.journal == (std::vector<std::string>{"one", "two"}));
  CAF_CHECK(loaded.row.status == run_status::running && !loaded.row.error);
  CAF_CHECK(s.read().timers({}, 10).value().empty());
  const auto feed = s.read().feed_after("acme", 0, 10).value();
  CAF_REQUIRE(feed.size() == 1);
  CAF_CHECK_EQUAL(feed[0].data, "kept");
  CAF_CHECK(s.read().count_runs("acme").value() == (std::vector<uint64_t>{0, 1, 0, 0, 0, 0, 1}));
  CAF_CHECK(s.commit_one("acme", {start_with_key(3, workflow, "k", "f")}).what == kind::committed);
}

void batches_see_those_before_them(session& s) {
  const auto workflow = s.workflow("acme", "order");
  const auto report = s.commit({batch("acme", {start_with_key(1, workflow, "k", "f")}),
                                batch("acme", {start_with_key(2, workflow, "k", "f"), event("x")}),
                                batch("acme", {start_with_key(3, workflow, "k", "g")}),
                                batch("acme", {append_journal{id(1), 1, "one"}}),
                                batch("acme", {append_journal{id(1), 1, "one"}})});
  CAF_CHECK(kinds(report) == (results{kind::committed, kind::duplicate, kind::conflict,
                                      kind::committed, kind::conflict}));
  CAF_CHECK(report.results[1].run == id(1));
  CAF_CHECK(report.published.empty());
}

void a_poisoned_batch_harms_nobody(session& s) {
  const auto workflow = s.workflow("acme", "order");
  const auto report = s.commit({batch("acme", {start(1, workflow), event("1")}),
                                batch("acme", {event("lost"), poisoned(2, workflow)}),
                                batch("zeta", {deploy("order"), event("z")}),
                                batch("acme", {start(3, workflow), event("2")})});
  CAF_CHECK(kinds(report) ==
            (results{kind::committed, kind::conflict, kind::committed, kind::committed}));
  CAF_CHECK(!report.results[1].reason.empty());
  CAF_CHECK(ids(s.read().list_runs("acme", {}).value()) == (std::vector{id(3), id(1)}));
  CAF_CHECK(sequences(s.read().feed_after("acme", 0, 10).value()) == (std::vector<uint64_t>{1, 2}));
  CAF_CHECK(s.commit_one("acme", {start(2, workflow)}).what == kind::committed);
}

void a_new_workflow_of_an_undone_batch_is_forgotten(session& s) {
  // The id that the undone workflow had goes to another tenant's; a run must not slip through.
  s.commit_one("acme", {event("1")});
  const auto undone =
      s.commit({batch("acme", {deploy("a"), poisoned(1, 1)}), batch("zeta", {deploy("z")})});
  CAF_CHECK(kinds(undone) == (results{kind::conflict, kind::committed}));
  const auto workflow = undone.results[1].workflow_id;
  CAF_CHECK(s.commit_one("acme", {start(1, workflow)}).what == kind::conflict);
  CAF_CHECK(s.commit_one("zeta", {start(1, workflow)}).what == kind::committed);
}

void all_is_there_after_reopening(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start_with_key(1, workflow, "k", "f"), event("1")});
  s.commit_one("acme", {start(2, workflow, run_status::waiting), append_journal{id(2), 1, "one"},
                        put_timer{id(2), 1, noon_us}});
  s.reopen();
  CAF_CHECK(s.read().get_run("acme", id(1)).value().has_value());
  CAF_CHECK(s.read().load_run("acme", id(2)).value()->journal.size() == 1u);
  CAF_CHECK(s.read().timers({}, 10).value().size() == 1u);
  CAF_CHECK(s.commit_one("acme", {start_with_key(3, workflow, "k", "f")}).run == id(1));
  CAF_CHECK(sequences(s.commit({batch("acme", {event("2")})}).published) ==
            std::vector<uint64_t>{2});
}

void only_one_writer(session& s) {
  const auto second = s.store().open_writer();
  CAF_REQUIRE(!second.ok());
  CAF_CHECK(second.error().code == ec::unavailable);
  s.reopen(); // The place is free again once the first is gone.
}

void readers_see_whole_commits_only(session& s) {
  // A batch adds a run and an event; whoever reads sees both or none, and never fewer than before.
  const auto workflow = s.workflow("acme", "order");
  std::atomic<uint64_t> committed = 0;
  std::atomic<bool> done = false;
  auto other = std::move(s.store().open_reader()).value();
  std::atomic<uint64_t> reads = 0;
  uint64_t missing = 0, torn = 0;
  std::thread watcher{[&] {
    while (!done) {
      const auto before = committed.load();
      const auto events = other->feed_range("acme").value().newest;
      const auto runs = other->count_runs("acme").value().at(6);
      if (events < before) ++missing;
      if (runs < events) ++torn; // Counted later, so there may be more of them.
      if (events > 0 && !other->get_run("acme", id(events)).value()) ++torn;
      ++reads;
    }
  }};
  for (uint64_t n = 1; n <= 300; ++n) {
    s.commit_one("acme", {start(n, workflow), event("x")});
    committed = n;
    CAF_CHECK(s.read().get_run("acme", id(n)).value().has_value());
  }
  while (reads == 0) std::this_thread::yield(); // a fast store may be done before anybody reads
  done = true;
  watcher.join();
  CAF_CHECK_EQUAL(missing, 0u);
  CAF_CHECK_EQUAL(torn, 0u);
}

constexpr requirement list[] = {
    {"empty groups and batches are fine", empty_groups_and_batches},
    {"a refused batch leaves nothing behind, the others commit", a_refused_batch_leaves_nothing},
    {"a batch sees those before it in its group", batches_see_those_before_them},
    {"a poisoned batch harms nobody else", a_poisoned_batch_harms_nobody},
    {"nothing of an undone batch is remembered", a_new_workflow_of_an_undone_batch_is_forgotten},
    {"everything is there after reopening", all_is_there_after_reopening},
    {"there is one writer at a time", only_one_writer},
    {"readers see whole commits, as soon as they are made", readers_see_whole_commits_only},
};

} // namespace

std::span<const requirement> groups_conformance() { return list; }

} // namespace steward::store::tests
