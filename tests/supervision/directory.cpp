#define CAF_SUITE directory

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

CAF_TEST_FIXTURE_SCOPE(directory_tests, tree_fixture)

CAF_TEST(a slot may be had before its actor) {
  auto slot = shared->slot("store/journal");
  CAF_CHECK(!slot->get());
  auto store = subtree(plan("store", strategy::one_for_one, {worker("journal")}), shared);
  plant(plan("root", strategy::one_for_one, {store}));
  CAF_CHECK(slot->get());
  CAF_CHECK(shared->slot("store/journal") == slot);
}

CAF_TEST(a slot follows the restarted actor) {
  plant(plan("root", strategy::one_for_one, {worker("a")}));
  auto slot = shared->slot("a");
  auto first = slot->get();
  tell("a", "crash");
  CAF_CHECK(!slot->get());
  pass(100ms);
  CAF_CHECK(slot->get());
  CAF_CHECK_NOT_EQUAL(slot->get(), first);
}

CAF_TEST(slots are empty after the end) {
  auto inner = subtree(plan("inner", strategy::one_for_one, {worker("x")}), shared);
  plant(plan("root", strategy::one_for_one, {inner, worker("a")}));
  end_root();
  for (auto path : {"inner", "inner/x", "a"}) CAF_CHECK(!shared->slot(path)->get());
}

CAF_TEST(slots of a killed supervisor are emptied) {
  plant(plan("root", strategy::one_for_one, {worker("a")}));
  caf::anon_send_exit(root, caf::exit_reason::kill);
  consume_messages();
  CAF_CHECK(!at("a"));
}

CAF_TEST(clearing a slot for one actor leaves its successor) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b")}));
  service_slot slot;
  slot.set(at("a"));
  slot.clear(at("b"));
  CAF_CHECK_EQUAL(slot.get(), at("a"));
  slot.clear(at("a"));
  CAF_CHECK(!slot.get());
  slot.set(at("b"));
  slot.clear();
  CAF_CHECK(!slot.get());
}

CAF_TEST_FIXTURE_SCOPE_END()
