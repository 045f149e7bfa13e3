#define CAF_SUITE runs

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("plain", "do: [{give: {set: {n: '${ .n }'}}}]");
    deploy("pause", "do: [{pause: {wait: PT30S}}, {done: {set: {rested: true}}}]");
    deploy("fetch", "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(runs_tests, fixture)

CAF_TEST(a run that ends at once is accepted without waiting and answered with its end otherwise) {
  auto a = start("plain", R"({"n":1})");
  auto b = start("plain", R"({"n":2})", "", 5s);
  settle();
  CAF_CHECK_EQUAL(a.word(), "accepted");
  CAF_CHECK_EQUAL(b.word(), "ok");
  CAF_CHECK_EQUAL(b.text("output"), R"({"n":2})");
  CAF_CHECK_EQUAL(status(a.run()), "completed");
}

CAF_TEST_FIXTURE_SCOPE_END()
