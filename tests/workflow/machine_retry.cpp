#define CAF_SUITE machine_retry

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"
#include "workflow/machine/inspection.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

constexpr auto two_calls = R"(
do:
  - reserve: {call: http, with: {method: post, endpoint: 'https://x.io/reserve', body: '${ . }'}}
  - pay: {call: http, with: {method: post, endpoint: 'https://x.io/pay', body: '${ . }'}}
  - done: {set: {paid: '${ . }'}}
)";

retry_requested again(std::string task = {}) { return {std::move(task), {}, false}; }
retry_requested again_with(std::string task, std::string_view input) {
  return {std::move(task), json(input), true};
}

/// The journal given to a fresh machine must rebuild this one.
void check_replay(const rig& r, size_t slice = 2'000) {
  auto limits = machine_limits{};
  limits.slice = slice;
  auto copy = rig{r.what, limits};
  for (const auto& e : r.journal) {
    auto read = decode_event(encode_event(e));
    if (!read) CAF_FAIL(read.error());
    copy.now = read->time_us;
    std::visit([&copy](const auto& what) { copy.give(what); }, read->what);
  }
  CAF_CHECK_EQUAL(describe(copy.m), describe(r.m));
  CAF_CHECK_EQUAL(copy.log.lines, r.log.lines);
}

std::string open_tasks(const machine& m) {
  auto text = std::string{};
  for (const auto& t : m.inspect().tasks) {
    text += (text.empty() ? "" : " ") + t.name;
    for (auto b : t.branch) text += "/" + std::to_string(b);
  }
  return text;
}

} // namespace

CAF_TEST(a run goes on from the task that failed under the same key) {
  auto r = rig{two_calls};
  r.start(R"({"sku": 1})").answer(200, R"({"n": 1})");
  const auto before = r.call();
  r.answer(500, "{}");
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(open_tasks(r.m), "pay");
  r.after(3600 * rig::second).give(again());
  CAF_CHECK_EQUAL(r.status(), "running");
  CAF_CHECK(!r.m.error());
  const auto call = r.call();
  CAF_CHECK_EQUAL(call.idempotency_key, before.idempotency_key);
  CAF_CHECK_NOT_EQUAL(call.effect, before.effect);
  CAF_CHECK_EQUAL(call.body.value_or("-"), R"({"n":1})");
  CAF_CHECK_EQUAL(call.attempt, 2);
  CAF_CHECK_EQUAL(r.m.attempts(), 2u);
  r.answer(200, R"({"ok": true})");
  CAF_CHECK_EQUAL(r.output(), R"({"paid":{"ok":true}})");
  check_replay(r);
  check_replay(r, 1);
}

CAF_TEST(a run is retried as often as it fails and not while it goes on or after it completed) {
  auto r = rig{two_calls};
  r.start();
  CAF_CHECK(!r.m.wants({r.now, again()}));
  for (int attempt = 2; attempt < 5; ++attempt) {
    r.answer(503, "").give(again());
    CAF_CHECK_EQUAL(r.call().attempt, attempt);
    CAF_CHECK(!r.m.wants({r.now, again()}));
  }
  r.answer(200, "{}").answer(200, "{}");
  CAF_CHECK_EQUAL(r.status(), "completed");
  CAF_CHECK_EQUAL(r.m.refuses(again()).value_or("-"), "the run has completed");
  CAF_CHECK_EQUAL(r.m.times_retried(), 3u);
  check_replay(r);
}

CAF_TEST(a changed input changes the keys of all that follows) {
  auto r = rig{two_calls};
  r.start();
  const auto first = r.call().idempotency_key;
  r.answer(422, "{}").give(again_with("", R"({"sku": 2})"));
  CAF_CHECK_EQUAL(r.call().body.value_or("-"), R"({"sku":2})");
  CAF_CHECK_EQUAL(r.call().idempotency_key, first + "~1");
  r.answer(200, "{}");
  CAF_CHECK_EQUAL(r.call().idempotency_key, "run-1/do/1/pay~1");
  check_replay(r);
}

