#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;

void returns_all_fields(session& s) {
  const auto workflow = s.workflow("acme", "order", "1.2.0");
  for (const auto status : {run_status::completed, run_status::faulted, run_status::pending}) {
    const auto n = static_cast<uint64_t>(status);
    const auto expected = run(n, workflow, status);
    const auto result = s.commit_one("acme", {insert_run{expected, {}, {}}});
    CAF_REQUIRE(result.what == kind::committed);
    CAF_CHECK(result.run == id(n));
    const auto row = *s.read().get_run("acme", id(n)).value();
    CAF_CHECK(row.id == expected.id);
    CAF_CHECK_EQUAL(row.workflow_id, workflow);
    CAF_CHECK(row.workflow == (workflow_ref{"shop", "order", "1.2.0"}));
    CAF_CHECK(row.status == status);
    CAF_CHECK_EQUAL(row.input, expected.input);
    CAF_CHECK(row.output == expected.output);
    CAF_CHECK(row.error == expected.error);
    CAF_CHECK_EQUAL(row.created_us, expected.created_us);
    CAF_CHECK(row.started_us == expected.started_us);
    CAF_CHECK(row.ended_us == expected.ended_us);
    CAF_CHECK_EQUAL(row.attempts, expected.attempts);
    CAF_CHECK(row.parent == expected.parent);
    CAF_CHECK_EQUAL(row.parent_effect, expected.parent_effect);
  }
  auto bare = run(9, workflow, run_status::pending);
  bare.parent.reset();
  bare.started_us.reset();
  bare.input.clear();
  s.commit_one("acme", {insert_run{bare, {}, {}}});
  const auto row = *s.read().get_run("acme", id(9)).value();
  CAF_CHECK(!row.parent && !row.started_us && !row.ended_us && !row.output && !row.error);
  CAF_CHECK_EQUAL(row.input, "");
}

void keeps_tenants_apart(session& s) {
  const auto workflow = s.workflow("acme", "order");
  const auto other = s.workflow("zeta", "order");
  s.commit_one("acme", {start(1, workflow), event("1")});
  CAF_CHECK(!s.read().get_run("zeta", id(1)).value());
  CAF_CHECK(!s.read().load_run("zeta", id(1)).value());
  CAF_CHECK(s.read().list_runs("zeta", {}).value().empty());
  CAF_CHECK(s.read().list_runs("nobody", {}).value().empty());
  CAF_CHECK(s.read().feed_after("zeta", 0, 10).value().empty());
  // The same id and key are free for another tenant.
  CAF_CHECK(s.commit_one("zeta", {start_with_key(1, other, "k", "f")}).what == kind::committed);
  CAF_CHECK(s.commit_one("acme", {start_with_key(2, workflow, "k", "g")}).what == kind::committed);
  // A run of a workflow of another tenant, or of none, is refused.
  CAF_CHECK(s.commit_one("zeta", {start(3, workflow)}).what == kind::conflict);
  CAF_CHECK(s.commit_one("zeta", {start(3, 4711)}).what == kind::conflict);
  const auto tenants = s.read().tenants().value();
  CAF_CHECK(tenants == (std::vector<tenant_id>{"acme", "zeta"}));
}

void second_run_of_an_id_is_a_duplicate(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow)});
  const auto result = s.commit_one("acme", {start(1, workflow), event("1")});
  CAF_CHECK(result.what == kind::duplicate);
  CAF_CHECK(result.run == id(1));
  CAF_CHECK(!result.reason.empty());
  CAF_CHECK(s.read().feed_range("acme").value().newest == 0u);
}

void a_key_gives_the_same_run(session& s) {
  const auto workflow = s.workflow("acme", "order");
  CAF_CHECK(s.commit_one("acme", {start_with_key(1, workflow, "k", "f")}).what == kind::committed);
  const auto again = s.commit_one("acme", {start_with_key(2, workflow, "k", "f"), event("1")});
  CAF_CHECK(again.what == kind::duplicate);
  CAF_CHECK(again.run == id(1));
  const auto other = s.commit_one("acme", {start_with_key(3, workflow, "k", "other")});
  CAF_CHECK(other.what == kind::conflict);
  CAF_CHECK(ids(s.read().list_runs("acme", {}).value()) == std::vector{id(1)});
  CAF_CHECK(s.read().feed_range("acme").value().newest == 0u);
}

