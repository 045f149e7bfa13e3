#define CAF_SUITE machine_try

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

/// A try around one failing task (418, https://x.io/errors/odd), and what follows `catch:`.
std::string trying(std::string_view caught) {
  return std::string{R"(
do:
  - guard:
      try:
        - fail: {raise: {error: {type: 'https://x.io/errors/odd', status: 418, title: T, detail: D}}}
      catch: )"}
      .append(caught);
}

/// A try around one call, with a retry policy.
std::string calling(std::string_view policy) {
  return std::string{R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io/a'}}}]
      catch: {do: [{spent: {set: {spent: true}}}], retry: )"}
             .append(policy) +
         "}\n";
}

/// The delays in seconds before each retry, until the policy gives up.
std::string delays(std::string_view policy, size_t most = 8) {
  auto r = rig{calling(policy)};
  r.start();
  auto text = std::string{};
  for (size_t i = 0; i < most && r.count<http_call>() == 1; ++i) {
    r.answer(503, "");
    if (r.count<set_timer>() == 0) break;
    text += std::to_string(r.delay()).substr(0, 4) + " ";
    r.fire();
  }
  return text + r.status();
}

bool caught(std::string_view filter) { return run_through(trying(std::string{filter})) == "{}"; }

} // namespace

CAF_TEST(a catch without handler or retry swallows the error and gives the input) {
  CAF_CHECK_EQUAL(run_through(trying("{}"), R"({"n": 1})"), R"({"n":1})");
}

CAF_TEST(the handler gets the input of the try and the error in its variable) {
  CAF_CHECK_EQUAL(
      run_through(R"(
do:
  - guard:
      input: {from: .x}
      try:
        - change: {set: {changed: true}}
        - fail: {raise: {error: {type: 'https://x.io/e', status: 418, title: T, detail: D}}}
      catch:
        as: problem
        do: [{handle: {set: {e: '${ $problem }', d: '${ . }'}}}]
)",
                  R"({"x": 7})"),
      R"({"e":{"type":"https://x.io/e","status":418,"instance":"/do/0/guard/try/1/fail","title":"T","detail":"D"},"d":7})");
}

CAF_TEST(a filter catches only errors that match all it sets) {
  CAF_CHECK(caught("{errors: {with: {status: 418}}}"));
  CAF_CHECK(!caught("{errors: {with: {status: 419}}}"));
  CAF_CHECK(caught("{errors: {with: {type: 'https://x.io/errors/odd', title: T}}}"));
  CAF_CHECK(!caught("{errors: {with: {type: 'https://x.io/errors/even'}}}"));
  CAF_CHECK(!caught("{errors: {with: {type: 'https://y.io/errors/odd'}}}"));
  CAF_CHECK(!caught("{errors: {with: {status: 418, title: U}}}"));
  CAF_CHECK(caught("{errors: {with: {detail: D}}}"));
  CAF_CHECK(!caught("{errors: {with: {detail: E}}}"));
  CAF_CHECK(caught("{errors: {with: {instance: /do/0/guard/try/0/fail}}}"));
  CAF_CHECK(!caught("{errors: {with: {instance: /do/0/guard}}}"));
}

CAF_TEST(conditions on the error see it as the data and in the variable) {
  CAF_CHECK(caught("{when: .status == 418}"));
  CAF_CHECK(caught("{as: e, when: $e.status == 418}"));
  CAF_CHECK(!caught("{when: .status == 1}"));
  CAF_CHECK(!caught("{exceptWhen: .status == 418}"));
  CAF_CHECK(caught("{exceptWhen: .status == 1}"));
}

CAF_TEST(an error that is not caught faults the run with its instance) {
  auto r = rig{trying("{errors: {with: {status: 1}}}")};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/guard/try/0/fail");
  CAF_CHECK_EQUAL(r.error().status, 418);
}

CAF_TEST(an error inside the catch goes outwards instead of the first) {
  auto in_condition = rig{trying("{when: error}")};
  in_condition.start();
  CAF_CHECK_EQUAL(in_condition.error().type, error_type("expression"));
  CAF_CHECK_EQUAL(in_condition.error().instance, "/do/0/guard");
  auto in_handler = rig{trying("{do: [{again: {set: '${ error }'}}]}")};
  in_handler.start();
  CAF_CHECK_EQUAL(in_handler.error().instance, "/do/0/guard/catch/do/0/again");
}

