#define CAF_SUITE schedules

#include "tests/actors/schedules_fixture.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

std::string rests(const std::string& length) { return "do: [{rest: {wait: " + length + "}}]"; }
using list = std::vector<double>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(schedules_tests, schedules_fixture)

CAF_TEST(an interval keeps its phase whatever crashes) {
  plan("tick", "every: PT10S");
  const auto begun = now_us();
  pass(25s);
  kill(schedules_actor());
  pass(8s);
  kill(at("tenants/default"));
  pass(12s);
  down_for(12s); // until 57: the due time 50 is made up for
  pass(10s);
  const auto found = dues("tick", begun);
  CAF_CHECK(found == list({10, 20, 30, 40, 50, 60}));
  for (const auto& [ms, row] : by_due("tick")) {
    const auto late_ms = ms == begun / 1000 + 50'000 ? 7000 : 0;
    CAF_CHECK_EQUAL(row.created_us / 1000, ms + late_ms);
    CAF_CHECK_EQUAL(row.output.value_or(""), R"({"got":null})");
  }
}

CAF_TEST(cron keeps to the wall clock of its zone when clocks go forward) {
  const int64_t march_30 = 1'711'756'800'000'000; // 2024-03-30T00:00:00Z
  sched.clock().advance_time(std::chrono::microseconds{march_30 - now_us()});
  plan("nightly", "cron: 30 2 * * *", "timezone: Europe/Berlin");
  for (int day = 0; day < 3; ++day) pass(24h);
  // 01:30Z; on the 31st 02:30 does not exist: 03:00 CEST; then 00:30Z.
  const auto found = dues("nightly", march_30);
  CAF_CHECK(found == list({1.5 * 3600, 25 * 3600, 48.5 * 3600}));
}

CAF_TEST(what was missed is made up for as the policy says) {
  for (const auto* policy : {"none", "one", "all"})
    plan(policy, "every: PT1M", std::string{"catchUp: "} + policy);
  const auto begun = now_us();
  pass(90s);
  down_for(10min); // until 11:30
  pass(1s);
  const auto none = dues("none", begun), one = dues("one", begun), all = dues("all", begun);
  CAF_CHECK(none == list({60}));
  CAF_CHECK(one == list({60, 660}));
  CAF_CHECK_EQUAL(all.size(), 11u);
  const auto missed = published("missed");
  CAF_REQUIRE_EQUAL(missed.size(), 2u);
  CAF_CHECK(missed[0].find("\"left_out\":10") != std::string::npos ||
            missed[1].find("\"left_out\":10") != std::string::npos);
  const auto left = item("one").get("missed");
  CAF_CHECK(left == workflow::value{9});
  pass(1min);
  CAF_CHECK_EQUAL(count("none"), 2u);
  CAF_CHECK_EQUAL(count("one"), 3u);
  CAF_CHECK_EQUAL(count("all"), 12u);
}

CAF_TEST(a clock that jumps is a pause) {
  plan("tick", "every: PT1M");
  pass(30s);
  sched.clock().advance_time(1h);
  pass(61s);
  CAF_CHECK_EQUAL(count("tick"), 2u); // the latest of the missed, and the next
}

CAF_TEST(runs overlap if they may) {
  for (const auto* policy : {"allow", "skip", "queue"})
    plan(policy, "every: PT10S", std::string{"overlap: "} + policy, rests("PT25S"));
  const auto begun = now_us();
  pass(61s);
  const auto allow = dues("allow", begun), skip = dues("skip", begun), queue = dues("queue", begun);
  CAF_CHECK(allow == list({10, 20, 30, 40, 50, 60}));
  CAF_CHECK(skip == list({10, 40}));
  // 20 waits for the end at 35, 40 for the end at 60; the others find one waiting already.
  CAF_CHECK(queue == list({10, 20, 40}));
  const auto queued_us = by_due("queue").at((begun + 20'000'000) / 1000).created_us;
  CAF_CHECK_EQUAL(queued_us, begun + 35'000'000);
}

CAF_TEST(a queued run outlives the server) {
  plan("queue", "every: PT10S", "overlap: queue, catchUp: none", rests("PT25S"));
  const auto begun = now_us();
  pass(22s);
  down_for(5s);
  pass(11s);
  const auto found = dues("queue", begun);
  CAF_CHECK(found == list({10, 20}));
}

CAF_TEST(a chain goes on after the end of its last run) {
  plan("chain", "after: PT5S", {}, rests("PT3S"));
  const auto begun = now_us();
  pass(10s);
  down_for(20s); // from 10 to 30: the run of 8 ends late
  pass(6s);
  const auto found = by_due("chain");
  CAF_REQUIRE_EQUAL(found.size(), 3u);
  const auto second = std::next(found.begin())->second;
  const auto third = std::prev(found.end())->first;
  CAF_CHECK_EQUAL(found.begin()->first, begun / 1000);
  CAF_CHECK_EQUAL(third, *second.ended_us / 1000 + 5000);
}

