#define CAF_SUITE replay

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("order", R"(do:
  - note: {set: {sku: '${ .sku }', n: 2}, export: {as: '${ {seen: .sku} }'}}
  - each:
      for: {each: i, in: '${ [range(.n)] }'}
      do:
        - ask: {call: http, with: {method: get, endpoint: '${ "http://svc/" + ($i | tostring) }'}}
)");
  }
  workflow::value moment(const run_id& id, uint64_t step = 0) {
    auto a = ask("store/queries", get_replay{"default", id, step});
    settle();
    if (a.word() != "ok") CAF_FAIL(a.word() << " " << a.answer().why.detail);
    return a.document();
  }
  static std::string text(const workflow::value& v) { return workflow::to_json(v); }
  /// The names of the open tasks.
  static std::string open(const workflow::value& moment) {
    std::string names;
    const auto tasks = moment.get("tasks");
    for (const auto& t : tasks.items()) names += text(t.get("name"));
    return names;
  }
  workflow::value page(const run_id& id, uint64_t after, uint32_t limit) {
    auto a = ask("store/queries", get_history{"default", id, after, limit});
    settle();
    return a.document();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(replay_tests, fixture)

CAF_TEST(the last moment of a run shows what it does) {
  service_answers = false;
  const auto id = started("order", R"({"sku":"tea"})");
  const auto now = moment(id);
  CAF_CHECK_EQUAL(text(now.get("run").get("id")), '"' + id.text() + '"');
  CAF_CHECK_EQUAL(text(now.get("status")), "\"running\"");
  CAF_CHECK_EQUAL(text(now.get("steps")), "5");
  CAF_CHECK_EQUAL(text(now.get("step").get("seq")), "5");
  CAF_CHECK_EQUAL(text(now.get("context")), R"({"seen":"tea"})");
  CAF_CHECK_EQUAL(open(now), R"("each""ask")");
  CAF_CHECK_EQUAL(text(now.get("variables")), R"({"i":0,"index":0})");
  const auto asks = now.get("tasks").items()[1];
  CAF_CHECK_EQUAL(text(asks.get("pointer")), R"("/do/1/each/do/0/ask")");
  CAF_CHECK_EQUAL(text(asks.get("kind")), "\"call\"");
  CAF_CHECK_EQUAL(text(asks.get("input")), R"({"sku":"tea","n":2})");
  const auto outstanding = now.get("outstanding");
  CAF_REQUIRE_EQUAL(outstanding.size(), 1u);
  CAF_CHECK_EQUAL(text(outstanding.items()[0].get("url")), R"("http://svc/0")");
  const auto completed = now.get("completed");
  CAF_REQUIRE_EQUAL(completed.size(), 1u);
  CAF_CHECK_EQUAL(text(completed.items()[0].get("output")), R"({"sku":"tea","n":2})");
}

CAF_TEST(every moment of a run can be seen whatever came later) {
  const auto id = started("order", R"({"sku":"tea"})");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  const auto first = moment(id, 1);
  CAF_CHECK_EQUAL(text(first.get("step").get("type")),
                  R"("io.serverlessworkflow.workflow.started.v1")");
  CAF_CHECK_EQUAL(open(first), "");
  CAF_CHECK_EQUAL(text(first.get("context")), "{}");
  const auto noted = moment(id, 3); // `note` has completed
  CAF_CHECK_EQUAL(open(noted), "");
  CAF_CHECK_EQUAL(text(noted.get("context")), R"({"seen":"tea"})");
  const auto asking = moment(id, 5); // and the first call is under way
  CAF_CHECK_EQUAL(asking.get("outstanding").size(), 1u);
  const auto second = moment(id, 7);
  CAF_CHECK_EQUAL(text(second.get("variables")), R"({"i":1,"index":1})");
  const auto last = moment(id);
  CAF_CHECK_EQUAL(text(last.get("status")), "\"completed\"");
  CAF_CHECK_EQUAL(open(last), "");
  CAF_CHECK_EQUAL(last.get("outstanding").size(), 0u);
  const auto steps = static_cast<uint64_t>(last.get("steps").as_int());
  CAF_CHECK_EQUAL(text(moment(id, steps)), text(last));
  auto past = ask("store/queries", get_replay{"default", id, steps + 1});
  auto nobody = ask("store/queries", get_replay{"default", run_id::make(now_us(), 1, 1), 1});
  settle();
  CAF_CHECK_EQUAL(past.word(), "invalid-request");
  CAF_CHECK_EQUAL(past.answer().why.problems.at(0).pointer, "step");
  CAF_CHECK_EQUAL(nobody.word(), "not-found");
}

CAF_TEST(a history is read in pages that join without a gap) {
  const auto id = started("order", R"({"sku":"tea"})");
  pass(1s);
  const auto whole = page(id, 0, 1000);
  CAF_CHECK(whole.get("next").is_null());
  std::string joined, expected;
  const auto all = whole.get("items");
  for (const auto& item : all.items()) expected += text(item);
  uint64_t after = 0;
  size_t pages = 0;
  for (;; ++pages) {
    const auto part = page(id, after, 3);
    const auto items = part.get("items");
    CAF_CHECK(items.size() <= 3u);
    for (const auto& item : items.items()) joined += text(item);
    const auto next = part.get("next");
    if (next.is_null()) break;
    after = std::stoull(std::string{next.as_string()});
  }
  CAF_CHECK_EQUAL(joined, expected);
  CAF_CHECK_EQUAL(pages, (all.size() - 1) / 3);
}

CAF_TEST(data that are too large together are left out and that is told) {
  deploy("wide", R"(do:
  - grow: {set: {x: '${ "0123456789" * 200000 }'}}
  - a: {do: [{b: {do: [{c: {do: [{d: {do: [{rest: {wait: PT1H}}]}}]}}]}}]}
)");
  const auto id = started("wide");
  const auto now = moment(id);
  CAF_CHECK_EQUAL(text(now.get("truncated")), "true");
  CAF_CHECK_EQUAL(open(now), R"("a""b""c""d""rest")");
  CAF_CHECK(text(now).size() < (17u << 20));
}

CAF_TEST_FIXTURE_SCOPE_END()
