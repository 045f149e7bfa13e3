#define CAF_SUITE machine_fork

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

/// The call to that address among the last commands.
http_call call_to(const rig& r, std::string_view url) {
  for (const auto& c : r.sent)
    if (auto call = std::get_if<http_call>(&c); call && call->url == url) return *call;
  throw std::runtime_error("no call to " + std::string{url});
}

void answer(rig& r, const http_call& call, int status, std::string body) {
  r.give(
      http_answered{call.effect, status, {{"content-type", "application/json"}}, std::move(body)});
}

constexpr auto two_calls = R"(
do:
  - both:
      fork:
        branches:
          - a: {call: http, with: {method: get, endpoint: http://a/}}
          - b: {call: http, with: {method: get, endpoint: http://b/}}
)";

constexpr auto a_race = R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - a: {call: http, with: {method: get, endpoint: http://a/}}
          - b: {call: http, with: {method: get, endpoint: http://b/}}
)";

} // namespace

CAF_TEST(a fork gives the outputs of its branches in their order) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - three:
      fork:
        branches:
          - one: {set: {n: '${ .n + 1 }'}}
          - two: {set: {n: '${ .n + 2 }'}}
          - nested: {fork: {branches: [{x: {set: '${ "x" }'}}, {y: {set: '${ "y" }'}}]}}
)",
                              R"({"n": 1})"),
                  R"([{"n":2},{"n":3},["x","y"]])");
}

CAF_TEST(branches wait side by side and may end in any order) {
  auto r = rig{two_calls};
  r.start();
  CAF_CHECK_EQUAL(r.count<http_call>(), 2u);
  CAF_CHECK_EQUAL(r.status(), "running");
  const auto a = call_to(r, "http://a/"), b = call_to(r, "http://b/");
  CAF_CHECK_NOT_EQUAL(a.idempotency_key, b.idempotency_key);
  answer(r, b, 200, "\"B\"");
  CAF_CHECK_EQUAL(r.m.outstanding().size(), 1u);
  answer(r, b, 200, "\"twice\"");
  answer(r, a, 200, "\"A\"");
  CAF_CHECK_EQUAL(r.output(), R"(["A","B"])");
}

CAF_TEST(an error of one branch cancels the others and is the error of the fork) {
  auto r = rig{two_calls};
  r.start();
  const auto a = call_to(r, "http://a/"), b = call_to(r, "http://b/");
  answer(r, b, 500, "{}");
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/both/fork/branches/1/b");
  CAF_CHECK_EQUAL(r.the<drop_effect>().effect, a.effect);
  CAF_CHECK(std::ranges::count(r.log.lines, "task.cancelled a") == 1);
  answer(r, a, 200, "1");
  CAF_CHECK_EQUAL(r.status(), "faulted");
}

CAF_TEST(a try around a fork catches what a branch throws) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - safe:
      try:
        - both:
            fork:
              branches:
                - bad: {raise: {error: {type: 'urn:x', status: 400}}}
                - good: {set: {ok: true}}
      catch: {do: [{handled: {set: {status: '${ $error.status }'}}}]}
)"),
                  R"({"status":400})");
}

CAF_TEST(a try inside a branch keeps the fork going) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - both:
      fork:
        branches:
          - safe:
              try: [{bad: {raise: {error: {type: 'urn:x', status: 400}}}}]
              catch: {do: [{handled: {set: '${ "caught" }'}}]}
          - good: {set: '${ "fine" }'}
)"),
                  R"(["caught","fine"])");
}

CAF_TEST(the first success of competing branches wins and the others are cancelled) {
  auto r = rig{a_race};
  r.start();
  const auto a = call_to(r, "http://a/"), b = call_to(r, "http://b/");
  answer(r, a, 503, "{}");
  CAF_CHECK_EQUAL(r.status(), "running");
  answer(r, b, 200, "\"B\"");
  CAF_CHECK_EQUAL(r.output(), "\"B\"");

  auto first = rig{a_race};
  first.start();
  answer(first, call_to(first, "http://a/"), 200, "\"A\"");
  CAF_CHECK_EQUAL(first.output(), "\"A\"");
  CAF_CHECK_EQUAL(first.count<drop_effect>(), 1u);
}

CAF_TEST(competing branches that all fail give the last error) {
  auto r = rig{a_race};
  r.start();
  const auto a = call_to(r, "http://a/"), b = call_to(r, "http://b/");
  answer(r, b, 501, "{}");
  answer(r, a, 502, "{}");
  CAF_CHECK_EQUAL(r.error().status, 502);
}

CAF_TEST(branches that never wait race in their order) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - race:
      fork: {compete: true, branches: [{red: {set: '${ "red" }'}}, {green: {set: '${ "green" }'}}]}
)"),
                  "\"red\"");
}

