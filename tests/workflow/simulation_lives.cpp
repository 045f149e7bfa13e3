#define CAF_SUITE simulation_lives

#include "caf/test/dsl.hpp"
#include "tests/workflow/simulation_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;
using simulation::simulation_options;

namespace {

constexpr int64_t day_us = 86'400 * int64_t{1'000'000};

/// Thirty days: a reminder each day until the invoice is paid.
constexpr std::string_view invoice = R"(
do:
  - days:
      for: {in: '[range(30)]', each: day}
      do:
        - remind:
            try:
              - mail: {call: http, with: {method: post, endpoint: 'https://mail.io/send', body: {day: '${ $day }'}}}
            catch:
              errors: {with: {type: 'https://serverlessworkflow.io/spec/1.0.0/errors/communication'}}
              retry: {delay: PT1M, backoff: {exponential: {}}, limit: {attempt: {count: 3}}}
              do: [{skip: {set: {skipped: true}}}]
        - night: {wait: {days: 1}}
  - done: {set: {ok: true}}
)";

std::string only_outcome(const simulation::simulation_report& r) {
  return r.outcomes.size() == 1 ? r.outcomes.begin()->first : "several outcomes";
}

} // namespace

CAF_TEST(a month passes in a bounded number of steps under every kind of fault) {
  auto o = simulation_options{};
  o.seeds = 40;
  auto r = simulated(invoice, "{expect: {output: {ok: true}}, faults: {serverError: 0.3}}", o);
  CAF_CHECK_EQUAL(problems_of(r), "");
  CAF_CHECK(r.virtual_us >= 40 * 30 * day_us);
  CAF_CHECK(r.steps < 40 * 1000);
  CAF_CHECK(r.faults > 100);
  CAF_CHECK(r.crashes > 100);
  CAF_CHECK_EQUAL(only_outcome(r), "completed");
  CAF_CHECK(reached(r, "retry", "remind") > 0);
  CAF_CHECK(reached(r, "exhausted", "remind") > 0);
  CAF_CHECK(reached(r, "handler", "remind") > 0);
  CAF_CHECK_EQUAL(r.coverage_percent, 100.0);
}

CAF_TEST(the same seed gives the same life) {
  auto o = simulation_options{};
  o.first_seed = 7;
  o.seeds = 1;
  o.trace = true;
  auto one = simulated(invoice, "{}", o), other = simulated(invoice, "{}", o);
  CAF_CHECK(one.trace.size() > 100);
  CAF_CHECK(one.trace == other.trace);
  o.first_seed = 8;
  CAF_CHECK(simulated(invoice, "{}", o).trace != one.trace);
}

CAF_TEST(without faults nothing goes wrong) {
  auto o = simulation_options{};
  o.faults = no_faults;
  o.seeds = 5;
  auto r = simulated(invoice, "{}", o);
  CAF_CHECK_EQUAL(r.faults, 0u);
  CAF_CHECK_EQUAL(r.crashes, 0u);
  CAF_CHECK_EQUAL(reached(r, "retry", "remind"), 0);
  CAF_CHECK_EQUAL(r.virtual_us / day_us, 5 * 30);
}

CAF_TEST(declared answers come in sequence and the last stays) {
  auto o = simulation_options{};
  o.faults = no_faults;
  o.seeds = 1;
  auto r = simulated(R"(
do:
  - a: {call: http, with: {method: get, endpoint: 'https://x.io/a'}, export: {as: '[.n]'}}
  - b: {call: http, with: {method: get, endpoint: 'https://x.io/b'}, export: {as: '$context + [.n]'}}
  - c: {call: http, with: {method: get, endpoint: 'https://x.io/c'}, export: {as: '$context + [.n]'}}
  - d: {call: http, with: {method: post, endpoint: 'https://y.io/'}, export: {as: '$context + [.]'}}
  - e: {set: '${ $context }'}
)",
                     R"(
services:
  - match: {method: get, url: 'https://x.io/*'}
    answers: [{body: {n: 1}}, {body: {n: 2}, delay: PT1H}]
  - match: {url: '/y[.]io/'}
    answers: [{body: plain}]
expect: {output: [1, 2, 2, plain], calls: [{match: {method: get}, count: 3}]}
)",
                     o);
  CAF_CHECK_EQUAL(problems_of(r), "");
  CAF_CHECK(r.virtual_us >= 2 * 3600 * int64_t{1'000'000});
}