void a_key_is_free_after_a_day(session& s) {
  const auto workflow = s.workflow("acme", "order");
  const auto at = [&](uint64_t n, int64_t time_us) {
    return s.commit_one("acme", {start_with_key(n, workflow, "k", "f", time_us)});
  };
  CAF_CHECK(at(1, noon_us).what == kind::committed);
  CAF_CHECK(at(2, noon_us + 24 * hour_us).run == id(1));
  CAF_CHECK(at(3, noon_us + 24 * hour_us + 1).what == kind::committed);
  CAF_CHECK(at(4, noon_us + 25 * hour_us).run == id(3)); // The day starts again.
}

void old_keys_are_swept(session& s) {
  // Hundreds of keys of yesterday, then hundreds of today: yesterday's can be used again, today's
  // not, whatever was swept in between.
  const auto workflow = s.workflow("acme", "order");
  std::vector<write_batch> yesterday, today;
  for (uint64_t n = 0; n < 300; ++n) {
    yesterday.push_back(
        batch("acme", {start_with_key(n, workflow, "old" + std::to_string(n), "f", noon_us)}));
    today.push_back(batch("acme", {start_with_key(1000 + n, workflow, "new" + std::to_string(n),
                                                  "f", noon_us + 30 * hour_us)}));
  }
  s.commit(yesterday);
  s.commit(today);
  for (uint64_t n : {0u, 150u, 299u}) {
    const auto key = std::to_string(n);
    const auto later = noon_us + 31 * hour_us;
    CAF_CHECK(
        s.commit_one("acme", {start_with_key(2000 + n, workflow, "old" + key, "x", later)}).what ==
        kind::committed);
    CAF_CHECK(
        s.commit_one("acme", {start_with_key(3000 + n, workflow, "new" + key, "f", later)}).run ==
        id(1000 + n));
  }
}

void update_sets_what_is_given(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::pending)});
  s.commit_one("acme", {update_run{id(1), run_status::waiting, {}, {}, {}, 1}});
  auto row = *s.read().get_run("acme", id(1)).value();
  CAF_CHECK(row.status == run_status::waiting && !row.output && !row.error && !row.ended_us);
  s.commit_one("acme", {update_run{id(1), run_status::completed, "{}", {}, noon_us, 5}});
  s.commit_one("acme", {update_run{id(1), run_status::completed, {}, "[]", {}, 6}});
  row = *s.read().get_run("acme", id(1)).value();
  CAF_CHECK(row.status == run_status::completed);
  CAF_CHECK(row.output == "{}" && row.error == "[]" && row.ended_us == noon_us);
  CAF_CHECK_EQUAL(row.attempts, 6u);
  CAF_CHECK(s.commit_one("acme", {update_run{id(2), run_status::running, {}, {}, {}, 1}}).what ==
            kind::conflict);
}

void reopening_clears_what_the_end_set(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::pending)});
  s.commit_one("acme", {update_run{id(1), run_status::faulted, "1", "{}", noon_us, 1}});
  s.commit_one("acme", {update_run{id(1), run_status::running, {}, {}, {}, 2, true}});
  auto row = *s.read().get_run("acme", id(1)).value();
  CAF_CHECK(row.status == run_status::running && row.attempts == 2);
  CAF_CHECK(!row.output && !row.error && !row.ended_us);
  CAF_CHECK_EQUAL(s.read().active_runs("acme", {}, 10).value().size(), 1u);
  s.commit_one("acme", {update_run{id(1), run_status::faulted, {}, "[]", noon_us, 2, true}});
  row = *s.read().get_run("acme", id(1)).value();
  CAF_CHECK(row.error == "[]" && row.ended_us == noon_us);
}

