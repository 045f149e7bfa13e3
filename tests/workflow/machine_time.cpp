#define CAF_SUITE machine_time

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

constexpr auto minute = 60 * rig::second;
constexpr std::string_view call = "{call: http, with: {method: get, endpoint: 'https://x.io'}}";

std::string calling(std::string_view rest) {
  return "do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}" +
         std::string{rest} + "}}]";
}

} // namespace

CAF_TEST(wait sets a timer and gives its input when it fires) {
  auto r = rig{"do: [{pause: {wait: PT10S}}, {after: {set: '${ . + {done: true} }'}}]"};
  r.start(R"({"n": 1})");
  CAF_CHECK_EQUAL(r.status(), "waiting");
  CAF_CHECK_EQUAL(r.delay(), 10.0);
  r.fire();
  CAF_CHECK_EQUAL(r.output(), R"({"n":1,"done":true})");
}

CAF_TEST(wait understands duration objects and expressions and calendar months) {
  auto object = rig{"do: [{pause: {wait: {minutes: 1, seconds: 30}}}]"};
  object.start();
  CAF_CHECK_EQUAL(object.delay(), 90.0);
  auto expression = rig{"do: [{pause: {wait: '${ .d }'}}]"};
  expression.start(R"({"d": "PT1H"})");
  CAF_CHECK_EQUAL(expression.delay(), 3600.0);
  auto month = rig{"do: [{pause: {wait: P1M}}]"}; // 14 November to 14 December
  month.start();
  CAF_CHECK_EQUAL(month.delay(), 30 * 86400.0);
  auto wrong = rig{"do: [{pause: {wait: '${ .d }'}}]"};
  wrong.start(R"({"d": "soon"})");
  CAF_CHECK_EQUAL(wrong.error().type, error_type("expression"));
}

CAF_TEST(a task that is in time drops its timer) {
  auto r = rig{calling(", timeout: {after: PT5S}")};
  r.start();
  CAF_CHECK_EQUAL(r.delay(), 5.0);
  CAF_CHECK_EQUAL(r.status(), "running");
  r.answer(200, "1");
  CAF_CHECK_EQUAL(r.output(), "1");
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 1u);
}

CAF_TEST(a task that takes too long is a timeout error and drops what it asked for) {
  auto r = rig{calling(", timeout: {after: PT5S}")};
  r.start();
  auto asked = r.call().effect;
  r.fire();
  CAF_CHECK_EQUAL(r.error().type, error_type("timeout"));
  CAF_CHECK_EQUAL(r.error().status, 408);
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/ask");
  CAF_CHECK_EQUAL(r.the<drop_effect>().effect, asked);
  CAF_CHECK(r.the<drop_effect>().what == drop_effect::kind::http);
}

CAF_TEST(the timeout of a scope abandons everything inside) {
  auto r = rig{R"(
do:
  - guard:
      try:
        - scope:
            timeout: {after: PT1M}
            do:
              - inner:
                  try: [{pause: {wait: PT1H}}]
                  catch: {do: [{wrong: {set: {wrong: true}}}]}
      catch: {do: [{late: {set: {instance: '${ $error.instance }'}}}]}
)"};
  r.start();
  CAF_REQUIRE_EQUAL(r.sent.size(), 2u);
  auto pause = std::get<set_timer>(r.sent[0]);
  auto limit = std::get<set_timer>(r.sent[1]);
  CAF_CHECK_EQUAL(pause.due_us, r.now + 60 * minute);
  CAF_CHECK_EQUAL(limit.due_us, r.now + minute);
  r.after(minute).give(timer_fired{limit.effect});
  CAF_CHECK_EQUAL(r.output(), R"({"instance":"/do/0/guard/try/0/scope"})");
  CAF_CHECK_EQUAL(r.the<drop_effect>().effect, pause.effect);
}

CAF_TEST(a try does not catch its own timeout) {
  auto r = rig{R"(
do:
  - guard:
      timeout: {after: PT1M}
      try: [{pause: {wait: PT1H}}]
      catch: {do: [{wrong: {set: {wrong: true}}}]}
)"};
  r.start().after(minute).give(timer_fired{2});
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/guard");
  CAF_CHECK_EQUAL(r.error().status, 408);
}

CAF_TEST(the timeout of the workflow faults it whatever it is doing) {
  auto r = rig{R"(
timeout: {after: PT1M}
do:
  - guard: {try: [{pause: {wait: PT1H}}], catch: {do: [{wrong: {set: {wrong: true}}}]}}
)"};
  r.start().after(minute).give(timer_fired{2});
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(r.error().type, error_type("timeout"));
  CAF_CHECK_EQUAL(r.error().status, 408);
}

CAF_TEST(a run that never waits sets no timer) {
  auto r = rig{R"(
timeout: {after: PT1M}
do:
  - one: {set: {a: 1}, timeout: {after: PT1S}}
  - two: {do: [{three: {set: {b: 1}}}], timeout: {after: PT1S}}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.output(), R"({"b":1})");
  CAF_CHECK_EQUAL(r.sent.size(), 0u);
}

