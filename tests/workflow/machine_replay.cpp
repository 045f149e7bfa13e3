#define CAF_SUITE machine_replay

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

#include <random>

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

constexpr std::string_view definitions[] = {
    "do: [{a: {set: {x: '${ .n }'}}}, {b: {set: {y: '${ now }', x: '${ .x }'}}}]",
    R"(
do:
  - ask: {call: http, with: {method: get, endpoint: 'https://x.io/{n}'}, timeout: {after: PT30S}}
  - pause: {wait: PT10S}
  - child: {run: {workflow: {namespace: a, name: b, version: '1.0.0'}}}
)",
    R"(
timeout: {after: PT10M}
do:
  - loop:
      for: {in: '[1, 2, 3]'}
      do:
        - guard:
            try:
              - ask: {call: http, with: {method: post, endpoint: 'https://x.io', body: '${ $item }'}}
              - pause: {wait: PT1S}
            catch:
              errors: {with: {status: 503}}
              retry:
                delay: PT2S
                backoff: {exponential: {}}
                jitter: {from: PT0S, to: PT5S}
                limit: {attempt: {count: 3, duration: PT20S}, duration: PT5M}
              do: [{give_up: {set: '${ {failed: $error.status, item: $item} }'}}]
)",
    R"(
do:
  - ask: {call: http, with: {method: get, endpoint: 'https://x.io'}, export: {as: '$context + {last: .}'}}
  - detached: {run: {workflow: {namespace: a, name: b, version: '1.0.0'}, await: false}}
  - again: {switch: [{more: {when: 'type == "number" and . < 5', then: ask}}]}
  - scope:
      timeout: {after: PT1M}
      do: [{pause: {wait: PT50S}}, {ask_more: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
  - result: {set: '${ $context }'}
)",
};

/// An answer to something that is outstanding, or what an operator might do, at random.
event happening(const machine& m, int64_t now, std::mt19937& random) {
  auto dice = [&random](unsigned sides) { return random() % sides; };
  auto open = m.outstanding();
  std::erase_if(open, [](const command& c) {
    auto child = std::get_if<start_child>(&c);
    return child && !child->await;
  });
  if (dice(12) == 0) return {now, suspend_requested{}};
  if (dice(60) == 0) return {now, cancel_requested{"random"}};
  if (open.empty() || m.status() == run_status::suspended) {
    if (open.empty() || dice(3) == 0) return {now, resume_requested{}};
  }
  const auto& one = open[dice(static_cast<unsigned>(open.size()))];
  if (auto call = std::get_if<http_call>(&one)) {
    if (dice(6) == 0) return {now, http_failed{call->effect, dice(2) == 0, "gone \xff"}};
    auto status = dice(3) == 0 ? 503 : 200;
    return {now, http_answered{call->effect,
                               status,
                               {{"content-type", "application/json"}},
                               std::to_string(dice(9))}};
  }
  if (auto timer = std::get_if<set_timer>(&one))
    return {std::max(now, timer->due_us), timer_fired{timer->effect}};
  return {now, child_ended{std::get<start_child>(one).effect,
                           run_status::completed,
                           value{static_cast<int64_t>(dice(9))},
                           {}}};
}

std::vector<std::string> settle(machine& m, const event& e) {
  auto commands = std::vector<std::string>{};
  auto result = m.advance(e);
  for (;;) {
    for (const auto& c : result.commands) commands.push_back(describe(c));
    if (!result.more) return commands;
    result = m.proceed();
  }
}

struct history {
  std::vector<event> events;                      ///< Only those that were wanted.
  std::vector<std::string> looks;                 ///< describe() after each.
  std::vector<std::vector<std::string>> commands; ///< Of each.
};

history live(const std::shared_ptr<const definition>& d, unsigned seed) {
  auto random = std::mt19937{seed};
  auto h = history{};
  auto m = machine{d};
  auto now = rig::epoch;
  auto next = event{now, run_started{"run-" + std::to_string(seed), json(R"({"n": 1})")}};
  for (int i = 0; i < 60 && !is_final(m.status()); ++i) {
    if (m.wants(next)) {
      h.commands.push_back(settle(m, next));
      h.events.push_back(next);
      h.looks.push_back(describe(m));
    } else {
      auto before = describe(m);
      CAF_CHECK_EQUAL(settle(m, next).size(), 0u);
      CAF_CHECK_EQUAL(describe(m), before);
    }
    now = std::max(now, next.time_us) + static_cast<int64_t>(random() % 5'000'000);
    next = happening(m, now, random);
  }
  return h;
}