void lists_newest_first_in_pages(session& s) {
  const auto order = s.workflow("acme", "order"), order2 = s.workflow("acme", "order", "2.0.0");
  const auto bill = s.workflow("acme", "bill");
  for (uint64_t n = 1; n <= 60; ++n) {
    const auto workflow = n % 3 == 0 ? bill : n % 3 == 1 ? order : order2;
    const auto status = n % 2 ? run_status::completed : static_cast<run_status>(n % 6);
    s.commit_one("acme", {start(n, workflow, status)});
  }
  // Every combination of filters, page by page, against the same filter applied here.
  for (int filter = -1; filter <= 6; ++filter)
    for (const std::string name : {"", "order", "bill", "unknown"}) {
      run_query q;
      if (filter >= 0) q.status = static_cast<run_status>(filter);
      if (!name.empty()) q.workflow_namespace = "shop", q.workflow_name = name;
      q.limit = 7;
      std::vector<run_id> expected, seen;
      for (uint64_t n = 60; n >= 1; --n) {
        const auto status = n % 2 ? run_status::completed : static_cast<run_status>(n % 6);
        if (q.status && status != *q.status) continue;
        if (!name.empty() && name != (n % 3 == 0 ? "bill" : "order")) continue;
        expected.push_back(id(n));
      }
      for (;;) {
        const auto page = s.read().list_runs("acme", q).value();
        CAF_CHECK(page.size() <= 7);
        if (page.empty()) break;
        for (const auto& row : page) seen.push_back(row.id);
        q.before = seen.back();
      }
      CAF_CHECK(seen == expected);
    }
  run_query all;
  all.limit = 1'000'000;
  CAF_CHECK(s.read().list_runs("acme", all).value().size() == 60u);
}

void counts_by_status(session& s) {
  const auto workflow = s.workflow("acme", "order");
  CAF_CHECK(s.read().count_runs("acme").value() == std::vector<uint64_t>(7));
  s.commit({batch("acme", {start(1, workflow), start(2, workflow, run_status::pending)}),
            batch("acme", {start(3, workflow)}),
            batch("acme", {start(3, workflow)}), // A duplicate does not count.
            batch("acme", {update_run{id(2), run_status::waiting, {}, {}, {}, 1}})});
  CAF_CHECK(s.read().count_runs("acme").value() == (std::vector<uint64_t>{0, 0, 1, 0, 0, 0, 2}));
  s.commit_one("acme", {update_run{id(2), run_status::running, {}, {}, {}, 1},
                        update_run{id(2), run_status::faulted, {}, "{}", {}, 1}});
  CAF_CHECK(s.read().count_runs("acme").value() == (std::vector<uint64_t>{0, 0, 0, 0, 0, 1, 2}));
  CAF_CHECK(s.read().count_runs("nobody").value() == std::vector<uint64_t>(7));
}

void active_runs_are_those_nobody_would_wake(session& s) {
  const auto acme = s.workflow("acme", "order"), zeta = s.workflow("zeta", "order");
  for (uint64_t n = 1; n <= 28; ++n)
    s.commit_one(n % 2 ? "acme" : "zeta",
                 {start(n, n % 2 ? acme : zeta, static_cast<run_status>(n % 7))});
  std::vector<run_id> seen;
  std::optional<run_id> after;
  for (;;) {
    const auto page = s.read().active_runs("acme", after, 3).value();
    if (page.empty()) break;
    CAF_CHECK(page.size() <= 3);
    seen.insert(seen.end(), page.begin(), page.end());
    after = page.back();
  }
  CAF_CHECK(seen == (std::vector<run_id>{id(1), id(7), id(15), id(21)})); // pending or running
  s.commit_one("acme", {update_run{id(1), run_status::waiting, {}, {}, {}, 1}});
  CAF_CHECK(s.read().active_runs("acme", {}, 1).value().at(0) == id(7));
  CAF_CHECK(s.read().active_runs("nobody", {}, 1).value().empty());
}

constexpr requirement list[] = {
    {"a run comes back as it was stored", returns_all_fields},
    {"tenants do not see each other", keeps_tenants_apart},
    {"a second run with an id is a duplicate", second_run_of_an_id_is_a_duplicate},
    {"a used key gives its run, or a conflict for another request", a_key_gives_the_same_run},
    {"a key is free again after a day", a_key_is_free_after_a_day},
    {"sweeping old keys leaves the others", old_keys_are_swept},
    {"an update sets what is given and leaves the rest", update_sets_what_is_given},
    {"a run that goes on after its end has nothing of it", reopening_clears_what_the_end_set},
    {"runs are listed newest first, in pages, by status and workflow", lists_newest_first_in_pages},
    {"runs are counted by status", counts_by_status},
    {"active runs come oldest first, in pages", active_runs_are_those_nobody_would_wake},
};

} // namespace

std::span<const requirement> runs_conformance() { return list; }

} // namespace steward::store::tests
