#define CAF_SUITE simulation_scenario

#include "caf/test/dsl.hpp"
#include "tests/workflow/simulation_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

struct wrong_scenario {
  std::string_view text, pointer, message;
};

} // namespace

CAF_TEST(every problem of a scenario is told with its place) {
  const wrong_scenario cases[] = {
      {"servces: []", "/servces", "did you mean \"services\""},
      {"services: {}", "/services", "must be an array"},
      {"services: [{match: {metod: get}, answers: [{}]}]", "/services/0/match/metod", "\"method\""},
      {"services: [{match: {url: '/(/'}, answers: [{}]}]", "/services/0/match/url", "regular"},
      {"services: [{answers: []}]", "/services/0/answers", "no answers"},
      {"services: [{}]", "/services/0", "lacks \"answers\""},
      {"services: [{answers: [{status: 99}]}]", "/services/0/answers/0/status", "100 to 599"},
      {"services: [{answers: [{delay: soon}]}]", "/services/0/answers/0/delay", "length of time"},
      {"services: [{answers: [{failure: never}]}]", "/services/0/answers/0/failure", "never"},
      {"children: {pack: {}}", "/children/pack", "names no workflow"},
      {"children: {a/b: {output: 1, file: x}}", "/children/a~1b", "one way"},
      {"events: [{after: PT1S}]", "/events/0", "lacks \"event\""},
      {"events: [{event: {data: 1}}]", "/events/0/event", "no \"type\""},
      {"events: [{at: noon, event: {type: a}}]", "/events/0/at", "no instant"},
      {"expect: {status: done}", "/expect/status", "done"},
      {"expect: {check: '.a |'}", "/expect/check", ""},
      {"expect: {check: '$x'}", "/expect/check", "no variables"},
      {"expect: {calls: [{match: {}, count: -1}]}", "/expect/calls/0/count", "whole number"},
      {"faults: {crash: 2}", "/faults/crash", "rate"},
      {"faults: {crashs: 1}", "/faults/crashs", "did you mean \"crash\""},
      {"input: 1\ninputs: [2]", "/inputs", "\"input\" and \"inputs\""},
      {"- 1", "", "must be an object"},
  };
  for (const auto& c : cases) {
    auto read = simulation::read_scenario(c.text);
    auto found = false;
    if (!read)
      for (const auto& p : read.error())
        found = found || (p.pointer == c.pointer && p.line > 0 &&
                          p.message.find(c.message) != std::string::npos);
    if (!found) CAF_ERROR("not told: " << c.text << (read ? "" : ": " + read.error()[0].message));
  }
  CAF_CHECK(true);
}

CAF_TEST(several problems are told at once) {
  auto read = simulation::read_scenario("servces: []\nfaults: {crash: no}\n");
  CAF_REQUIRE(!read);
  CAF_CHECK_EQUAL(read.error().size(), 2u);
}

CAF_TEST(a whole scenario is read) {
  auto s = scenario_of(R"(
start: '2025-03-01T00:00:00Z'
inputs: [{a: 1}, {a: 2}]
services:
  - match: {method: post, url: 'https://x.io/*/b'}
    answers: [{status: 201, headers: {Location: /1}, body: {id: 1}, delay: PT2S}, {failure: timeout}]
children: {a/b: {file: b.yaml}}
events: [{at: '2025-03-02T00:00:00Z', event: {type: t}}]
secrets: {token: abc}
faults: {serverError: 0.5}
expect: {error: timeout}
)");
  CAF_CHECK_EQUAL(s.start_us, 1'740'787'200'000'000);
  CAF_CHECK_EQUAL(s.inputs.size(), 2u);
  const auto& first = s.services.at(0);
  CAF_CHECK(first.match.matches("POST", "https://x.io/a/b"));
  CAF_CHECK(!first.match.matches("GET", "https://x.io/a/b"));
  CAF_CHECK(!first.match.matches("POST", "https://x.io/a/c"));
  CAF_CHECK(!first.match.matches("POST", "https://x-io/a/b"));
  CAF_CHECK_EQUAL(first.answers.size(), 2u);
  CAF_CHECK_EQUAL(first.answers[0].headers[0].first, "location");
  CAF_CHECK_EQUAL(s.events->at(0).at_us.value(), s.start_us + 86'400'000'000);
  CAF_CHECK_EQUAL(s.expect->status, "faulted");
  CAF_CHECK_EQUAL(s.faults.server_error, 0.5);
}