CAF_TEST(an answer that comes after the deadline is too late) {
  auto r = rig{calling(", timeout: {after: PT5S}")};
  r.start();
  r.after(6 * rig::second).give(http_answered{1, 200, {}, "late"});
  CAF_CHECK_EQUAL(r.error().status, 408);
}

CAF_TEST(a timeout counts from the first start and not from each wait) {
  auto r = rig{R"(
do:
  - scope:
      timeout: {after: PT1M}
      do: [{one: {wait: PT40S}}, {two: {wait: PT40S}}]
)"};
  r.start();
  r.after(40 * rig::second).give(timer_fired{1});
  CAF_CHECK_EQUAL(r.status(), "waiting");
  CAF_CHECK_EQUAL(r.count<set_timer>(), 1u);
  r.after(20 * rig::second).give(timer_fired{2});
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/scope");
}

CAF_TEST(a timeout may be an expression) {
  auto r = rig{calling(", timeout: {after: '${ .limit }'}")};
  r.start(R"({"limit": {"seconds": 7}})");
  CAF_CHECK_EQUAL(r.delay(), 7.0);
}

CAF_TEST(a timeout of nothing fires at the first wait) {
  auto r = rig{R"(
do:
  - guard:
      try: [{ask: {wait: PT1S, timeout: {after: PT0S}}}]
      catch: {retry: {limit: {attempt: {count: 2}}}, do: [{spent: {set: {spent: true}}}]}
)"};
  r.start();
  for (int i = 0; i < 3; ++i) {
    auto limit = std::get<set_timer>(r.sent.back());
    r.now = limit.due_us;
    r.give(timer_fired{limit.effect});
  }
  CAF_CHECK_EQUAL(r.output(), R"({"spent":true})");
}

CAF_TEST(a suspended run takes answers and goes on when it is resumed) {
  auto r = rig{"do: [{ask: " + std::string{call} + "}, {then_set: {set: {got: '${ . }'}}}]"};
  r.start();
  auto asked = r.call().effect;
  r.give(suspend_requested{});
  CAF_CHECK_EQUAL(r.status(), "suspended");
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 1u);
  r.give(http_answered{asked, 200, {}, "x"});
  CAF_CHECK_EQUAL(r.status(), "suspended");
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 0u);
  CAF_CHECK(!r.m.wants({r.now, http_answered{asked, 200, {}, "y"}}));
  r.give(resume_requested{});
  CAF_CHECK_EQUAL(r.output(), R"({"got":"x"})");
}

CAF_TEST(a timer that fires while suspended counts when the run is resumed) {
  auto r = rig{"do: [{pause: {wait: PT10S}}]"};
  r.start();
  auto timer = r.timer().effect;
  r.give(suspend_requested{}).after(minute).give(timer_fired{timer});
  CAF_CHECK_EQUAL(r.status(), "suspended");
  r.give(resume_requested{});
  CAF_CHECK_EQUAL(r.status(), "completed");
}

CAF_TEST(time spent suspended counts for timeouts) {
  auto r = rig{calling(", timeout: {after: PT5S}")};
  r.start().give(suspend_requested{});
  r.give(http_answered{1, 200, {}, "in time"}).after(minute).give(resume_requested{});
  CAF_CHECK_EQUAL(r.error().status, 408);
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 0u);
}

CAF_TEST(suspending twice or resuming what runs changes nothing) {
  auto r = rig{"do: [{pause: {wait: PT10S}}]"};
  r.start();
  CAF_CHECK(!r.m.wants({r.now, resume_requested{}}));
  r.give(suspend_requested{});
  CAF_CHECK(!r.m.wants({r.now, suspend_requested{}}));
  r.give(resume_requested{});
  CAF_CHECK_EQUAL(r.status(), "waiting");
}

CAF_TEST(cancelling drops every effect) {
  auto r = rig{calling(", timeout: {after: PT5S}")};
  r.start().give(cancel_requested{"enough"});
  CAF_CHECK_EQUAL(r.status(), "cancelled");
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 2u);
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 0u);
  CAF_CHECK(!r.m.wants({r.now, http_answered{1, 200, {}, ""}}));
  CAF_CHECK(!r.m.wants({r.now, cancel_requested{""}}));
}

CAF_TEST(a suspended run can be cancelled) {
  auto r = rig{"do: [{pause: {wait: PT10S}}]"};
  r.start().give(suspend_requested{}).give(cancel_requested{""});
  CAF_CHECK_EQUAL(r.status(), "cancelled");
}

CAF_TEST(a quarantined run is faulted with the reason) {
  auto r = rig{"do: [{pause: {wait: PT10S}}]"};
  r.start().give(quarantined{"crashed five times"});
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
  CAF_CHECK_EQUAL(r.error().status, 500);
  CAF_CHECK_EQUAL(r.error().detail, "crashed five times");
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 1u);
}

CAF_TEST(a run is pending until it has started) {
  auto r = rig{"do: [{a: {set: {x: 1}}}]"};
  CAF_CHECK_EQUAL(r.status(), "pending");
  CAF_CHECK(!r.m.wants({r.now, cancel_requested{""}}));
  r.give(timer_fired{1});
  CAF_CHECK_EQUAL(r.status(), "pending");
  r.start();
  CAF_CHECK_EQUAL(r.status(), "completed");
}
