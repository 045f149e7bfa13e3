#define CAF_SUITE schedules_crash

#include "tests/actors/schedules_fixture.hpp"

using namespace steward;
using namespace steward::actors::testing;

CAF_TEST(each due time has one run whatever crashes at whatever moment) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    schedules_fixture rig{{}, nullptr, seed};
    std::mt19937_64 dice{seed};
    const auto throw_dice = [&](uint64_t sides) { return dice() % sides; };
    const bool waits = seed % 2 == 0;
    rig.plan("tick", "every: PT1S", "catchUp: all",
             waits ? "do: [{rest: {wait: PT0.3S}}]" : "do: [{keep: {set: {ok: true}}}]");
    const auto begun = rig.now_us();
    for (int crash = 0; crash < 12; ++crash) {
      rig.pass(milliseconds{throw_dice(2500)});
      if (rig.next_timer()) rig.sched.trigger_timeout();
      for (auto left = throw_dice(40); left > 0; --left) rig.deliver();
      switch (throw_dice(6)) {
      case 0:
        rig.kill(rig.at("tenants/default"));
        break;
      case 1:
        rig.kill(rig.at("store/journal"));
        break;
      case 2:
        rig.kill(rig.at("store/loader"));
        break;
      case 3:
        rig.crash_server();
        rig.sched.clock().advance_time(milliseconds{throw_dice(5000)});
        rig.boot();
        break;
      default:
        rig.kill(rig.schedules_actor());
      }
    }
    rig.pass(70s);
    const auto runs = rig.by_due("tick"); // which fails if two have one due time
    const auto due = static_cast<size_t>((rig.now_us() - begun) / 1'000'000);
    CAF_MESSAGE("seed " << seed);
    CAF_CHECK_EQUAL(runs.size() + rig.published("failed").size() >= due, true);
    for (const auto& [ms, row] : runs) CAF_CHECK_EQUAL((ms - begun / 1000) % 1000, 0);
  }
}
