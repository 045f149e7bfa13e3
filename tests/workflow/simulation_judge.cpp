#define CAF_SUITE simulation_judge

#include "caf/test/dsl.hpp"
#include "tests/workflow/simulation_rig.hpp"
#include "workflow/simulation/judge.hpp"
#include "workflow/simulation/life.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;
using simulation::simulation_options;

namespace {

constexpr std::string_view asking = R"(
do:
  - ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}
  - done: {set: {total: '${ .price * 2 }'}}
)";

constexpr std::string_view priced = "services: [{answers: [{body: {price: 2}}]}]\n";

} // namespace

CAF_TEST(what is expected must hold where nothing went wrong on purpose) {
  auto o = simulation_options{};
  o.seeds = 10;
  auto wrong = simulated(asking, std::string{priced} + "expect: {check: '.total > 4'}", o);
  CAF_REQUIRE(!wrong.failing.empty());
  CAF_CHECK_EQUAL(wrong.failing[0].seed, 0u);
  CAF_CHECK(wrong.failing[0].problems[0].find(".total > 4") != std::string::npos);
  CAF_CHECK(!wrong.trace.empty());
  auto right = simulated(asking, std::string{priced} + "expect: {check: '.total > 3'}", o);
  CAF_CHECK_EQUAL(problems_of(right), "");
}

CAF_TEST(a fault that the definition could not catch is an outcome and no failure) {
  auto o = simulation_options{};
  o.seeds = 50;
  auto r = simulated(
      asking, std::string{priced} + "expect: {output: {total: 4}}\nfaults: {serverError: 0.5}", o);
  CAF_CHECK_EQUAL(problems_of(r), "");
  CAF_CHECK(r.outcomes.size() > 1);
}

CAF_TEST(what a definition makes of a fault can be wrong) {
  auto o = simulation_options{};
  o.seeds = 50;
  auto r = simulated(
      R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
      catch: {do: [{forget: {set: '${ "nothing" }'}}]}
  - done: {set: {total: '${ .price * 2 }'}}
)",
      std::string{priced} + "expect: {output: {total: 4}}\nfaults: {serverError: 0.5}", o);
  CAF_CHECK(problems_of(r).find("faulted: expression 400") != std::string::npos);
  for (const auto& f : r.failing) CAF_CHECK(f.seed % 10 != 0);
}

CAF_TEST(one idempotency key for two requests is found) {
  auto o = simulation_options{};
  o.seeds = 1;
  auto r = simulated(R"(
do:
  - guard:
      try:
        - count: {set: {n: 1}, export: {as: '{n: (($context.n // 0) + 1)}'}}
        - ask: {call: http, with: {method: post, endpoint: 'https://x.io', body: '${ $context }'}}
      catch: {retry: {limit: {attempt: {count: 1}}}}
)",
                     "services: [{answers: [{status: 500}, {status: 200}]}]", o);
  CAF_CHECK(problems_of(r).find("is used for two requests") != std::string::npos);
}

CAF_TEST(what breaks several times is told once) {
  auto life = simulation::life_report{};
  life.how = simulation::life_report::end::completed;
  life.broken = {"one", "two", "one"};
  CAF_CHECK_EQUAL(simulation::judge(life, nullptr).size(), 2u);
}

CAF_TEST(a run rebuilt from its journal is the one that lived) {
  struct nobody : simulation::audience {
    void on_step(const step&, const machine&) override {}
  } watch;
  auto life = simulation::life{define("do: [{a: {wait: PT1S}}]"), {}, value::empty_object(), watch};
  life.take({1, run_started{"run", json("{}")}});
  CAF_CHECK(!life.rebuild());
  CAF_CHECK_EQUAL(life.journal_entries(), 1u);
  CAF_CHECK(life.steps() > 1);
  CAF_CHECK_EQUAL(life.now().outstanding().size(), 1u);
}

CAF_TEST(reports tell the seed that replays a failure) {
  auto o = simulation_options{};
  o.seeds = 3;
  auto r = simulated("do: [{a: {set: {x: '<&\"'}}}]", "expect: {output: 1}", o);
  auto shown = simulation::report_options{};
  shown.replay = "steward simulate x.yaml --seed ";
  CAF_CHECK_EQUAL(r.failing.size(), 3u);
  auto text = simulation::to_text(r, shown);
  CAF_CHECK(text.find("replay: steward simulate x.yaml --seed 2") != std::string::npos);
  CAF_CHECK(text.find("task.completed /do/0/a") != std::string::npos);
  auto xml = simulation::to_junit(r, shown);
  CAF_CHECK(xml.find("tests=\"4\" failures=\"3\"") != std::string::npos);
  CAF_CHECK(xml.find("&lt;&amp;") != std::string::npos);
  auto document = simulation::to_value(r, shown);
  CAF_CHECK_EQUAL(document.get("failures").size(), 3u);
  CAF_CHECK(document.get("good") == value{false});
}
