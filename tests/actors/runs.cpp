#define CAF_SUITE runs

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("plain", "do: [{give: {set: {n: '${ .n }'}}}]");
    deploy("pause", "do: [{rest: {wait: PT30S}}, {done: {set: {rested: true}}}]");
    deploy("fetch", "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]");
  }
  std::string control_word(const run_id& id, run_action action) {
    auto a = control(id, action);
    settle();
    return a.word();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(runs_tests, fixture)

CAF_TEST(a run that ends at once is accepted without waiting and answered with its end otherwise) {
  auto a = start("plain", R"({"n":1})");
  auto b = start("plain", R"({"n":2})", "", 5s);
  settle();
  CAF_CHECK_EQUAL(a.word(), "accepted");
  CAF_CHECK_EQUAL(a.answer().location, "/api/v1/runs/" + a.text("id"));
  CAF_CHECK_EQUAL(b.word(), "ok");
  CAF_CHECK_EQUAL(b.text("output"), R"({"n":2})");
  CAF_CHECK_EQUAL(status(a.run()), "completed");
}

CAF_TEST(who waits is answered at the end of the run or after the wait with what it is then) {
  auto patient = start("pause", "{}", "", 60s), hasty = start("pause", "{}", "", 10s);
  pass(9s);
  CAF_CHECK(!patient.answered() && !hasty.answered());
  pass(2s);
  CAF_CHECK_EQUAL(hasty.word(), "accepted");
  CAF_CHECK_EQUAL(hasty.text("status"), "waiting");
  pass(20s);
  CAF_CHECK_EQUAL(patient.word(), "ok");
  CAF_CHECK_EQUAL(patient.text("output"), R"({"rested":true})");
}

CAF_TEST(the same key gives the same run and another request under it is refused) {
  for (const std::string name : {"plain", "pause"}) {
    auto first = start(name, R"({"n":1})", "key-" + name);
    settle();
    auto again = start(name, R"({"n":1})", "key-" + name);
    auto other = start(name, R"({"n":2})", "key-" + name);
    settle();
    CAF_CHECK_EQUAL(first.word(), "accepted");
    CAF_CHECK_EQUAL(again.text("id"), first.text("id"));
    CAF_CHECK_EQUAL(other.word(), "unprocessable");
  }
  CAF_CHECK_EQUAL(runs().size(), 2u);
}

CAF_TEST(the same key while the first request is in progress gives the same run) {
  auto first = start("pause", "{}", "key", 60s), second = start("pause", "{}", "key", 60s);
  settle();
  auto third = start("pause", "{}", "key", 60s);
  pass(31s);
  CAF_CHECK_EQUAL(runs().size(), 1u);
  for (const auto& a : {first, second, third}) {
    CAF_CHECK_EQUAL(a.word(), "ok");
    CAF_CHECK_EQUAL(a.text("id"), first.text("id"));
  }
}

CAF_TEST(a cancelled run ends and its call is dropped) {
  service_answers = false;
  const auto id = started("fetch");
  CAF_CHECK_EQUAL(service.under_way(), 1u);
  CAF_CHECK_EQUAL(control_word(id, run_action::cancel), "ok");
  CAF_CHECK_EQUAL(status(id), "cancelled");
  CAF_CHECK_EQUAL(service.under_way(), 0u);
  CAF_CHECK_EQUAL(control_word(id, run_action::cancel), "conflict");
  CAF_CHECK_EQUAL(control_word(id, run_action::suspend), "conflict");
  CAF_CHECK_EQUAL(control_word(run_id::make(now_us(), 1, 1), run_action::cancel), "not-found");
}

CAF_TEST(a suspended run goes on when it is resumed) {
  const auto id = started("pause");
  CAF_CHECK_EQUAL(control_word(id, run_action::resume), "conflict");
  CAF_CHECK_EQUAL(control_word(id, run_action::suspend), "ok");
  CAF_CHECK_EQUAL(status(id), "suspended");
  CAF_CHECK_EQUAL(control_word(id, run_action::suspend), "conflict");
  pass(60s);
  CAF_CHECK_EQUAL(status(id), "suspended");
  CAF_CHECK_EQUAL(control_word(id, run_action::resume), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(control_word(id, run_action::resume), "conflict");
}

CAF_TEST(a suspended run that lost its call asks again when it is resumed after a crash) {
  service_answers = false;
  const auto id = started("fetch");
  CAF_CHECK_EQUAL(control_word(id, run_action::suspend), "ok");
  crash_server();
  boot();
  pass(20s);
  CAF_CHECK_EQUAL(status(id), "suspended");
  service_answers = true;
  CAF_CHECK_EQUAL(control_word(id, run_action::resume), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(service.deliveries.front().key, service.deliveries.back().key);
}

CAF_TEST(a run that waits leaves memory and comes back when its time has come) {
  const auto id = started("pause");
  CAF_CHECK_EQUAL(n->counters.runs_awake.load(), 1);
  pass(9s);
  CAF_CHECK(run_now("default", id));
  pass(2s);
  CAF_CHECK(!run_now("default", id));
  CAF_CHECK_EQUAL(n->counters.runs_awake.load(), 0);
  pass(20s);
  CAF_CHECK_EQUAL(row(id).output.value_or(""), R"({"rested":true})");
  CAF_CHECK_EQUAL(row(id).ended_us.value_or(0) - row(id).created_us, 30'000'000);
  CAF_CHECK_EQUAL(n->counters.runs_awake.load(), 0);
}

CAF_TEST(a run that waits for a service stays and is asked for under the same key after a crash) {
  service_answers = false;
  const auto id = started("fetch");
  pass(60s);
  CAF_CHECK(run_now("default", id));
  kill(run_now("default", id));
  pass(1s);
  kill(at("http_client"));
  pass(1s);
  CAF_CHECK(service.deliveries.size() >= 2);
  for (const auto& d : service.deliveries) CAF_CHECK_EQUAL(d.key, service.deliveries.front().key);
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(what can not be started is refused with its reason) {
  auto unknown = start("nothing"), broken = start("plain", "{\"n\":"), odd = start("fetch", "{,}");
  settle();
  CAF_CHECK_EQUAL(unknown.word(), "not-found");
  CAF_CHECK_EQUAL(broken.word(), "invalid-request");
  CAF_CHECK_EQUAL(odd.word(), "invalid-request");
  CAF_CHECK(runs().empty());
}

CAF_TEST(a new version is started as soon as its deployment is answered) {
  auto old = start("plain", R"({"n":1})", "", 1s);
  settle();
  deploy("plain", "do: [{give: {set: {newer: true}}}]", "1.1.0");
  auto newer = start("plain", R"({"n":1})", "", 1s);
  settle();
  CAF_CHECK_EQUAL(old.text("output"), R"({"n":1})");
  CAF_CHECK_EQUAL(newer.text("output"), R"({"newer":true})");
}

CAF_TEST_FIXTURE_SCOPE_END()