CAF_TEST(a run goes on from a named task that was done before) {
  auto r = rig{two_calls};
  r.start();
  const auto key = r.call().idempotency_key;
  r.answer(200, R"({"n": 1})").answer(500, "");
  CAF_CHECK(!r.m.wants({r.now, again("reserve")})); // its input is not known any more
  CAF_CHECK(!r.m.wants({r.now, again_with("nothing", "{}")}));
  r.give(retry_requested{"/do/0/reserve", json(R"({"sku": 1})"), false});
  CAF_CHECK_EQUAL(r.call().url, "https://x.io/reserve");
  CAF_CHECK_EQUAL(r.call().idempotency_key, key);
  r.answer(200, R"({"n": 2})");
  CAF_CHECK_EQUAL(r.call().idempotency_key, "run-1/do/1/pay");
  r.answer(200, R"({"n": 3})");
  CAF_CHECK_EQUAL(r.output(), R"({"paid":{"n":3}})");
  check_replay(r);
}

CAF_TEST(a later task may be named to skip the one that fails) {
  auto r = rig{two_calls};
  r.start().answer(200, "{}").answer(500, "").give(again_with("done", R"({"by": "hand"})"));
  CAF_CHECK_EQUAL(r.output(), R"({"paid":{"by":"hand"}})");
  check_replay(r);
}

CAF_TEST(a loop goes on in the iteration that failed with its variables and data) {
  auto r = rig{R"(
do:
  - each:
      for: {each: sku, in: '${ .skus }', at: i}
      do:
        - ask: {call: http, with: {method: get, endpoint: '${ "https://x.io/" + $sku }'}}
        - add: {set: {sum: '${ [$i, .n] }'}}
)"};
  r.start(R"({"skus": ["a", "b", "c"]})").answer(200, R"({"n": 1})");
  const auto key = r.call().idempotency_key;
  r.answer(500, "");
  CAF_CHECK_EQUAL(to_json(r.m.inspect().variables), R"({"sku":"b","i":1})");
  r.give(again());
  CAF_CHECK_EQUAL(r.call().url, "https://x.io/b");
  CAF_CHECK_EQUAL(r.call().idempotency_key, key);
  r.answer(200, R"({"n": 2})").answer(200, R"({"n": 3})");
  CAF_CHECK_EQUAL(r.output(), R"({"sum":[2,3]})");
  check_replay(r);
}

CAF_TEST(a try around has all its retries again and still catches) {
  auto r = rig{R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
      catch: {errors: {with: {status: 500}}, retry: {delay: PT1S, limit: {attempt: {count: 1}}}}
)"};
  r.start().answer(500, "").fire().answer(500, "");
  CAF_CHECK_EQUAL(r.status(), "faulted");
  r.give(again());
  CAF_CHECK_EQUAL(r.call().attempt, 3);
  r.answer(500, "");
  CAF_CHECK_EQUAL(r.status(), "waiting");
  r.fire();
  CAF_CHECK_EQUAL(r.call().attempt, 4);
  r.answer(200, R"({"ok": 1})");
  CAF_CHECK_EQUAL(r.output(), R"({"ok":1})");
  check_replay(r);
}

CAF_TEST(an error in a handler goes on in the handler with the error it handles) {
  auto r = rig{R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io/a'}}}]
      catch:
        as: why
        do:
          - tell: {call: http, with: {method: get, endpoint: 'https://x.io/b'}}
          - done: {set: {status: '${ $why.status }'}}
)"};
  r.start().answer(404, "").answer(500, "").give(again());
  CAF_CHECK_EQUAL(r.call().url, "https://x.io/b");
  r.answer(200, "{}");
  CAF_CHECK_EQUAL(r.output(), R"({"status":404})");
  check_replay(r);
}

