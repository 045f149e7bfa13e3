#define CAF_SUITE admission

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

constexpr auto fetch = "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]";

config::settings with(admission_limits limits, uint32_t active_runs = 100) {
  config::settings s;
  s.tenant.admission = limits;
  s.tenant.active_runs = active_runs;
  return s;
}

/// A server whose tenant is loaded and whose bucket is full.
struct stage : steward_rig {
  explicit stage(config::settings s) : steward_rig(std::move(s)) {
    deploy("fetch", fetch);
    auto nothing = control(run_id::make(now_us(), 1, 1), run_action::cancel);
    pass(1s);
    CAF_REQUIRE_EQUAL(nothing.word(), "not-found");
    pass(60s);
  }
  uint32_t in_flight() const { return n->tenant_doors->find("default")->in_flight(); }
};

} // namespace

CAF_TEST(past the requests in flight the door refuses at once and nothing is stored) {
  stage s{with({.in_flight = 2, .rate_per_s = 1000, .burst = 1000})};
  auto a = s.start("fetch", "1"), b = s.start("fetch", "2"), c = s.start("fetch", "3");
  CAF_CHECK_EQUAL(c.word(), "overloaded");
  CAF_CHECK(c.answer().why.retry_after > 0ms);
  CAF_CHECK(!a.answered() && !b.answered());
  CAF_CHECK_EQUAL(s.in_flight(), 2u);
  s.settle();
  CAF_CHECK_EQUAL(a.word(), "accepted");
  CAF_CHECK_EQUAL(s.runs().size(), 2u);
  CAF_CHECK_EQUAL(s.in_flight(), 0u);
  CAF_CHECK_EQUAL(s.n->tenant_doors->find("default")->refused(), 1u);
  auto d = s.start("fetch", "4");
  s.settle();
  CAF_CHECK_EQUAL(d.word(), "accepted");
}

CAF_TEST(past its rate a tenant is told when there is a token again) {
  stage s{with({.in_flight = 100, .rate_per_s = 2, .burst = 3})};
  for (int i = 0; i < 3; ++i) CAF_CHECK_EQUAL(s.start("fetch").word(), "nothing yet");
  auto refused = s.start("fetch");
  CAF_CHECK_EQUAL(refused.word(), "overloaded");
  const auto wait = refused.answer().why.retry_after;
  CAF_CHECK(wait > 0ms && wait <= 501ms);
  s.pass(wait);
  CAF_CHECK_EQUAL(s.runs().size(), 3u);
  auto admitted = s.start("fetch");
  s.settle();
  CAF_CHECK_EQUAL(admitted.word(), "accepted");
}

CAF_TEST(a place comes back when the tenant crashes with the message in its mailbox) {
  stage s{with({.in_flight = 4, .rate_per_s = 1000, .burst = 1000})};
  std::vector<asked> lost;
  for (int i = 0; i < 4; ++i) lost.push_back(s.start("fetch"));
  CAF_CHECK_EQUAL(s.in_flight(), 4u);
  s.kill(s.at("tenants/default"));
  CAF_CHECK_EQUAL(s.in_flight(), 0u);
  for (const auto& a : lost) CAF_CHECK_EQUAL(a.word(), "unavailable");
  CAF_CHECK(s.runs().empty());
}

CAF_TEST(a place comes back when a request is answered with an error) {
  stage s{with({.in_flight = 4, .rate_per_s = 1000, .burst = 1000})};
  auto unknown = s.start("nothing"), bad = s.start("fetch", "{");
  s.settle();
  CAF_CHECK_EQUAL(unknown.word(), "not-found");
  CAF_CHECK_EQUAL(bad.word(), "invalid-request");
  CAF_CHECK_EQUAL(s.in_flight(), 0u);
}

CAF_TEST(past its active runs a tenant refuses to start another) {
  stage s{with({.in_flight = 100, .rate_per_s = 1000, .burst = 1000}, 1)};
  s.service_answers = false;
  auto first = s.start("fetch"), second = s.start("fetch");
  s.settle();
  CAF_CHECK_EQUAL(first.word(), "accepted");
  CAF_CHECK_EQUAL(second.word(), "overloaded");
  CAF_CHECK_EQUAL(s.runs().size(), 1u);
  s.service_answers = true;
  s.pass(1s);
  auto third = s.start("fetch");
  s.settle();
  CAF_CHECK_EQUAL(third.word(), "accepted");
}

CAF_TEST(one tenant at its limit does not concern another) {
  stage s{with({.in_flight = 1, .rate_per_s = 1000, .burst = 1000})};
  s.deploy("fetch", fetch, "1.0.0", "other");
  auto full = s.start("fetch"), refused = s.start("fetch");
  auto other = s.start("fetch", "{}", "", 0ms, "other");
  CAF_CHECK_EQUAL(refused.word(), "overloaded");
  s.settle();
  CAF_CHECK_EQUAL(other.word(), "accepted");
}