CAF_TEST(an inner try that does not match leaves the error to the outer one) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - outer:
      try:
        - inner:
            try: [{fail: {raise: {error: {type: 'https://x.io/e', status: 418}}}}]
            catch: {errors: {with: {status: 1}}, do: [{wrong: {set: {by: inner}}}]}
      catch: {do: [{right: {set: {by: outer}}}]}
)"),
                  R"({"by":"outer"})");
}

CAF_TEST(the flow after a handler is that of the catch or else of the task) {
  constexpr auto yaml = R"(
do:
  - guard:
      try: [{fail: {raise: {error: {type: 'https://x.io/e', status: 418}}}}]
      catch: {do: [{handle: {set: {handled: true}}}]}
      then: last
  - skipped: {set: {skipped: false}}
  - last: {set: '${ . + {last: true} }'}
)";
  CAF_CHECK_EQUAL(run_through(yaml), R"({"handled":true,"last":true})");
}

CAF_TEST(the filters of a try apply to what its handler gives) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - guard:
      try: [{fail: {raise: {error: {type: 'https://x.io/e', status: 418}}}}]
      catch: {do: [{handle: {set: {handled: true}}}]}
      output: {as: '{out: .}'}
)"),
                  R"({"out":{"handled":true}})");
}

CAF_TEST(a try does not catch what goes wrong with its own input or output) {
  auto output = rig{R"(
do:
  - guard: {try: [{ok: {set: {x: 1}}}], catch: {}, output: {as: error}}
)"};
  output.start();
  CAF_CHECK_EQUAL(output.error().instance, "/do/0/guard");
  auto input = rig{R"(
do:
  - guard: {try: [{ok: {set: {x: 1}}}], catch: {}, input: {from: error}}
)"};
  input.start();
  CAF_CHECK_EQUAL(input.error().instance, "/do/0/guard");
}

CAF_TEST(backoff grows as the policy says and counts retries) {
  CAF_CHECK_EQUAL(delays("{delay: PT2S, limit: {attempt: {count: 3}}}"),
                  "2.00 2.00 2.00 completed");
  CAF_CHECK_EQUAL(delays("{delay: PT2S, backoff: {constant: {}}, limit: {attempt: {count: 2}}}"),
                  "2.00 2.00 completed");
  CAF_CHECK_EQUAL(delays("{delay: PT2S, backoff: {linear: {}}, limit: {attempt: {count: 4}}}"),
                  "2.00 4.00 6.00 8.00 completed");
  CAF_CHECK_EQUAL(delays("{delay: PT1S, backoff: {exponential: {}}, limit: {attempt: {count: 5}}}"),
                  "1.00 2.00 4.00 8.00 16.0 completed");
  CAF_CHECK_EQUAL(delays("{delay: {seconds: 1}, limit: {attempt: {count: 0}}}"), "completed");
  CAF_CHECK_EQUAL(delays("{delay: '${ \"PT\" + \"3S\" }', limit: {attempt: {count: 1}}}"),
                  "3.00 completed");
}

CAF_TEST(no retry begins after the total duration) {
  // Retries are due at 10, 20 and 30 seconds; the last is still in time, the next would not be.
  CAF_CHECK_EQUAL(delays("{delay: PT10S, limit: {duration: PT30S}}"), "10.0 10.0 10.0 completed");
  CAF_CHECK_EQUAL(delays("{delay: PT10S, limit: {duration: PT5S}}"), "completed");
}

CAF_TEST(a policy may pick the errors that are worth another attempt) {
  CAF_CHECK_EQUAL(delays("{delay: PT1S, when: .status == 503, limit: {attempt: {count: 1}}}"),
                  "1.00 completed");
  CAF_CHECK_EQUAL(delays("{delay: PT1S, when: .status == 500, limit: {attempt: {count: 1}}}"),
                  "completed");
  CAF_CHECK_EQUAL(delays("{delay: PT1S, exceptWhen: .status == 503, limit: {attempt: {count: 1}}}"),
                  "completed");
}

