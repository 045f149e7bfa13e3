#define CAF_SUITE event_schedules

#include "tests/actors/schedules_fixture.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

using texts = std::vector<std::string>;

struct fixture : schedules_fixture {
  /// Inputs of all its runs, in no order.
  texts started(const std::string& name) {
    texts list;
    for (const auto& r : runs())
      if (r.workflow.name == name) list.push_back(r.input);
    std::sort(list.begin(), list.end());
    return list;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(event_schedules_tests, fixture)

CAF_TEST(each event starts one run with its data) {
  publish("order", "0"); // before the deployment: does not concern it
  plan("one", "on: {one: {with: {type: order}}}");
  publish("order", "1");
  publish("other", "2");
  publish("order", "3");
  pass(1s);
  const auto found = started("one");
  CAF_CHECK(found == texts({"[1]", "[3]"}));
  CAF_CHECK_EQUAL(published("started").size(), 2u);
}

CAF_TEST(all of several events start a run also when the server restarts between them) {
  plan("all", "on: {all: [{with: {type: a}}, {with: {type: b}}]}");
  publish("a", "1");
  publish("a", "2"); // not wanted: there is one
  down_for(5s);
  pass(6s);
  publish("b", "3");
  pass(1s);
  const auto found = started("all");
  CAF_CHECK(found == texts({"[1,3]"}));
  publish("b", "4");
  kill(schedules_actor());
  pass(6s);
  publish("a", "5");
  pass(6s);
  const auto after = started("all");
  CAF_CHECK(after == texts({"[1,3]", "[4,5]"}));
}

CAF_TEST(events are collected until one that ends it) {
  plan("any", "on: {any: [{with: {type: a}}], until: {one: {with: {type: end}}}}");
  publish("a", "1");
  publish("a", "2");
  kill(at("tenants/default"));
  pass(6s);
  publish("a", "3");
  publish("end", "0");
  pass(6s);
  const auto found = started("any");
  CAF_CHECK(found == texts({"[1,2,3]"}));
}

CAF_TEST(events in a pause start nothing) {
  plan("one", "on: {one: {with: {type: order}}}");
  control("one", schedule_action::pause);
  publish("order", "1");
  down_for(1s);
  publish("order", "2");
  control("one", schedule_action::resume);
  publish("order", "3");
  pass(6s);
  const auto found = started("one");
  CAF_CHECK(found == texts({"[3]"}));
}

CAF_TEST(a workflow that no longer starts on events listens no more) {
  plan("one", "on: {one: {with: {type: order}}}");
  publish("order", "1");
  pass(1s);
  plan("one", "after: P1D", {}, "do: [{keep: {set: {ok: true}}}]", "2.0.0");
  publish("order", "2");
  pass(6s);
  const auto found = started("one");
  CAF_CHECK(found == texts({"[1]", "null"}));
  CAF_CHECK(reader->listeners("default", {}, 10)->empty());
}

CAF_TEST(each event starts one run whatever crashes at whatever moment) {
  plan("one", "on: {one: {with: {type: order}}}");
  std::mt19937_64 dice{7};
  texts expected;
  for (int i = 0; i < 60; ++i) {
    publish("order", std::to_string(100 + i));
    expected.push_back("[" + std::to_string(100 + i) + "]");
    for (auto left = dice() % 30; left > 0; --left) deliver();
    if (i % 3 == 0) kill(schedules_actor());
    if (i % 7 == 0) kill(at("tenants/default"));
    if (i % 11 == 0) kill(at("tenants/default/inbox"));
    if (i % 13 == 0) kill(at("store/journal"));
    pass(milliseconds{dice() % 3000});
  }
  pass(60s);
  const auto found = started("one");
  CAF_CHECK(found == expected);
}

CAF_TEST_FIXTURE_SCOPE_END()
