#define CAF_SUITE restart_policies

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

namespace {

/// What a lone child of that policy does after ending that way, within a second.
struct one_child : tree_fixture {
  std::string fate(restart policy, const std::string& end) {
    plant(plan("root", strategy::one_for_one, {worker("a", policy)}));
    notes->news();
    if (end == "kill")
      caf::anon_send_exit(at("a"), caf::exit_reason::kill);
    else if (end == "shutdown")
      caf::anon_send_exit(at("a"), caf::exit_reason::user_shutdown);
    else
      self->send(at("a"), end);
    consume_messages();
    pass(1s, 5ms);
    return notes->news();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(policy_tests, one_child)

CAF_TEST(a permanent child comes back after a normal end) {
  CAF_CHECK_EQUAL(fate(restart::permanent, "quit"), "-a +a");
}
CAF_TEST(a permanent child comes back after a crash) {
  CAF_CHECK_EQUAL(fate(restart::permanent, "crash"), "-a +a");
}
CAF_TEST(a permanent child comes back after it was killed) {
  CAF_CHECK_EQUAL(fate(restart::permanent, "kill"), "-a +a");
}
CAF_TEST(a transient child stays away after a normal end) {
  CAF_CHECK_EQUAL(fate(restart::transient, "quit"), "-a");
}
CAF_TEST(a transient child stays away after an orderly shutdown) {
  CAF_CHECK_EQUAL(fate(restart::transient, "shutdown"), "-a");
}
CAF_TEST(a transient child comes back after a crash) {
  CAF_CHECK_EQUAL(fate(restart::transient, "crash"), "-a +a");
}
CAF_TEST(a transient child comes back after it quit with an error) {
  CAF_CHECK_EQUAL(fate(restart::transient, "fail"), "-a +a");
}
CAF_TEST(a transient child comes back after it was killed) {
  CAF_CHECK_EQUAL(fate(restart::transient, "kill"), "-a +a");
}
CAF_TEST(a temporary child never comes back) {
  CAF_CHECK_EQUAL(fate(restart::temporary, "crash"), "-a");
  CAF_CHECK(!root_end);
}
CAF_TEST(a temporary child that was killed does not come back) {
  CAF_CHECK_EQUAL(fate(restart::temporary, "kill"), "-a");
}

CAF_TEST(the text of the exception arrives at the supervisor) {
  fate(restart::permanent, "crash");
  CAF_CHECK_EQUAL(story("root/a"), "started exited(it broke) restarting(it broke) started");
  CAF_CHECK(events[1].abnormal);
  CAF_CHECK_EQUAL(events[3].restarts, 1u);
}

CAF_TEST(a normal end is reported as one) {
  fate(restart::transient, "quit");
  CAF_CHECK_EQUAL(story("root/a"), "started exited(normal)");
  CAF_CHECK(!events[1].abnormal);
}

CAF_TEST(a start function that throws is tried again) {
  plant(plan("root", strategy::one_for_one, {late_bloomer("a", 2), worker("b")}));
  CAF_CHECK_EQUAL(notes->news(), "+b");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+a");
  CAF_CHECK_EQUAL(story("root/a"),
                  "exited(did not start: not yet) restarting(did not start: not yet) "
                  "exited(did not start: not yet) restarting(did not start: not yet) started");
}

CAF_TEST(a temporary child that does not start is not tried again) {
  auto spec = late_bloomer("a", 1);
  spec.restart = restart::temporary;
  plant(plan("root", strategy::one_for_one, {spec}));
  pass(1s, 5ms);
  CAF_CHECK_EQUAL(notes->news(), "");
  CAF_CHECK(!root_end);
}

CAF_TEST(a start function without an actor has failed) {
  child_spec spec;
  spec.name = "nobody";
  spec.start = [](const child_start&) { return caf::actor{}; };
  plant(plan("root", strategy::one_for_one, {spec}, 0));
  CAF_CHECK(end_text().find("made no actor") != std::string::npos);
}

CAF_TEST(a child that quits at once is started again until the intensity is spent) {
  auto spec = worker("a");
  auto starts = std::make_shared<int>(0);
  spec.start = [starts](const child_start& at) {
    ++*starts;
    return at.parent->spawn([](caf::event_based_actor* short_lived) { short_lived->quit(); });
  };
  plant(plan("root", strategy::one_for_one, {spec}, 3));
  pass(1s, 5ms);
  CAF_CHECK_EQUAL(*starts, 4);
  CAF_CHECK(end_text().find("more than 3 restarts") != std::string::npos);
}

CAF_TEST(a child is told where it is and how often it crashed) {
  std::vector<std::string> seen;
  auto spec = worker("a");
  spec.start = [&seen, start = spec.start](const child_start& at) {
    seen.push_back(at.path + " " + std::to_string(at.crashes));
    return start(at);
  };
  plant(plan("root", strategy::one_for_one,
             {subtree(plan("inner", strategy::one_for_one, {spec}), shared)}));
  tell("inner/a", "crash");
  pass(100ms);
  tell("inner/a", "crash");
  pass(100ms);
  CAF_REQUIRE_EQUAL(seen.size(), 3u);
  CAF_CHECK_EQUAL(seen[0], "root/inner/a 0");
  CAF_CHECK_EQUAL(seen[2], "root/inner/a 2");
  pass(11s, 100ms); // Longer than the period.
  tell("inner/a", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(seen.back(), "root/inner/a 1");
}

CAF_TEST_FIXTURE_SCOPE_END()
