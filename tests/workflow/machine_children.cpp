#define CAF_SUITE machine_children

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

#include <set>

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

constexpr std::string_view awaiting = R"(
do:
  - child: {run: {workflow: {namespace: shop, name: pack, version: '1.2.0', input: {n: '${ .n }'}}}}
)";
constexpr std::string_view detached = R"(
do:
  - loop:
      for: {in: '[1, 2]'}
      do: [{child: {run: {workflow: {namespace: shop, name: pack, version: '1.2.0'}, await: false}}}]
  - ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}
)";

} // namespace

CAF_TEST(a child is started with its input and its output is the output of the task) {
  auto r = rig{awaiting};
  r.start(R"({"n": 5})");
  const auto& child = r.the<start_child>();
  CAF_CHECK(child.workflow == (workflow_ref{"shop", "pack", "1.2.0"}));
  CAF_CHECK_EQUAL(to_json(child.input), R"({"n":5})");
  CAF_CHECK(child.await);
  CAF_CHECK_EQUAL(child.idempotency_key, "run-1/do/0/child");
  CAF_CHECK_EQUAL(r.status(), "running");
  r.give(child_ended{child.effect, run_status::completed, value{"packed"}, {}});
  CAF_CHECK_EQUAL(r.output(), R"("packed")");
}

CAF_TEST(the error of a child becomes the error of the task) {
  auto r = rig{awaiting};
  r.start(R"({"n": 5})")
      .give(child_ended{
          1, run_status::faulted, {}, run_error{"https://x.io/e", 418, "/do/3/deep", "T", "D"}});
  CAF_CHECK(r.error() == (run_error{"https://x.io/e", 418, "/do/0/child", "T", "D"}));
}

CAF_TEST(a cancelled child is a runtime error) {
  auto r = rig{awaiting};
  r.start(R"({"n": 5})").give(child_ended{1, run_status::cancelled, {}, {}});
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
  CAF_CHECK_EQUAL(r.error().status, 500);
  CAF_CHECK(r.error().detail.find("cancelled") != std::string::npos);
}

CAF_TEST(a child that nobody waits for gives the input at once) {
  auto r = rig{detached};
  r.start(R"({"n": 1})");
  CAF_CHECK_EQUAL(r.count<start_child>(), 2u);
  CAF_CHECK_EQUAL(std::get<start_child>(r.sent[0]).idempotency_key, "run-1/do/0/loop/do/0/child#0");
  CAF_CHECK_EQUAL(to_json(std::get<start_child>(r.sent[1]).input), R"({"n":1})");
  CAF_CHECK(!r.m.wants({r.now, child_ended{1, run_status::completed, {}, {}}}));
}

CAF_TEST(a child that failed is started anew by each attempt of the try around it) {
  auto r = rig{R"(
do:
  - outer:
      try:
        - guarded:
            try: [{child: {run: {workflow: {namespace: shop, name: pack, version: '1.2.0'}}}}]
            catch: {retry: {limit: {attempt: {count: 2}}}}
      catch: {retry: {limit: {attempt: {count: 2}}}}
)"};
  r.start();
  std::set<std::string> keys;
  while (r.status() != "faulted") {
    const auto child = r.the<start_child>();
    CAF_REQUIRE(keys.insert(child.idempotency_key).second);
    r.give(child_ended{child.effect, run_status::faulted, {}, run_error{"e", 500, "", "", ""}});
  }
  CAF_CHECK(keys.size() >= 4u);
}

CAF_TEST(a restarted run starts unawaited children again until it has ended) {
  auto r = rig{detached};
  r.start();
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 3u);
  r.answer(200, "1");
  CAF_CHECK_EQUAL(r.status(), "completed");
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 0u);
}