CAF_TEST(a paused schedule starts nothing and goes on with what is due next) {
  plan("tick", "every: PT10S", "catchUp: all");
  const auto begun = now_us();
  pass(15s);
  CAF_CHECK_EQUAL(control("tick", schedule_action::pause), "ok");
  pass(20s);
  down_for(20s); // until 55
  pass(1s);
  CAF_CHECK(item("tick").get("paused").as_bool());
  CAF_CHECK(item("tick").get("next_due").is_null());
  CAF_CHECK_EQUAL(control("tick", schedule_action::resume), "ok");
  pass(10s);
  const auto found = dues("tick", begun);
  CAF_CHECK(found == list({10, 60}));
  CAF_CHECK_EQUAL(control("nothing", schedule_action::pause), "not-found");
}

CAF_TEST(a new version goes on with the same schedule and begins another one anew) {
  plan("tick", "every: PT10S");
  const auto begun = now_us();
  pass(15s);
  plan("tick", "every: PT10S", "overlap: skip", "do: [{say: {set: {version: 2}}}]", "1.1.0");
  pass(10s);
  plan("tick", "every: PT4S", {}, "do: [{say: {set: {version: 3}}}]", "1.2.0"); // at 25
  pass(9s);
  plan("tick", "every: PT1S", {}, "do: [{say: {set: {old: true}}}]", "1.1.1"); // not the newest
  pass(4s);
  const auto found = dues("tick", begun);
  CAF_CHECK(found == list({10, 20, 29, 33, 37}));
  CAF_CHECK_EQUAL(by_due("tick").at(begun / 1000 + 20'000).output.value_or(""), R"({"version":2})");
  plan("tick", "", {}, "do: [{say: {set: {version: 4}}}]", "2.0.0");
  pass(30s);
  CAF_CHECK_EQUAL(count("tick"), 5u);
  CAF_CHECK(reader->schedules("default")->empty());
  plan("tick", "after: PT1H", {}, "do: [{say: {set: {version: 5}}}]", "3.0.0");
  pass(1s);
  CAF_CHECK_EQUAL(count("tick"), 6u);
}

CAF_TEST(schedules are described) {
  plan("tick", "every: {minutes: 5}");
  plan("nightly", "cron: 30 2 * * *", "timezone: Europe/Berlin, overlap: skip, catchUp: none");
  pass(301s);
  const auto tick = item("tick"), nightly = item("nightly");
  CAF_CHECK_EQUAL(workflow::to_json(tick.get("interval")), R"({"minutes":5})");
  CAF_CHECK(tick.get("kind") == workflow::value{"every"});
  CAF_CHECK(tick.get("last_run") == workflow::value{by_due("tick").begin()->second.id.text()});
  CAF_CHECK(tick.get("last_due").is_string());
  CAF_CHECK(nightly.get("expression") == workflow::value{"30 2 * * *"});
  CAF_CHECK(nightly.get("timezone") == workflow::value{"Europe/Berlin"});
  CAF_CHECK(nightly.get("overlap") == workflow::value{"skip"});
  CAF_CHECK(nightly.get("catch_up") == workflow::value{"none"});
  CAF_CHECK(nightly.get("next_due") == workflow::value{"2023-11-15T01:30:00.000000Z"});
  auto page = ask_tenant(list_schedules{"default", "", 1});
  settle();
  CAF_CHECK_EQUAL(page.text("next"), "test/nightly");
  auto rest = ask_tenant(list_schedules{"default", "test/nightly", 1});
  settle();
  CAF_CHECK_EQUAL(rest.text("next"), "null");
  CAF_CHECK_EQUAL(rest.document().get("items").size(), 1u);
}

CAF_TEST(a start that fails is tried again until the next one is due) {
  config::settings full;
  full.tenant.active_runs = 1;
  full.tenant.passivate_after = 1h;
  schedules_fixture rig{full};
  rig.deploy("long", rests("P1D"));
  rig.plan("tick", "every: PT1M", {}, rests("PT1S"));
  const auto begun = rig.now_us();
  rig.pass(30s);
  const auto holder = rig.started("long");
  rig.pass(100s); // it has the only place at 60 and at 120
  rig.steward_rig::control(holder, run_action::cancel);
  rig.pass(60s);
  const auto found = rig.dues("tick", begun);
  CAF_CHECK(found == list({120, 180}));
  CAF_CHECK_EQUAL(rig.published("failed").size(), 2u);
  const auto missed = rig.item("tick").get("missed");
  CAF_CHECK(missed == workflow::value{1});
}

CAF_TEST_FIXTURE_SCOPE_END()