event through_journal(const event& e) {
  auto back = decode_event(encode_event(e));
  if (!back) throw std::runtime_error(back.error());
  return *back;
}

template <class Check>
void for_many_histories(Check check) {
  for (auto yaml : definitions) {
    auto d = define(yaml);
    for (unsigned seed = 0; seed < 60; ++seed) check(d, live(d, seed));
  }
}

} // namespace

CAF_TEST(random histories reach every final state) {
  auto seen = std::set<std::string>{};
  for_many_histories([&seen](const auto&, const history& h) {
    seen.insert(h.looks.back().substr(0, h.looks.back().find(' ')));
  });
  for (auto state : {"completed", "faulted", "cancelled"}) CAF_CHECK(seen.count(state) == 1);
}

CAF_TEST(a machine rebuilt from the journal looks the same after every event) {
  for_many_histories([](const auto& d, const history& h) {
    auto m = machine{d};
    for (size_t i = 0; i < h.events.size(); ++i) {
      auto commands = settle(m, through_journal(h.events[i]));
      if (describe(m) != h.looks[i]) CAF_FAIL("after event " << i << ": " << describe(m));
      if (commands != h.commands[i]) CAF_FAIL("other commands after event " << i);
    }
  });
}

CAF_TEST(a run killed anywhere goes on from its journal as if nothing had happened) {
  auto random = std::mt19937{7};
  for_many_histories([&random](const auto& d, const history& h) {
    auto kill_at = random() % h.events.size();
    auto second = machine{d};
    for (size_t i = 0; i < h.events.size(); ++i) {
      settle(second, h.events[i]);
      if (i != kill_at) continue;
      auto reborn = machine{d};
      for (size_t k = 0; k <= i; ++k) settle(reborn, through_journal(h.events[k]));
      CAF_CHECK_EQUAL(describe(reborn), h.looks[i]);
      second = std::move(reborn);
    }
    CAF_CHECK_EQUAL(describe(second), h.looks.back());
  });
}

CAF_TEST(where slices end changes nothing) {
  for_many_histories([](const auto& d, const history& h) {
    for (uint64_t slice : {1u, 2u, 1'000'000u}) {
      auto limits = machine_limits{};
      limits.slice = slice;
      auto m = machine{d, limits};
      for (size_t i = 0; i < h.events.size(); ++i)
        if (settle(m, h.events[i]) != h.commands[i])
          CAF_FAIL("slice " << slice << ", event " << i << ": other commands");
      CAF_CHECK_EQUAL(describe(m), h.looks.back());
    }
  });
}

CAF_TEST(events that come while a slice is unfinished wait for its end) {
  for_many_histories([](const auto& d, const history& h) {
    auto limits = machine_limits{};
    limits.slice = 1;
    auto m = machine{d, limits};
    auto more = false;
    for (const auto& e : h.events) more = m.advance(e).more;
    while (more) more = m.proceed().more;
    CAF_CHECK_EQUAL(describe(m), h.looks.back());
  });
}

CAF_TEST(an event that comes twice changes nothing the second time) {
  for_many_histories([](const auto& d, const history& h) {
    auto m = machine{d};
    for (size_t i = 0; i < h.events.size(); ++i) {
      settle(m, h.events[i]);
      CAF_CHECK(!m.wants(h.events[i]));
      for (size_t k = 0; k <= i; ++k) {
        // An older request to suspend or resume is a new one when it comes again.
        if (h.events[k].what.index() == event{0, suspend_requested{}}.what.index() ||
            h.events[k].what.index() == event{0, resume_requested{}}.what.index())
          continue;
        CAF_CHECK_EQUAL(settle(m, h.events[k]).size(), 0u);
      }
      CAF_CHECK_EQUAL(describe(m), h.looks[i]);
    }
  });
}
