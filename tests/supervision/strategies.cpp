#define CAF_SUITE strategies

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

CAF_TEST_FIXTURE_SCOPE(strategy_tests, tree_fixture)

CAF_TEST(children are started in order) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b"), worker("c")}));
  CAF_CHECK_EQUAL(notes->news(), "+a +b +c");
}

CAF_TEST(one_for_one restarts the failed child alone) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b"), worker("c")}));
  notes->news();
  tell("b", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-b");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+b");
}

CAF_TEST(one_for_all stops the others in reverse and starts all in order) {
  plant(plan("root", strategy::one_for_all, {worker("a"), worker("b"), worker("c")}));
  notes->news();
  tell("b", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-b -c -a");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+a +b +c");
}

CAF_TEST(rest_for_one leaves those before the failed child alone) {
  plant(plan("root", strategy::rest_for_one, {worker("a"), worker("b"), worker("c"), worker("d")}));
  notes->news();
  tell("b", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-b -d -c");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+b +c +d");
}

CAF_TEST(a second failure during a group restart widens the group) {
  auto slow = worker("c", restart::permanent, manner::stubborn);
  slow.shutdown_timeout = 50ms;
  plant(plan("root", strategy::rest_for_one, {worker("a"), worker("b"), slow}));
  notes->news();
  tell("b", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-b"); // c is in no hurry
  tell("a", "crash");
  CAF_CHECK_EQUAL(notes->news(), "-a");
  pass(200ms);
  CAF_CHECK_EQUAL(notes->news(), "-c +a +b +c");
}

CAF_TEST(a group restart ends temporary children for good and runs transient ones again) {
  plant(
      plan("root", strategy::one_for_all,
           {worker("a"), worker("once", restart::temporary), worker("setup", restart::transient)}));
  tell("setup", "quit");
  notes->news();
  tell("a", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "-a -once +a +setup");
}

CAF_TEST(the end of a temporary child does not touch its siblings) {
  plant(plan("root", strategy::one_for_all, {worker("a"), worker("once", restart::temporary)}));
  notes->news();
  tell("once", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "-once");
}

CAF_TEST(children wait for one before them that does not start) {
  plant(plan("root", strategy::rest_for_one, {worker("a"), late_bloomer("b", 2), worker("c")}));
  CAF_CHECK_EQUAL(notes->news(), "+a");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+b +c");
}

CAF_TEST(one that does not start takes down those before it under one_for_all) {
  plant(plan("root", strategy::one_for_all, {worker("a"), late_bloomer("b", 1), worker("c")}));
  CAF_CHECK_EQUAL(notes->news(), "+a -a");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+a +b +c");
}

CAF_TEST(a group waits for the backoff of the failed child) {
  auto slow = worker("a");
  slow.backoff = {400ms, 1000ms, 0.0};
  plant(plan("root", strategy::one_for_all, {slow, worker("b")}));
  notes->news();
  tell("a", "crash");
  pass(399ms);
  CAF_CHECK_EQUAL(notes->news(), "-a -b");
  pass(1ms);
  CAF_CHECK_EQUAL(notes->news(), "+a +b");
}

CAF_TEST(two children with one name are refused) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("a")}));
  CAF_CHECK_EQUAL(end_text(), "root has two children named a");
  CAF_CHECK_EQUAL(notes->news(), "");
}

CAF_TEST_FIXTURE_SCOPE_END()