CAF_TEST(exports of branches apply in branch order when the fork joins) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - before: {set: '${ {} }', export: {as: '{seen: ["before"]}'}}
  - both:
      fork:
        branches:
          - slow:
              do:
                - look: {set: '${ $context }', export: {as: '$context + {seen: ($context.seen + ["slow"])}'}}
                - own: {set: '${ $context.seen }'}
          - fast: {set: '${ 1 }', export: {as: '$context + {seen: ($context.seen + ["fast"]), fast: true}'}}
  - after: {set: {branches: '${ . }', context: '${ $context }'}}
)"),
                  R"({"branches":[["before","slow"],1],)"
                  R"("context":{"seen":["before","slow","fast"],"fast":true}})");
}

CAF_TEST(only the winner of a race exports) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - a: {set: '${ 1 }', export: {as: '{by: "a"}'}}
          - b: {set: '${ 2 }', export: {as: '{by: "b"}'}}
  - after: {set: '${ $context }'}
)"),
                  R"({"by":"a"})");
}

CAF_TEST(branches see the variables around the fork) {
  CAF_CHECK_EQUAL(run_through(R"yaml(
do:
  - each:
      for: {in: .list, each: x}
      do:
        - both:
            fork:
              branches:
                - first: {set: '${ "\($x)\($index)" }'}
                - nested: {fork: {branches: [{deep: {set: '${ $x }'}}]}}
)yaml",
                              R"({"list": ["p", "q"]})"),
                  R"(["q1",["q"]])");
}

CAF_TEST(then end in a branch ends the workflow) {
  auto r = rig{R"(
do:
  - both:
      fork:
        branches:
          - waits: {wait: {seconds: 5}}
          - ends: {set: '${ "done" }', then: end}
  - never: {set: '${ "never" }'}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.output(), "\"done\"");
  CAF_CHECK(r.m.outstanding().empty());
}

CAF_TEST(a timeout of the fork cancels its branches) {
  auto r = rig{R"(
do:
  - both:
      timeout: {after: PT5S}
      fork:
        branches:
          - a: {wait: PT1H}
          - b: {call: http, with: {method: get, endpoint: http://b/}}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "running");
  r.after(5 * rig::second);
  for (const auto& c : r.m.outstanding())
    if (auto timer = std::get_if<set_timer>(&c); timer && timer->due_us <= r.now)
      r.give(timer_fired{timer->effect});
  CAF_CHECK_EQUAL(r.error().status, 408);
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/both");
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 2u);
}

CAF_TEST(a run whose branches all sleep is waiting) {
  auto r = rig{"do: [{both: {fork: {branches: [{a: {wait: PT1H}}, {b: {wait: PT2H}}]}}}]"};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "waiting");
}

CAF_TEST(cancelling a run cancels all its branches) {
  auto r = rig{two_calls};
  r.start();
  r.give(cancel_requested{"enough"});
  CAF_CHECK_EQUAL(r.status(), "cancelled");
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 2u);
}

CAF_TEST(a thousand branches join) {
  auto yaml = std::string{"do:\n- all:\n    fork:\n      branches:\n"};
  for (int i = 0; i < 1000; ++i) yaml += "      - b" + std::to_string(i) + ": {wait: PT1H}\n";
  auto r = rig{yaml};
  r.start();
  const auto timers = r.m.outstanding();
  CAF_REQUIRE_EQUAL(timers.size(), 1000u);
  r.after(3600 * rig::second);
  for (const auto& c : timers) r.give(timer_fired{std::get<set_timer>(c).effect});
  CAF_CHECK_EQUAL(r.status(), "completed");
  CAF_CHECK_EQUAL(r.m.output().size(), 1000u);
}

CAF_TEST(more branches than the limit are refused) {
  auto limits = machine_limits{};
  limits.branches = 3;
  auto r = rig{
      "do: [{f: {fork: {branches: [{a: {wait: PT1H}}, {b: {set: '${ 1 }'}}, {c: {set: '${ 1 }'}},"
      " {d: {set: '${ 1 }'}}]}}}]",
      limits};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK(r.error().detail.find("3 branches") != std::string::npos);
}

CAF_TEST(where slices end changes nothing in a fork) {
  constexpr auto yaml = R"(
do:
  - all:
      fork:
        branches:
          - a: {for: {in: '[range(7)]'}, do: [{x: {set: '${ [$index] }'}}]}
          - b: {for: {in: '[range(5)]'}, do: [{y: {set: '${ $item }', export: {as: '$context + {b: $item}'}}}]}
          - c: {set: '${ 1 }'}
)";
  auto limits = machine_limits{};
  auto whole = rig{yaml, limits};
  whole.start();
  for (uint64_t slice = 1; slice < 12; ++slice) {
    limits.slice = slice;
    auto cut = rig{yaml, limits};
    cut.start();
    CAF_CHECK_EQUAL(describe(cut.m), describe(whole.m));
    CAF_CHECK(cut.log.lines == whole.log.lines);
  }
}