CAF_TEST(jitter adds to the delay within its bounds and is the same on replay) {
  constexpr auto policy =
      "{delay: PT1S, jitter: {from: PT1S, to: PT3S}, limit: {attempt: {count: 8}}}";
  auto first = delays(policy);
  CAF_CHECK_EQUAL(first, delays(policy));
  auto r = rig{calling(policy)};
  r.start();
  auto seen = std::set<double>{};
  for (int i = 0; i < 8; ++i) {
    r.answer(503, "");
    CAF_CHECK(r.delay() >= 2.0 && r.delay() <= 4.0);
    seen.insert(r.delay());
    r.fire();
  }
  CAF_CHECK(seen.size() > 4u);
}

CAF_TEST(a retry without delay happens in the same breath) {
  auto r = rig{R"(
do:
  - guard:
      try: [{fail: {raise: {error: {type: 'https://x.io/e', status: 418}}}}]
      catch: {retry: {limit: {attempt: {count: 3}}}, do: [{spent: {set: {spent: true}}}]}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.output(), R"({"spent":true})");
  CAF_CHECK_EQUAL(r.m.attempts(), 4u);
  CAF_CHECK_EQUAL(r.sent.size(), 0u);
}

CAF_TEST(a policy that is spent without a handler lets the error through) {
  auto r = rig{trying("{retry: {limit: {attempt: {count: 1}}}}")};
  r.start();
  CAF_CHECK_EQUAL(r.error().status, 418);
  CAF_CHECK_EQUAL(r.m.attempts(), 2u);
}

CAF_TEST(every attempt starts from the input of the try and keeps its idempotency key) {
  auto r = rig{R"(
do:
  - guard:
      try:
        - prepare: {set: {n: '${ .n + 1 }'}}
        - ask: {call: http, with: {method: get, endpoint: 'https://x.io/{n}'}}
      catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}}
)"};
  r.start(R"({"n": 1})");
  auto first = r.call();
  CAF_CHECK_EQUAL(first.url, "https://x.io/2");
  CAF_CHECK_EQUAL(first.attempt, 1);
  CAF_CHECK_EQUAL(first.idempotency_key, "run-1/do/0/guard/try/1/ask");
  r.answer(500, "").fire();
  CAF_CHECK_EQUAL(r.call().url, "https://x.io/2");
  CAF_CHECK_EQUAL(r.call().attempt, 2);
  CAF_CHECK_EQUAL(r.call().idempotency_key, first.idempotency_key);
  CAF_CHECK(r.call().effect != first.effect);
  r.answer(200, "{\"ok\": true}");
  CAF_CHECK_EQUAL(r.output(), R"({"ok":true})");
}

CAF_TEST(an attempt that takes too long is a timeout that the catch sees) {
  auto r = rig{R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io/a'}}}]
      catch:
        retry: {delay: PT1S, limit: {attempt: {count: 1, duration: PT5S}}}
        do: [{handle: {set: {status: '${ $error.status }', at: '${ $error.instance }'}}}]
)"};
  r.start();
  CAF_CHECK_EQUAL(r.delay(), 5.0);
  r.fire();
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 1u);
  CAF_CHECK_EQUAL(r.delay(), 1.0);
  r.fire();
  CAF_CHECK_EQUAL(r.call().attempt, 2);
  r.fire();
  CAF_CHECK_EQUAL(r.output(), R"({"status":408,"at":"/do/0/guard"})");
}

CAF_TEST(an attempt in time drops its timer) {
  auto r = rig{calling("{limit: {attempt: {count: 1, duration: PT5S}}}")};
  r.start().answer(200, "1");
  CAF_CHECK_EQUAL(r.output(), "1");
  CAF_CHECK_EQUAL(r.count<drop_effect>(), 1u);
}

CAF_TEST(a wait for the next attempt is a waiting run) {
  auto r = rig{calling("{delay: PT1S}")};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "running");
  r.answer(500, "");
  CAF_CHECK_EQUAL(r.status(), "waiting");
}
