#define CAF_SUITE timers

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

constexpr int64_t second_us = 1'000'000;

struct fixture : steward_rig {
  fixture() { deploy("pause", "do: [{rest: {wait: '${ .for }'}}]"); }

  run_id rests(int seconds) { return started("pause", input(seconds)); }
  static std::string input(int seconds) {
    return R"({"for":"PT)" + std::to_string(seconds) + "S\"}";
  }
  /// How long after its start the run ended, in microseconds.
  int64_t lasted(const run_id& id) {
    const auto r = row(id);
    return r.ended_us.value_or(0) - r.created_us;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(timers_tests, fixture)

CAF_TEST(timers fire when they are due and not before whatever the order they were set in) {
  const std::vector<int> seconds{7, 3, 5, 1, 9, 2, 8, 4, 6};
  std::vector<run_id> ids;
  for (const auto s : seconds) ids.push_back(rests(s));
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 9);
  pass(999ms);
  for (const auto& id : ids) CAF_CHECK_EQUAL(status(id), "waiting");
  pass(10s);
  for (size_t i = 0; i < ids.size(); ++i) CAF_CHECK_EQUAL(lasted(ids[i]), seconds[i] * second_us);
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 0);
}

CAF_TEST(a telling that was lost is made up for) {
  const auto id = rests(20);
  pass(15s); // the run has left memory
  sched.advance_time(5s);
  // Its tenant crashes with the telling in its mailbox.
  while (sched.has_job()) {
    auto* next = dynamic_cast<caf::scheduled_actor*>(sched.jobs.front());
    if (next && caf::actor_cast<caf::actor>(next) == at("tenants/default")) break;
    CAF_REQUIRE(deliver());
  }
  CAF_REQUIRE(sched.has_job());
  kill(at("tenants/default"));
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "waiting");
  pass(5s);
  CAF_CHECK_EQUAL(status(id), "completed");
  pass(60s);
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 0);
}

CAF_TEST(timers are read again after a crash) {
  const auto soon = rests(5), late = rests(20);
  kill(at("timers"));
  pass(30s);
  CAF_CHECK_EQUAL(lasted(soon), 5 * second_us);
  CAF_CHECK_EQUAL(lasted(late), 20 * second_us);
}

CAF_TEST(only the timers of the next minute are in memory and the others fire as well) {
  const std::vector<int> seconds{3600, 110, 75, 40, 86400};
  std::vector<run_id> ids;
  for (const auto s : seconds) ids.push_back(rests(s));
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 1);
  pass(35s);
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 2);
  pass(86400s);
  pass(1s);
  for (size_t i = 0; i < ids.size(); ++i) CAF_CHECK_EQUAL(lasted(ids[i]), seconds[i] * second_us);
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 0);
}

CAF_TEST(timers that became due while the server was down fire when it is back) {
  const auto id = rests(5);
  crash_server();
  sched.clock().advance_time(60s);
  boot();
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a timer of a cancelled run is disarmed and its row is gone) {
  const auto id = rests(5);
  control(id, run_action::cancel);
  settle();
  CAF_CHECK_EQUAL(status(id), "cancelled");
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 0);
  CAF_CHECK(reader->timers({}, 10)->empty());
}

CAF_TEST(a timer of a run that is not there is forgotten) {
  const auto stray = run_id::make(now_us(), 1, 2);
  caf::anon_send(at("timers"), arm_timer{"default", stray, 1, now_us() + second_us});
  pass(30s);
  CAF_CHECK_EQUAL(n->counters.timers_armed.load(), 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