CAF_TEST(branches that were at work when another failed go on where they were) {
  auto r = rig{R"(
do:
  - all:
      fork:
        branches:
          - pays: {do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io/p'}}}]}
          - rests: {do: [{one: {set: '${ {} }'}}, {rest: {wait: PT10S}}, {two: {set: {rested: true}}}]}
          - ready: {set: {r: 1}}
)"};
  r.start();
  const auto call = r.call();
  r.answer(500, "");
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(open_tasks(r.m), "all pays/0 ask/0 rests/1 rest/1");
  r.after(60 * rig::second).give(again());
  CAF_CHECK_EQUAL(r.call().idempotency_key, call.idempotency_key);
  CAF_CHECK_EQUAL(r.delay(), 10.0);
  const auto timer = r.timer();
  r.answer(200, R"({"p": 1})");
  CAF_CHECK_EQUAL(r.status(), "waiting");
  r.give(timer_fired{timer.effect});
  CAF_CHECK_EQUAL(r.output(), R"([{"p":1},{"rested":true},{"r":1}])");
  check_replay(r);
  check_replay(r, 1);
}

CAF_TEST(a task before a fork may be named and the fork begins anew) {
  auto r = rig{R"(
do:
  - first: {set: {n: '${ .n }'}}
  - all:
      fork:
        branches:
          - a: {call: http, with: {method: get, endpoint: 'https://x.io/a'}}
          - b: {wait: PT10S}
)"};
  r.start().answer(500, "").give(again_with("first", R"({"n": 5})"));
  CAF_CHECK_EQUAL(r.count<http_call>(), 1u);
  CAF_CHECK_EQUAL(r.count<set_timer>(), 1u);
  CAF_CHECK_EQUAL(open_tasks(r.m), "all a/0 b/1");
  const auto timer = r.timer();
  r.answer(200, R"({"a": 1})").give(timer_fired{timer.effect});
  CAF_CHECK_EQUAL(r.output(), R"([{"a":1},{"n":5}])");
  check_replay(r);
}

CAF_TEST(a name that several open scopes have must be given as a pointer) {
  auto r = rig{R"(
do:
  - step:
      do:
        - step: {raise: {error: {type: 'https://x.io/e', status: 500}}}
)"};
  r.start();
  CAF_CHECK(!r.m.wants({r.now, again("step")}));
  CAF_CHECK(r.m.wants({r.now, again("/do/0/step")}));
  r.give(again("/do/0/step"));
  CAF_CHECK_EQUAL(r.status(), "faulted"); // it fails again
  CAF_CHECK_EQUAL(r.log.lines.back(), "workflow.faulted");
  check_replay(r);
}

CAF_TEST(a timeout of the run starts again with the retry) {
  auto r = rig{"timeout: {after: PT1M}\ndo: [{rest: {wait: PT10M}}, {done: {set: {ok: 1}}}]"};
  r.start();
  r.now += 60 * rig::second;
  for (const auto& c : r.m.outstanding())
    if (auto t = std::get_if<set_timer>(&c); t && t->due_us == r.now) {
      r.give(timer_fired{t->effect});
      break;
    }
  CAF_CHECK_EQUAL(r.error().status, 408);
  r.after(3600 * rig::second).give(again());
  CAF_CHECK_EQUAL(r.status(), "waiting");
  auto due = std::vector<int64_t>{};
  for (const auto& c : r.m.outstanding())
    due.push_back((std::get<set_timer>(c).due_us - r.now) / rig::second);
  CAF_CHECK_EQUAL(due, (std::vector<int64_t>{600, 60}));
  check_replay(r);
}

CAF_TEST(a task that was too slow has its whole time again) {
  auto r = rig{R"(do: [{ask: {call: http, timeout: {after: PT5S},
                        with: {method: get, endpoint: 'https://x.io'}}}])"};
  r.start().fire();
  CAF_CHECK_EQUAL(r.error().status, 408);
  r.after(60 * rig::second).give(again());
  CAF_CHECK_EQUAL(r.delay(), 5.0);
  r.answer(200, R"({"ok": 1})");
  CAF_CHECK_EQUAL(r.output(), R"({"ok":1})");
  check_replay(r);
}

CAF_TEST(a cancelled run goes on with what it waited for) {
  auto r = rig{two_calls};
  r.start();
  const auto key = r.call().idempotency_key;
  r.give(cancel_requested{"by hand"});
  CAF_CHECK_EQUAL(r.status(), "cancelled");
  CAF_CHECK(!r.m.wants({r.now, again_with("", "{}")})); // for which task is not said
  r.give(again());
  CAF_CHECK_EQUAL(r.call().idempotency_key, key);
  r.answer(200, "{}").answer(200, "{}");
  CAF_CHECK_EQUAL(r.status(), "completed");
  check_replay(r);
}

CAF_TEST(a run that was cancelled while it was suspended goes on at once) {
  auto r = rig{two_calls};
  r.start().give(suspend_requested{}).give(cancel_requested{""}).give(again());
  CAF_CHECK_EQUAL(r.status(), "running");
  CAF_CHECK_EQUAL(r.count<http_call>(), 1u);
  check_replay(r);
}

CAF_TEST(a listener keeps what it has consumed) {
  auto r = rig{R"(
do:
  - hear: {listen: {to: {all: [{with: {type: a}}, {with: {type: b}}]}}}
)"};
  r.start();
  const auto first = r.the<listen_for>().effect;
  r.give(event_received{first, 1, json(R"({"type": "a", "data": 1})")});
  r.give(cancel_requested{""}).give(again());
  const auto second = r.the<listen_for>().effect;
  CAF_CHECK_NOT_EQUAL(first, second);
  CAF_CHECK(!r.m.wants({r.now, event_received{second, 1, json(R"({"type": "a", "data": 1})")}}));
  r.give(event_received{second, 2, json(R"({"type": "b", "data": 2})")});
  CAF_CHECK_EQUAL(r.output(), "[1,2]");
  check_replay(r);
}

