#pragma once

#include "tests/workflow/machine_rig.hpp"

#include <random>

/// Random lives of workflows that use everything that a run can be in the middle of.
namespace steward::workflow::testing {

constexpr std::string_view many_kinds_of_waiting[] = {
    // Loops, attempts with backoff and jitter, a handler, timeouts.
    R"(
timeout: {after: PT10M}
do:
  - loop:
      for: {in: '${ [1.5, 2, {big: [range(30)]}] }', each: it, at: i}
      while: '${ $i < 5 }'
      do:
        - guard:
            try:
              - ask: {call: http, with: {method: post, endpoint: 'https://x.io', body: '${ $it }'}}
              - pause: {wait: PT1S}
            catch:
              as: caught
              errors: {with: {status: 503}}
              retry:
                delay: PT2S
                backoff: {exponential: {}}
                jitter: {from: PT0S, to: PT5S}
                limit: {attempt: {count: 3, duration: PT20S}, duration: PT5M}
              do:
                - sorry: {wait: PT3S, timeout: {after: PT2S}}
                - give_up: {set: '${ {failed: $caught.status, it: $it, i: $i} }'}
            export: {as: '${ $context + {last: ., whole: (6 / 2), none: nan} }'}
  - result: {set: '${ $context }'}
)",
    // Branches with exports, and branches inside them.
    R"(
do:
  - first: {set: '${ {n: .n, doc: [range(40)]} }', export: {as: '${ {doc: .doc} }'}}
  - both:
      fork:
        branches:
          - left:
              do:
                - ask: {call: http, with: {method: get, endpoint: 'https://x.io/l'}}
                - note: {set: '${ . }', export: {as: '${ $context + {left: ., from: $task.name} }'}}
                - pause: {wait: PT5S}
          - right:
              try:
                - inner:
                    fork:
                      branches:
                        - one: {wait: PT2S}
                        - two: {call: http, with: {method: get, endpoint: 'https://x.io/r'}}
                        - three:
                            do:
                              - n: {set: '${ 3 }', export: {as: '${ $context + {three: $input} }'}}
                              - w: {wait: PT9S}
              catch: {errors: {with: {status: 503}}, do: [{w: {wait: PT1S}}]}
  - race:
      timeout: {after: PT30S}
      fork:
        compete: true
        branches:
          - slow: {wait: PT20S}
          - call: {call: http, with: {method: get, endpoint: 'https://x.io/race'}}
          - child: {run: {workflow: {namespace: a, name: b, version: '1.0.0', input: '${ $context }'}}}
  - result: {set: '${ [., $context] }'}
)",
    // Listeners of every form.
    R"(
do:
  - one: {listen: {to: {one: {with: {type: a}}}, read: envelope}, timeout: {after: PT1H}}
  - all:
      listen:
        to:
          all:
            - with: {type: a}
              correlate: {who: {from: '${ .data.who }'}}
            - with: {type: b}
              correlate: {who: {from: '${ .data.who }'}}
  - any: {listen: {to: {any: [{with: {type: a}}, {with: {type: b}}]}}}
  - until: {listen: {to: {any: [{with: {type: a}}], until: '${ length > 2 }'}}}
  - event:
      listen:
        to: {any: [{with: {type: a}}], until: {one: {with: {type: c}}}}
  - each:
      listen: {to: {any: [{with: {type: a}}, {with: {type: b}}], until: {one: {with: {type: c}}}}}
      foreach:
        item: e
        at: n
        do:
          - ask: {call: http, with: {method: get, endpoint: 'https://x.io/{who}', output: content}, input: {from: '${ $e }'}}
          - told: {set: '${ {e: $e, n: $n, said: .} }'}
          - tell: {emit: {event: {with: {type: told, data: '${ . }'}}}}
        output: {as: .said}
        export: {as: '${ {n: $n} }'}
  - endless:
      listen: {to: {any: [{with: {type: b}}], until: 'false'}}
      foreach:
        do: [{w: {wait: PT1S}}, {stop: {switch: [{no: {when: '${ $index > 2 }', then: exit}}]}}]
)",
    // Listeners in branches, each with its own place in the inbox.
    R"(
do:
  - both:
      fork:
        branches:
          - expected:
              listen:
                to:
                  one:
                    with: {type: a}
                    correlate: {who: {from: '${ .data.who }', expect: '${ $workflow.input.n }'}}
          - plain:
              listen: {to: {any: [{with: {type: a}}], until: '${ length > 1 }'}}
              foreach: {do: [{w: {wait: PT2S}}]}
  - again: {listen: {to: {one: {with: {type: a}}}}}
)",
    // Functions in functions, extensions, children.
    R"(
use:
  functions:
    outer:
      do:
        - within: {call: inner, with: {deep: '${ . }'}}
        - pause: {wait: PT4S}
        - forked:
            fork:
              branches:
                - x: {do: [{s: {set: '${ .deep }', export: {as: '${ $context + {x: .} }'}}}, {w: {wait: PT1S}}]}
                - y: {call: inner}
    inner:
      do:
        - ask: {call: http, with: {method: get, endpoint: 'https://x.io/inner'}}
        - detached: {run: {workflow: {namespace: a, name: b, version: '1.0.0'}, await: false}}
        - awaited: {run: {workflow: {namespace: a, name: b, version: '1.0.0'}}}
  extensions:
    - calls:
        extend: call
        before: [{wait_before: {wait: PT1S}}, {note: {set: '${ {before: .} }'}}]
        after: [{wait_after: {wait: PT1S}}]
    - waits:
        extend: wait
        when: '${ $task.name == "pause" }'
        after: [{ask_after: {call: http, with: {method: get, endpoint: 'https://x.io/after'}}}]
    - all:
        extend: all
        when: '${ $task.name == "within" }'
        before: [{check: {switch: [{skip: {when: '${ .n == 2 }', then: exit}}]}}, {w: {wait: PT1S}}]
