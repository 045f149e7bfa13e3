#define CAF_SUITE stepped_clock

#include "tests/actors/schedules_fixture.hpp"

using namespace steward;
using namespace steward::actors::testing;

/// Somebody sets the clock of the machine while the server runs: back, or ahead.
namespace {

constexpr int64_t second_us = 1'000'000;
constexpr int64_t hour_us = 3600 * second_us;

struct fixture : schedules_fixture {
  fixture() {
    deploy("pause", "do: [{rest: {wait: PT1M}}, {note: {set: {done: true}}}]");
    deploy("twice", "do: [{one: {wait: PT10S}}, {two: {wait: PT10S}}]");
  }
  void step(int64_t by_us) { outside.stepped_us += by_us; }
  /// The times of its history, in order.
  std::vector<std::string> times(const run_id& id) {
    auto a = ask("store/queries", get_history{"default", id, 0, 1'000});
    settle();
    std::vector<std::string> list;
    const auto items = a.document().get("items");
    for (const auto& item : items.items()) {
      const auto time = item.get("time");
      list.emplace_back(time.as_string());
    }
    return list;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(stepped_clock_tests, fixture)

CAF_TEST(a wait ends at its time of day when the clock is set back) {
  const auto id = started("pause");
  pass(30s);
  step(-hour_us);
  pass(31s);
  CAF_CHECK_EQUAL(status(id), "waiting");
  pass(3600s);
  CAF_CHECK_EQUAL(status(id), "completed");
  const auto r = row(id);
  CAF_CHECK(r.ended_us.value() >= r.created_us + 60 * second_us);
}

CAF_TEST(a wait that is over by the clock ends soon when the clock is set ahead) {
  const auto id = started("pause");
  pass(5s);
  step(hour_us);
  pass(61s);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(time never goes back within a run) {
  const auto id = started("twice");
  pass(11s); // in its second wait
  step(-5 * second_us);
  crash_server();
  boot();
  const auto suspended = steward_rig::control(id, run_action::suspend);
  settle();
  CAF_CHECK_EQUAL(suspended.word(), "ok");
  const auto resumed = steward_rig::control(id, run_action::resume);
  settle();
  CAF_CHECK_EQUAL(resumed.word(), "ok");
  pass(30s);
  CAF_CHECK_EQUAL(status(id), "completed");
  const auto told = times(id);
  CAF_CHECK(told.size() > 4);
  CAF_CHECK(std::is_sorted(told.begin(), told.end()));
}

CAF_TEST(what was promised before the clock was set back still holds) {
  const auto first = start("pause", "{}", "key");
  settle();
  pass(1s);
  step(-hour_us);
  const auto again = start("pause", "{}", "key"), other = start("pause", "{}", "other");
  settle();
  CAF_CHECK(again.run() == first.run());
  CAF_CHECK(other.run() != first.run());
  CAF_CHECK_EQUAL(runs().size(), 2u);
  // The feed goes on where it was.
  const auto bounds = reader->feed_range("default").value();
  const auto events = reader->feed_after("default", 0, 100).value();
  CAF_CHECK_EQUAL(events.size(), bounds.newest);
  // Nothing is taken for old because it seems to be from the future.
  pass(700s);
  CAF_CHECK_EQUAL(runs().size(), 2u);
}

CAF_TEST(a schedule starts nothing twice when the clock is set back) {
  plan("tick", "every: PT1M");
  pass(10 * 60s);
  const auto before = count("tick");
  CAF_CHECK(before >= 9u);
  step(-5 * 60 * second_us);
  pass(5 * 60s); // the same minutes once more: `count` fails when one of them has two runs
  CAF_CHECK_EQUAL(count("tick"), before);
  pass(3 * 60s);
  CAF_CHECK(count("tick") > before);
}

CAF_TEST_FIXTURE_SCOPE_END()
