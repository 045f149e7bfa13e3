#define CAF_SUITE simulation_coverage

#include "caf/test/dsl.hpp"
#include "tests/workflow/simulation_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;
using simulation::simulation_options;

namespace {

constexpr std::string_view choosing = R"(
do:
  - size:
      switch:
        - large: {when: '.n > 100', then: big}
        - medium: {when: '.n > 10 and $context == {}', then: rest}
        - small: {then: rest}
  - big: {set: {big: true}, then: end}
  - rest:
      fork: {branches: [{left: {set: {l: 1}}}, {right: {wait: PT1S}}]}
)";

simulation_options quiet(uint64_t seeds) {
  auto o = simulation_options{};
  o.faults = no_faults;
  o.seeds = seeds;
  return o;
}

} // namespace

CAF_TEST(cases branches and tasks are counted and those never reached are told) {
  auto r = simulated(choosing, "{inputs: [{n: 50}, {n: 1}, {n: 2}]}", quiet(6));
  CAF_CHECK_EQUAL(reached(r, "case", "large"), 0);
  CAF_CHECK_EQUAL(reached(r, "case", "medium"), 2);
  CAF_CHECK_EQUAL(reached(r, "case", "small"), 4);
  CAF_CHECK_EQUAL(reached(r, "task", "size"), 6);
  CAF_CHECK_EQUAL(reached(r, "task", "big"), 0);
  CAF_CHECK_EQUAL(reached(r, "branch", "right"), 6);
  CAF_CHECK_EQUAL(reached(r, "branch", "big"), -1);
  CAF_CHECK(r.coverage_percent < 100);
  auto shown = simulation::report_options{};
  CAF_CHECK(simulation::is_good(r, shown));
  shown.require_coverage = 100;
  CAF_CHECK(!simulation::is_good(r, shown));
  auto text = simulation::to_text(r, shown);
  CAF_CHECK(text.find("NEVER    case      /do/0/size, large") != std::string::npos);
}

CAF_TEST(inputs are made from the schema so that choices are reached) {
  auto definition = std::string{R"(
input:
  schema:
    format: json
    document:
      {type: object, required: [n], properties: {n: {type: integer, minimum: 0, maximum: 200}}}
)"} + std::string{choosing};
  auto r = simulated(definition, "{}", quiet(100));
  CAF_CHECK_EQUAL(r.coverage_percent, 100.0);
}

CAF_TEST(timeouts are counted where they happen) {
  auto slow = "services: [{answers: [{delay: PT2H}, {delay: PT1S}]}]";
  auto r = simulated(R"(
timeout: {after: P1D}
do:
  - guard:
      try:
        - ask: {call: http, with: {method: get, endpoint: 'https://x.io'}, timeout: {after: PT1M}}
      catch:
        errors: {with: {status: 408}}
)",
                     slow, quiet(1));
  CAF_CHECK_EQUAL(reached(r, "timeout", "ask"), 1);
  CAF_CHECK_EQUAL(reached(r, "timeout", "test"), 0);
  CAF_CHECK_EQUAL(reached(r, "handler", "guard"), 1);
  r = simulated(R"(
timeout: {after: PT1H}
do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
)",
                slow, quiet(1));
  CAF_CHECK_EQUAL(reached(r, "timeout", "test"), 1);
}

CAF_TEST(a handler counts once for each error that it handles) {
  auto definition = R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
      catch:
        errors: {with: {status: 500}}
        retry: {limit: {attempt: {count: 2}}}
        do: [{note: {set: {failed: true}}}, {more: {set: {failed: true}}}]
)";
  auto r = simulated(definition, "services: [{answers: [{status: 500}]}]", quiet(1));
  CAF_CHECK_EQUAL(reached(r, "retry", "guard"), 2);
  CAF_CHECK_EQUAL(reached(r, "exhausted", "guard"), 1);
  CAF_CHECK_EQUAL(reached(r, "handler", "guard"), 1);
  r = simulated(definition, "services: [{answers: [{status: 500}, {status: 200}]}]", quiet(1));
  CAF_CHECK_EQUAL(reached(r, "retry", "guard"), 1);
  CAF_CHECK_EQUAL(reached(r, "exhausted", "guard"), 0);
  CAF_CHECK_EQUAL(reached(r, "handler", "guard"), 0);
}