do:
  - begin: {call: outer, timeout: {after: PT2M}}
  - again: {switch: [{more: {when: '${ ($context // {}) | length < 3 }', then: last}}]}
  - last: {call: inner}
)",
    // Values that JSON has no words for, references in circles of `then`, authentication.
    R"(
use: {authentications: {basic: {basic: {username: u, password: p}}}}
do:
  - odd: {set: '${ {nan: nan, big: infinite, zero: -0.0, whole: (4 / 2), "&": [1, "x"], text: ("&" * 90)} }'}
  - mark: {set: '${ . as $x | {a: $x, b: $x, c: {"&": $x}, n: ($context.n // 0) + 1} }', export: {as: '${ {n: .n, keep: .} }'}}
  - ask:
      call: http
      with:
        method: post
        endpoint: {uri: 'https://x.io', authentication: {use: basic}}
        headers: {x-n: '${ $context.n | tostring }'}
        query: {n: '${ $context.n }'}
        body: '${ . }'
      output: {as: '${ $context.keep }'}
  - more: {switch: [{again: {when: '${ $context.n < 4 }', then: mark}}]}
)",
};

/// An answer to something that is outstanding, or what an operator might do.
inline event something(const machine& m, int64_t now, uint64_t& sequence, std::mt19937& random) {
  auto dice = [&random](unsigned sides) { return random() % sides; };
  auto open = m.outstanding();
  std::erase_if(open, [](const command& c) {
    auto child = std::get_if<start_child>(&c);
    return child && !child->await;
  });
  if (is_final(m.status())) {
    const auto tasks = m.inspect().tasks;
    if (tasks.empty() || dice(2) == 0) return {now, retry_requested{"", {}, dice(2) == 0}};
    return {now, retry_requested{tasks[dice(static_cast<unsigned>(tasks.size()))].pointer,
                                 dice(2) == 0 ? std::optional{json(R"({"n": 2})")} : std::nullopt,
                                 true}};
  }
  if (dice(12) == 0) return {now, suspend_requested{}};
  if (dice(80) == 0) return {now, cancel_requested{"random"}};
  if (dice(120) == 0) return {now, quarantined{"random"}};
  if (open.empty() || (m.status() == run_status::suspended && dice(3) == 0))
    return {now, resume_requested{}};
  const auto& one = open[dice(static_cast<unsigned>(open.size()))];
  if (auto call = std::get_if<http_call>(&one)) {
    if (dice(8) == 0) return {now, http_failed{call->effect, dice(2) == 0, "gone \xff"}};
    auto body = dice(2) == 0 ? std::to_string(dice(9)) : R"({"who": 1.0, "list": [1, [2], {}]})";
    return {now, http_answered{call->effect,
                               dice(4) == 0 ? 503 : 200,
                               {{"content-type", "application/json"}},
                               std::move(body)}};
  }
  if (auto timer = std::get_if<set_timer>(&one))
    return {std::max(now, timer->due_us), timer_fired{timer->effect}};
  if (auto listener = std::get_if<listen_for>(&one)) {
    auto types = std::string{"aabbc"};
    auto data = R"({"who": )" + std::to_string(dice(3)) + R"(, "text": ")" +
                std::string(dice(2) * 80, 't') + R"("})";
    auto e = R"({"specversion":"1.0","id":"e","source":"/s","type":")" +
             std::string(1, types[dice(5)]) + R"(","data":)" + data + "}";
    return {now, event_received{listener->effect, ++sequence, json(e)}};
  }
  auto id = std::get<start_child>(one).effect;
  if (dice(6) == 0) return {now, child_ended{id, run_status::cancelled, {}, {}}};
  return {now, child_ended{id, run_status::completed, value{static_cast<int64_t>(dice(9))}, {}}};
}

/// Lets a run live through up to `events` wanted events. `look(event, breath, machine)` after each.
template <class Look>
void live(const std::shared_ptr<const definition>& d, unsigned seed, size_t events, Look&& look) {
  auto random = std::mt19937{seed};
  auto m = machine{d};
  auto now = rig::epoch;
  uint64_t sequence = 0;
  auto next = event{now, run_started{"run-" + std::to_string(seed),
                                     json(R"({"n": )" + std::to_string(seed % 3) + "}")}};
  for (size_t tries = 0, taken = 0; taken < events && tries < events * 10; ++tries) {
    if (m.status() == run_status::completed) return;
    if (m.wants(next)) {
      auto what = breath{};
      what.take(m, next);
      look(next, what, m);
      ++taken;
    }
    now = std::max(now, next.time_us) + static_cast<int64_t>(random() % 3'000'000);
    next = something(m, now, sequence, random);
  }
}

} // namespace steward::workflow::testing
