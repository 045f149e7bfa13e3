#define CAF_SUITE stopping

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

CAF_TEST_FIXTURE_SCOPE(stopping_tests, tree_fixture)

CAF_TEST(a stop takes children in reverse and subtrees from within) {
  auto inner = subtree(plan("inner", strategy::one_for_one, {worker("x"), worker("y")}), shared);
  plant(plan("root", strategy::one_for_one, {worker("a"), inner, worker("b")}));
  notes->news();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  CAF_CHECK_EQUAL(notes->news(), "-b -y -x -a");
  CAF_CHECK_EQUAL(end_text(), "shutdown");
  CAF_CHECK_EQUAL(story("root/b"), "started stopped(shutdown)");
}

CAF_TEST(a stop waits for each child before it goes on to the next) {
  auto slow = worker("b", restart::permanent, manner::stubborn);
  slow.shutdown_timeout = 300ms;
  plant(plan("root", strategy::one_for_one, {worker("a"), slow, worker("c")}));
  notes->news();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  pass(299ms);
  CAF_CHECK_EQUAL(notes->news(), "-c");
  CAF_CHECK(!root_end);
  pass(1ms);
  CAF_CHECK_EQUAL(notes->news(), "-b -a");
  CAF_CHECK_EQUAL(story("root/b"), "started stopped(killed)");
  CAF_CHECK_EQUAL(end_text(), "shutdown");
}

CAF_TEST(a stop does not wait for a child that is down) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b")}));
  tell("b", "crash"); // Its restart is due later.
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  CAF_CHECK(root_end.has_value());
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+a +b -b -a");
}

CAF_TEST(a normal exit message stops nobody) {
  plant(plan("root", strategy::one_for_one, {worker("a")}));
  caf::anon_send_exit(root, caf::exit_reason::normal);
  consume_messages();
  CAF_CHECK(!root_end);
}

CAF_TEST(a killed supervisor takes its grandchildren with it and comes back whole) {
  auto deep = subtree(plan("deep", strategy::one_for_one, {worker("x")}), shared);
  auto inner = subtree(plan("inner", strategy::one_for_one, {deep, worker("y")}), shared);
  plant(plan("root", strategy::one_for_one, {worker("a"), inner}));
  notes->news();
  caf::anon_send_exit(at("inner"), caf::exit_reason::kill);
  consume_messages();
  CAF_CHECK_EQUAL(notes->living.size(), 1u); // a
  CAF_CHECK(!at("inner/deep/x"));
  pass(100ms);
  CAF_CHECK_EQUAL(notes->living.size(), 3u);
  CAF_CHECK(at("inner/deep/x"));
}

CAF_TEST(nobody outlives a killed root and stubborn ones are killed) {
  auto stubborn = worker("x", restart::permanent, manner::stubborn);
  stubborn.shutdown_timeout = 200ms;
  auto inner = subtree(plan("inner", strategy::one_for_one, {stubborn, worker("y")}), shared);
  plant(plan("root", strategy::one_for_one, {worker("a"), inner}));
  caf::anon_send_exit(root, caf::exit_reason::kill);
  consume_messages();
  CAF_CHECK_EQUAL(notes->living.size(), 1u);
  CAF_CHECK_EQUAL(notes->living.count("x"), 1u);
  pass(5s, 10ms);
  CAF_CHECK(notes->living.empty());
}

CAF_TEST(an owner that throws takes its children with it) {
  plant_owner(plan("root", strategy::one_for_one, {worker("a"), worker("b")}));
  self->send(root, std::string{"crash"});
  consume_messages();
  CAF_CHECK_EQUAL(end_text(), "the owner broke");
  CAF_CHECK(notes->living.empty());
}

CAF_TEST(an owner can stop itself in order) {
  plant_owner(plan("root", strategy::one_for_one, {worker("a"), worker("b")}));
  notes->news();
  with_owner([](supervisor& s) { s.stop({}); });
  CAF_CHECK_EQUAL(notes->news(), "-b -a");
  CAF_CHECK_EQUAL(end_text(), "normal");
}

CAF_TEST(an owner whose hook throws ends and leaves nobody behind) {
  plant_owner(plan("root", strategy::one_for_one, {worker("a"), worker("b")}));
  with_owner([](supervisor& s) {
    s.on_crash = [](const std::string&, unsigned, const std::string&) -> bool {
      throw std::runtime_error("the hook broke");
    };
  });
  tell("a", "crash");
  CAF_CHECK_EQUAL(end_text(), "the hook broke");
  CAF_CHECK(notes->living.empty());
}

CAF_TEST(an owner whose hook throws during a group restart ends as well) {
  auto spec = worker("b");
  auto fails = std::make_shared<bool>(false);
  spec.start = [fails, start = spec.start](const child_start& at) {
    if (*fails) throw std::runtime_error("not again");
    return start(at);
  };
  plant_owner(plan("root", strategy::one_for_all, {worker("a"), spec}));
  with_owner([](supervisor& s) {
    s.on_crash = [](const std::string& name, unsigned, const std::string&) -> bool {
      if (name == "b") throw std::runtime_error("the hook broke");
      return true;
    };
  });
  *fails = true;
  tell("a", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(end_text(), "the hook broke");
  CAF_CHECK(notes->living.empty());
}

CAF_TEST(a child that is told to stop finishes its mailbox first) {
  plant(plan("root", strategy::one_for_one, {worker("a")}));
  int handled = 0;
  for (int i = 0; i < 20; ++i)
    self->send(at("a"), call{[&](caf::event_based_actor*) { ++handled; }});
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  CAF_CHECK_EQUAL(handled, 20);
  CAF_CHECK(root_end.has_value());
}

CAF_TEST_FIXTURE_SCOPE_END()
