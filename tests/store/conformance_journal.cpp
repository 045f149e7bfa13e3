#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;

void loads_the_journal_in_order(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::running), append_journal{id(1), 1, "one"},
                        append_journal{id(1), 2, "two"}});
  s.commit_one("acme", {start(2, workflow, run_status::running), append_journal{id(2), 1, "else"}});
  for (uint64_t seq = 3; seq <= 40; ++seq)
    s.commit_one("acme", {append_journal{id(1), seq, std::to_string(seq)}});
  const auto loaded = *s.read().load_run("acme", id(1)).value();
  CAF_CHECK(loaded.row.id == id(1));
  CAF_REQUIRE(loaded.journal.size() == 40);
  CAF_CHECK_EQUAL(loaded.journal[0], "one");
  CAF_CHECK_EQUAL(loaded.journal[1], "two");
  CAF_CHECK_EQUAL(loaded.journal[39], "40");
  CAF_CHECK(!s.read().load_run("acme", id(3)).value());
}

void a_taken_place_is_a_conflict(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::running), append_journal{id(1), 1, "one"}});
  const auto append = [&](uint64_t seq) {
    return s.commit_one("acme", {event("lost"), append_journal{id(1), seq, "x"}}).what;
  };
  CAF_CHECK(append(1) == kind::conflict);
  CAF_CHECK(append(3) == kind::conflict); // It would leave a hole.
  CAF_CHECK(append(0) == kind::conflict);
  CAF_CHECK(append(2) == kind::committed);
  CAF_CHECK(s.commit_one("acme", {append_journal{id(2), 1, "x"}}).what == kind::conflict);
  CAF_CHECK(s.read().load_run("acme", id(1)).value()->journal ==
            (std::vector<std::string>{"one", "x"}));
  CAF_CHECK(s.read().feed_range("acme").value().newest == 1u);
}

void entries_may_be_any_bytes_and_large(session& s) {
  const auto workflow = s.workflow("acme", "order");
  std::string large(3u << 20, 'x');
  large[7] = '\0';
  large[8] = '\xff';
  s.commit_one("acme", {start(1, workflow, run_status::running), append_journal{id(1), 1, large},
                        append_journal{id(1), 2, ""}});
  const auto loaded = *s.read().load_run("acme", id(1)).value();
  CAF_REQUIRE(loaded.journal.size() == 2);
  CAF_CHECK(loaded.journal[0] == large);
  CAF_CHECK(loaded.journal[1].empty());
}

void timers_come_soonest_first(session& s) {
  const auto acme = s.workflow("acme", "order"), zeta = s.workflow("zeta", "order");
  std::vector<stored_timer> expected;
  for (uint64_t n = 1; n <= 3; ++n) {
    const tenant_id tenant = n == 2 ? "zeta" : "acme";
    s.commit_one(tenant, {start(n, n == 2 ? zeta : acme, run_status::waiting)});
    for (effect_id effect = 1; effect <= 3; ++effect) {
      // Many are due at the same moment.
      const auto due = noon_us + (effect == 3 ? 1 : 2);
      s.commit_one(tenant, {put_timer{id(n), effect, due}});
      expected.push_back({tenant, id(n), effect, due});
    }
  }
  std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) {
    return std::tie(a.due_us, a.run, a.effect) < std::tie(b.due_us, b.run, b.effect);
  });
  std::optional<stored_timer> after;
  size_t at = 0;
  for (;;) {
    const auto page = s.read().timers(after, 2).value();
    if (page.empty()) break;
    CAF_CHECK(page.size() <= 2);
    for (const auto& t : page) {
      CAF_REQUIRE(at < expected.size());
      CAF_CHECK_EQUAL(t.tenant, expected[at].tenant);
      CAF_CHECK(t.run == expected[at].run);
      CAF_CHECK_EQUAL(t.effect, expected[at].effect);
      CAF_CHECK_EQUAL(t.due_us, expected[at].due_us);
      ++at;
    }
    after = page.back();
  }
  CAF_CHECK_EQUAL(at, expected.size());
}

void timers_move_and_go(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::waiting), put_timer{id(1), 1, noon_us},
                        put_timer{id(1), 2, noon_us}});
  s.commit_one("acme", {put_timer{id(1), 1, noon_us + 5}, clear_timer{id(1), 2}});
  const auto left = s.read().timers({}, 10).value();
  CAF_REQUIRE(left.size() == 1);
  CAF_CHECK_EQUAL(left[0].effect, 1u);
  CAF_CHECK_EQUAL(left[0].due_us, noon_us + 5);
  // One that is not there is no reason to refuse; a run that is not there is.
  CAF_CHECK(s.commit_one("acme", {clear_timer{id(1), 9}}).what == kind::committed);
  CAF_CHECK(s.commit_one("acme", {put_timer{id(2), 1, noon_us}}).what == kind::conflict);
  CAF_CHECK(s.commit_one("zeta", {clear_timer{id(1), 1}}).what == kind::committed);
  CAF_CHECK(s.read().timers({}, 10).value().size() == 1u);
}

constexpr requirement list[] = {
    {"a run is loaded with its journal in order", loads_the_journal_in_order},
    {"a journal entry out of its place is a conflict", a_taken_place_is_a_conflict},
    {"journal entries may be empty, large, and hold any bytes", entries_may_be_any_bytes_and_large},
    {"timers of all tenants come soonest first, in pages", timers_come_soonest_first},
    {"timers are moved and cleared", timers_move_and_go},
};

} // namespace

std::span<const requirement> journal_conformance() { return list; }

} // namespace steward::store::tests
