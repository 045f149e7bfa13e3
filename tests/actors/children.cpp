#define CAF_SUITE children

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("plain", "do: [{give: {set: {plain: true}}}]");
    deploy("slow", "do: [{rest: {wait: PT5S}}, {done: {set: {slow: true}}}]");
    deploy("broken",
           "do: [{no: {raise: {error: {type: 'https://x.io/e', status: 418, title: T}}}}]");
    deploy("forever", "do: [{rest: {wait: P1D}}]");
    for (const auto* child : {"plain", "slow", "broken", "forever", "missing"})
      deploy(std::string{"calls-"} + child, "do: [{child: " + run_of(child) + "}]");
    deploy("bounded", "do: [{guard: {try: [{limit: {do: [{child: " + run_of("forever") +
                          "}], timeout: {after: PT2S}}}], catch: {do: [{rest: {wait: PT1H}}]}}}]");
  }
  static std::string run_of(const std::string& child) {
    return "{run: {workflow: {namespace: test, name: " + child + ", version: '1.0.0'}}}";
  }
  std::vector<run_row> children() {
    std::vector<run_row> list;
    for (const auto& r : runs())
      if (r.parent) list.push_back(r);
    return list;
  }
  run_row child() {
    const auto list = children();
    if (list.size() != 1) CAF_FAIL("children: " << list.size());
    return list.front();
  }
  void cancel(const run_id& id) {
    auto a = control(id, run_action::cancel);
    settle();
    CAF_CHECK_EQUAL(a.word(), "ok");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(children_tests, fixture)

CAF_TEST(a parent waits for its child and takes its output) {
  const auto quick = started("calls-plain"), slow = started("calls-slow");
  settle();
  CAF_CHECK_EQUAL(row(quick).output.value_or(""), R"({"plain":true})");
  CAF_CHECK_EQUAL(status(slow), "running");
  pass(6s);
  CAF_CHECK_EQUAL(row(slow).output.value_or(""), R"({"slow":true})");
}

CAF_TEST(the fault of a child and a child that can not be started are faults of the task) {
  const auto broken = started("calls-broken"), missing = started("calls-missing");
  settle();
  CAF_CHECK_EQUAL(status(broken), "faulted");
  CAF_CHECK(row(broken).error->find("\"status\":418") != std::string::npos);
  CAF_CHECK_EQUAL(status(missing), "faulted");
  CAF_CHECK(row(missing).error->find("/configuration\"") != std::string::npos);
}

CAF_TEST(a cancelled parent cancels its child) {
  const auto parent = started("calls-forever");
  cancel(parent);
  pass(1s);
  CAF_CHECK_EQUAL(status(child().id), "cancelled");
}

CAF_TEST(a parent cancels a child that sleeps or was started in another life of the tenant) {
  const auto parent = started("calls-forever");
  pass(20s); // the child has left memory
  CAF_CHECK(!run_now("default", child().id));
  kill(at("tenants/default"));
  pass(1s);
  cancel(parent);
  pass(1s);
  CAF_CHECK_EQUAL(status(child().id), "cancelled");
}

CAF_TEST(a child that is not stored yet when its parent is cancelled does not outlive it) {
  // The cancellation follows the start at every distance.
  for (int distance = 0; distance < 25; ++distance) {
    auto a = start("calls-forever", std::to_string(distance));
    while (!a.answered()) CAF_REQUIRE(deliver());
    for (int i = 0; i < distance; ++i) deliver();
    cancel(a.run());
    pass(1s);
    CAF_CHECK_EQUAL(status(a.run()), "cancelled");
  }
  for (const auto& c : children()) CAF_CHECK_EQUAL(status(c.id), "cancelled");
}

CAF_TEST(a child that crashes as it is cancelled is cancelled all the same) {
  for (int distance = 0; distance < 25; ++distance) {
    auto a = start("bounded", std::to_string(distance));
    settle();
    const auto newest = children().front().id;
    // The parent lives on and only its timeout gives the child up.
    while (now_us() < row(a.run()).created_us + 2'000'000) sched.trigger_timeout();
    for (int i = 0; i < distance; ++i) deliver();
    kill(run_now("default", newest));
    pass(15s);
    CAF_CHECK_EQUAL(status(newest), "cancelled");
    CAF_CHECK_EQUAL(status(a.run()), "waiting");
  }
}

CAF_TEST(a parent that crashes as it gives its child up still cancels it) {
  for (int distance = 0; distance < 25; ++distance) {
    auto a = start("calls-forever", std::to_string(distance));
    settle();
    const auto newest = children().front().id;
    auto c = control(a.run(), run_action::cancel);
    for (int i = 0; i < distance; ++i) deliver();
    kill(run_now("default", a.run()));
    pass(2s);
    // It may be done already although the answer was lost.
    if (c.word() != "ok") control(a.run(), run_action::cancel);
    pass(15s);
    CAF_CHECK_EQUAL(status(newest), "cancelled");
  }
}

CAF_TEST(a parent that is restarted while its child runs finds the same child) {
  const auto parent = started("calls-slow");
  const auto first = child().id;
  kill(run_now("default", parent));
  pass(1s);
  kill(at("tenants/default"));
  pass(10s);
  CAF_CHECK(child().id == first);
  CAF_CHECK_EQUAL(row(parent).output.value_or(""), R"({"slow":true})");
}

CAF_TEST(a parent that was away when its child ended hears of it) {
  const auto parent = started("calls-slow");
  pass(4900ms);
  // The child ends while the server is down to the last actor.
  kill(run_now("default", parent));
  crash_server();
  sched.clock().advance_time(10s);
  boot();
  pass(1s);
  CAF_CHECK_EQUAL(row(parent).output.value_or(""), R"({"slow":true})");
}

CAF_TEST(a child that can not be started at once is started later) {
  kill(at("tenants/default")); // it has forgotten the workflows
  pass(1s);
  auto a = start("calls-plain");
  while (!a.answered()) CAF_REQUIRE(deliver());
  for (int i = 0; i < 6; ++i) {
    kill(at("store/library"));
    pass(30ms);
  }
  pass(30s);
  CAF_CHECK_EQUAL(row(a.run()).output.value_or(""), R"({"plain":true})");
  CAF_CHECK_EQUAL(children().size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