CAF_TEST(a run that nobody sends its event is told as one that never ends) {
  auto o = simulation_options{};
  o.seeds = 3;
  auto listening = R"(
do: [{paid: {listen: {to: {one: {with: {type: invoice.paid}}}}}}]
)";
  CAF_CHECK_EQUAL(only_outcome(simulated(listening, "{events: []}", o)),
                  "never ends: waits for event invoice.paid at /do/0/paid");
  CAF_CHECK_EQUAL(only_outcome(simulated(listening, "{}", o)), "completed");
  auto r = simulated(listening, "{events: [], expect: {status: completed}}", o);
  CAF_CHECK_EQUAL(r.failing.size(), 3u);
}

CAF_TEST(declared events are correlated early and twice as they may come) {
  auto o = simulation_options{};
  o.seeds = 60;
  auto r = simulated(R"(
do:
  - ask: {call: http, with: {method: post, endpoint: 'https://x.io'}}
  - both:
      listen:
        to:
          all:
            - {with: {type: packed}, correlate: {order: {from: .data.order, expect: '${ "A7" }'}}}
            - {with: {type: paid}, correlate: {order: {from: .data.order, expect: '${ "A7" }'}}}
  - done: {set: '${ [.[].order] | unique }'}
)",
                     R"(
events:
  - {after: PT5M, event: {type: paid, data: {order: A7}}}
  - {after: PT5M, event: {type: paid, data: {order: B8}}}
  - {after: P2D, event: {type: packed, data: {order: A7}}}
faults: {duplicate: 0.5, early: 0.5, outOfOrder: 0.5}
expect: {output: [A7]}
)",
                     o);
  CAF_CHECK_EQUAL(problems_of(r).find("completed"), std::string::npos);
  CAF_CHECK(r.outcomes.count("completed") == 1);
  CAF_CHECK(r.outcomes.at("completed").seeds > 30);
  CAF_CHECK(r.faults > 30);
}

CAF_TEST(children end as declared or live a life of their own) {
  auto o = simulation_options{};
  o.seeds = 20;
  auto parent = R"(
do:
  - work: {run: {workflow: {namespace: shop, name: pack, version: '1.0.0'}}}
)";
  auto r = simulated(
      parent, "{children: {shop/pack: {output: {boxes: 2}}}, expect: {output: {boxes: 2}}}", o);
  CAF_CHECK_EQUAL(problems_of(r), "");
  r = simulated(parent, "{children: {shop/pack: {error: {type: validation, status: 400}}}}", o);
  CAF_CHECK_EQUAL(only_outcome(r), "faulted: validation 400");
  auto s = scenario_of("{children: {shop/pack: {file: x.yaml}}, expect: {output: {boxes: 3}}}");
  s.children.at("shop/pack").what = define("do: [{rest: {wait: P2D}}, {a: {set: {boxes: 3}}}]");
  r = simulation::simulate(define(parent), s, o);
  CAF_CHECK_EQUAL(problems_of(r), "");
  CAF_CHECK(r.virtual_us >= 20 * 2 * day_us);
}

CAF_TEST(operators may suspend and resume and cancel) {
  auto o = simulation_options{};
  o.faults = {false, false, false, true};
  o.seeds = 60;
  auto r = simulated(invoice, "{expect: {output: {ok: true}}}", o);
  CAF_CHECK_EQUAL(problems_of(r), "");
  CAF_CHECK(r.outcomes.count("completed") == 1);
  CAF_CHECK(r.outcomes.count("cancelled") == 1);
}

CAF_TEST(a run that circles for ever is told as one that never ends) {
  auto o = simulation_options{};
  o.seeds = 1;
  auto r = simulated("do: [{pause: {wait: P30D}}, {again: {set: {n: 1}, then: pause}}]", "{}", o);
  CAF_CHECK(only_outcome(r).starts_with("never ends: still going on after"));
  CAF_CHECK_EQUAL(problems_of(r), "");
}

CAF_TEST(a run that spends its steps breaks an invariant) {
  auto o = simulation_options{};
  o.seeds = 1;
  auto r = simulated("do: [{a: {set: {n: 1}}}, {again: {set: {n: 1}, then: a}}]", "{}", o);
  CAF_CHECK(problems_of(r).find("steps") != std::string::npos);
}
