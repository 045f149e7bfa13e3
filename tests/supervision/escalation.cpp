#define CAF_SUITE escalation

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(escalation_tests, tree_fixture)

CAF_TEST(one restart too many ends the supervisor and its children in reverse) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b"), worker("c")}, 2));
  for (int i = 0; i < 2; ++i) {
    tell("b", "crash");
    pass(100ms);
  }
  CAF_CHECK_EQUAL(notes->news(), "+a +b +c -b +b -b +b");
  tell("b", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-b -c -a");
  CAF_CHECK_EQUAL(end_text(), "root: more than 2 restarts in 10000 ms; last: b: it broke");
  CAF_CHECK_EQUAL(story("root"),
                  "gave_up(root: more than 2 restarts in 10000 ms; last: b: it broke)");
}

CAF_TEST(restarts further apart than the period are not too many) {
  plant(plan("root", strategy::one_for_one, {worker("a")}, 1));
  for (int i = 0; i < 5; ++i) {
    tell("a", "crash");
    pass(11s, 100ms);
  }
  CAF_CHECK(!root_end);
  CAF_CHECK_EQUAL(notes->living.size(), 1u);
}

CAF_TEST(the failures of all children count together) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b")}, 1));
  tell("a", "crash");
  pass(100ms);
  tell("b", "crash");
  CAF_CHECK(root_end.has_value());
}

CAF_TEST(an escalation is a crash one level up) {
  auto inner = subtree(plan("inner", strategy::one_for_one, {worker("x"), worker("y")}, 0), shared);
  plant(plan("root", strategy::rest_for_one, {worker("a"), inner, worker("b")}));
  notes->news();
  tell("inner/x", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-x -y -b");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+b +x +y"); // a subtree starts in its own time
  CAF_CHECK(contains(story("root/inner"),
                     "exited(root/inner: more than 0 restarts in 10000 ms; last: x: it broke)"));
}

CAF_TEST(what the exception said reaches the root through every level) {
  auto leaf = plan("leaf", strategy::one_for_one, {worker("x")}, 0);
  auto middle = plan("middle", strategy::one_for_all, {subtree(leaf, shared)}, 0);
  plant(plan("root", strategy::one_for_one, {subtree(middle, shared), worker("a")}, 0));
  tell("middle/leaf/x", "crash");
  CAF_CHECK_EQUAL(end_text(), "root: more than 0 restarts in 10000 ms; last: middle: "
                              "root/middle: more than 0 restarts in 10000 ms; last: leaf: "
                              "root/middle/leaf: more than 0 restarts in 10000 ms; last: x: "
                              "it broke");
  CAF_CHECK(notes->living.empty());
}

CAF_TEST(a failure while the supervisor stops does not escalate) {
  auto slow = worker("b", restart::permanent, manner::stubborn);
  slow.shutdown_timeout = 50ms;
  plant(plan("root", strategy::one_for_one, {worker("a"), slow}, 0));
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  tell("a", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(end_text(), "shutdown");
}

CAF_TEST(a storm of failing starts costs little and gets slower) {
  auto spec = worker("a");
  auto starts = std::make_shared<std::vector<std::chrono::steady_clock::time_point>>();
  auto& clock = sched.clock();
  spec.start = [starts, &clock](const child_start&) -> caf::actor {
    starts->push_back(clock.now());
    throw std::runtime_error("no");
  };
  spec.backoff = {10ms, 1000ms, 0.2};
  plant(plan("root", strategy::one_for_one, {spec}, 1'000'000));
  size_t messages = 0;
  for (int i = 0; i < 60'000; ++i) { // ten minutes
    advance_time(10ms);
    messages += consume_messages();
  }
  // 10, 20, 40 ... 640 ms, then about one a second.
  CAF_CHECK(starts->size() > 450 && starts->size() < 760);
  CAF_CHECK(messages < 2 * starts->size());
  for (size_t i = 1; i < starts->size(); ++i) {
    auto gap = (*starts)[i] - (*starts)[i - 1];
    auto nominal = std::min(10ms * (1 << std::min<size_t>(i - 1, 10)), milliseconds{1000});
    CAF_CHECK(gap >= nominal * 0.8);
    CAF_CHECK(gap <= nominal * 1.2 + 10ms); // the step of this test's clock
  }
}

CAF_TEST(a storm of crashes among many children is bounded work) {
  std::vector<child_spec> children;
  for (int i = 0; i < 50; ++i) children.push_back(worker("w" + std::to_string(i)));
  plant(plan("root", strategy::one_for_one, children, 1'000'000));
  size_t crashes = 0;
  size_t messages = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 50; ++i)
      if (auto w = at("w" + std::to_string(i))) {
        self->send(w, std::string{"crash"});
        ++crashes;
      }
    messages += consume_messages();
    for (int step = 0; step < 10; ++step) {
      advance_time(20ms);
      messages += consume_messages();
    }
  }
  CAF_CHECK(crashes > 400);
  // The command, the down message, at most one timer, and the birth of the next incarnation.
  CAF_CHECK(messages <= 5 * crashes);
  pass(7s, 10ms);
  CAF_CHECK_EQUAL(notes->living.size(), 50u);
}

CAF_TEST(without backoff a hopeless child still escalates instead of spinning) {
  auto spec = late_bloomer("a", 1'000'000);
  spec.backoff = {0ms, 0ms, 0.0};
  plant(plan("root", strategy::one_for_all, {worker("b"), spec}, 1000));
  pass(5ms);
  CAF_CHECK(end_text().find("more than 1000 restarts") != std::string::npos);
  CAF_CHECK(notes->living.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