CAF_TEST(a listener around a task that failed goes on listening) {
  auto r = rig{R"(
do:
  - hear:
      listen: {to: {all: [{with: {type: a}}, {with: {type: b}}]}}
      foreach: {item: event, do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io/'}}}]}
)"};
  r.start();
  const auto first = r.the<listen_for>().effect;
  r.give(event_received{first, 1, json(R"({"type": "a", "data": 1})")}).answer(500, "");
  CAF_CHECK_EQUAL(r.status(), "faulted");
  r.give(again());
  const auto second = r.the<listen_for>().effect;
  CAF_CHECK_NOT_EQUAL(first, second);
  r.answer(200, "1");
  CAF_CHECK_EQUAL(r.status(), "waiting");
  r.give(event_received{second, 2, json(R"({"type": "b", "data": 2})")}).answer(200, "2");
  CAF_CHECK_EQUAL(r.output(), "[1,2]");
  check_replay(r);
}

CAF_TEST(a child that failed is started anew under another key) {
  auto r = rig{R"(
do: [{sub: {run: {workflow: {namespace: n, name: w, version: '1.0.0'}}}}]
)"};
  r.start();
  const auto child = r.the<start_child>();
  r.give(child_ended{child.effect, run_status::faulted, {}, {}}).give(again());
  CAF_CHECK_NOT_EQUAL(r.the<start_child>().idempotency_key, child.idempotency_key);
  check_replay(r);
}

CAF_TEST(errors that were caught leave nothing behind for a later retry) {
  auto r = rig{R"(
do:
  - guard:
      try: [{inner: {do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io/a'}}}]}}]
      catch: {errors: {with: {status: 404}}}
  - then_this: {call: http, with: {method: get, endpoint: 'https://x.io/b'}}
)"};
  r.start().answer(404, "").answer(500, "");
  CAF_CHECK_EQUAL(open_tasks(r.m), "then_this");
  r.give(again()).answer(200, "{}");
  CAF_CHECK_EQUAL(r.status(), "completed");
  check_replay(r);
}

CAF_TEST(the end of a workflow that its own output spoils can be retried from a named task only) {
  auto r = rig{R"(
output: {as: '${ if .ok then . else error("not ok") end }'}
do: [{give: {set: {ok: '${ .ok }'}}}]
)"};
  r.start(R"({"ok": false})");
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK(!r.m.wants({r.now, again()}));
  r.give(again_with("give", R"({"ok": true})"));
  CAF_CHECK_EQUAL(r.output(), R"({"ok":true})");
  check_replay(r);
}

CAF_TEST(the winner of a race that spoils the output leaves no branch to a retry) {
  auto r = rig{R"(
output: {as: '${ if .ok then . else error("not ok") end }'}
do:
  - race:
      fork:
        compete: true
        branches:
          - slow: {wait: PT10S}
          - quick: {set: {n: 1}}
      then: end
)"};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(open_tasks(r.m), "");
  check_replay(r);
}

CAF_TEST(a picture shows open tasks with input and context and what is outstanding) {
  auto r = rig{R"(
do:
  - note: {set: {n: 1}, export: {as: '${ {seen: .n} }'}}
  - outer:
      do:
        - ask:
            input: {from: '${ {q: .n} }'}
            call: http
            with: {method: get, endpoint: 'https://x.io'}
)"};
  r.start();
  const auto p = r.m.inspect();
  CAF_CHECK_EQUAL(p.tasks.size(), 2u);
  CAF_CHECK_EQUAL(to_json(p.context), R"({"seen":1})");
  CAF_CHECK_EQUAL(p.tasks[1].pointer, "/do/1/outer/do/0/ask");
  CAF_CHECK_EQUAL(std::string{p.tasks[1].kind}, "call");
  CAF_CHECK_EQUAL(to_json(p.tasks[1].raw_input), R"({"n":1})");
  CAF_CHECK_EQUAL(to_json(p.tasks[1].input), R"({"q":1})");
  CAF_CHECK_EQUAL(p.at_work.value_or(99), 1u);
  CAF_CHECK_EQUAL(p.outstanding.size(), 1u);
}
