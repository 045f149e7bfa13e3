#define CAF_SUITE machine_flow

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

CAF_TEST(set gives an object or whatever one expression gives) {
  CAF_CHECK_EQUAL(run_through("do: [{a: {set: {x: 1, y: {z: '${ .n }'}}}}]", R"({"n": 2})"),
                  R"({"x":1,"y":{"z":2}})");
  CAF_CHECK_EQUAL(run_through("do: [{a: {set: '${ .n }'}}]", R"({"n": 2})"), "2");
}

CAF_TEST(switch follows the first case that holds) {
  constexpr auto yaml = R"(
do:
  - choose:
      switch:
        - low: {when: .n < 10, then: small}
        - high: {when: .n < 100, then: big}
        - other: {then: end}
  - small: {set: {is: small}, then: exit}
  - big: {set: {is: big}}
)";
  CAF_CHECK_EQUAL(run_through(yaml, R"({"n": 5})"), R"({"is":"small"})");
  CAF_CHECK_EQUAL(run_through(yaml, R"({"n": 50})"), R"({"is":"big"})");
  CAF_CHECK_EQUAL(run_through(yaml, R"({"n": 500})"), R"({"n":500})");
}

CAF_TEST(switch without a match or a default goes where the task itself goes) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - choose: {switch: [{never: {when: 'false', then: end}}], then: last}
  - skipped: {set: {skipped: false}}
  - last: {set: '${ . + {last: true} }'}
)",
                              R"({"n": 1})"),
                  R"({"n":1,"last":true})");
}

CAF_TEST(the default case counts only when no other holds) {
  constexpr auto yaml = R"(
do:
  - choose: {switch: [{other: {then: end}}, {yes: {when: .go, then: go}}]}
  - go: {set: {went: true}}
)";
  CAF_CHECK_EQUAL(run_through(yaml, R"({"go": true})"), R"({"went":true})");
  CAF_CHECK_EQUAL(run_through(yaml, R"({"go": false})"), R"({"go":false})");
}

CAF_TEST(a jump back is a loop) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - count: {set: {n: '${ .n + 1 }'}}
  - again: {switch: [{more: {when: .n < 5, then: count}}]}
)",
                              R"({"n": 0})"),
                  R"({"n":5})");
}

CAF_TEST(exit leaves the scope with the data at that point) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - inner:
      do:
        - one: {set: {a: 1}, then: exit}
        - two: {set: {a: 2}}
  - after: {set: '${ . + {after: true} }'}
)"),
                  R"({"a":1,"after":true})");
}

CAF_TEST(exit leaves a loop altogether) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - loop:
      for: {each: x, in: '[1, 2, 3, 4]'}
      do:
        - add: {set: {sum: '${ .sum + $x }'}}
        - enough: {switch: [{yes: {when: .sum >= 3, then: exit}}]}
  - after: {set: '${ . + {after: true} }'}
)"),
                  R"({"sum":3,"after":true})");
}

CAF_TEST(end ends the workflow from any depth and skips the filters around) {
  auto r = rig{R"(
do:
  - outer:
      do:
        - loop: {for: {in: '[1, 2]'}, do: [{stop: {set: {a: '${ $item }'}, then: end}}]}
      output: {as: '"never"'}
  - after: {set: {after: true}}
output: {as: '{end: .}'}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.output(), R"({"end":{"a":1}})");
}

CAF_TEST(exit at the top ends the workflow) {
  CAF_CHECK_EQUAL(run_through("do: [{a: {set: {x: 1}, then: exit}}, {b: {set: {x: 2}}}]"),
                  R"({"x":1})");
}

CAF_TEST(a loop hands each iteration the output of the one before) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - loop:
      for: {each: x, at: i, in: .list}
      do: [{add: {set: {list: '${ .list }', out: '${ .out + [[$i, $x]] }'}}}]
)",
                              R"({"list": ["a", "b"]})"),
                  R"({"list":["a","b"],"out":[[0,"a"],[1,"b"]]})");
}

CAF_TEST(the list of a loop is evaluated once) {
  CAF_CHECK_EQUAL(
      run_through("do: [{loop: {for: {in: '.'}, do: [{grow: {set: '${ . + [$item] }'}}]}}]",
                  "[1, 2]"),
      "[1,2,1,2]");
}

CAF_TEST(an empty list gives the input back) {
  CAF_CHECK_EQUAL(
      run_through("do: [{loop: {for: {in: '[]'}, do: [{a: {set: {x: 1}}}]}}]", R"({"n": 1})"),
      R"({"n":1})");
}

CAF_TEST(while is asked before each iteration with the loop variables) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - loop:
      for: {each: x, at: i, in: '[5, 6, 7, 8]'}
      while: $i < 3 and (.sum // 0) < 10 and $x < 8
      do: [{add: {set: {sum: '${ .sum + $x }'}}}]
)"),
                  R"({"sum":11})");
}

CAF_TEST(a loop over something else than an array is an expression error) {
  auto r = rig{"do: [{loop: {for: {in: .n}, do: [{a: {set: {x: 1}}}]}}]"};
  r.start(R"({"n": 1})");
  CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
  CAF_CHECK_EQUAL(r.error().detail, "`for.in` gives no array");
}

CAF_TEST(loop variables of inner loops shadow those of outer ones and end with the loop) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - outer:
      for: {in: '[1, 2]'}
      do:
        - inner:
            for: {in: '["a"]'}
            do: [{add: {set: '${ . + [$item] }'}}]
        - then_outer: {set: '${ . + [$item] }'}
)",
                              "[]"),
                  R"(["a",1,"a",2])");
}

CAF_TEST(a hundred thousand iterations run in slices without a native stack) {
  auto r = rig{R"(
do:
  - loop: {for: {in: '[range(100000)]'}, do: [{add: {set: {n: '${ .n + 1 }'}}}]}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.output(), R"({"n":100000})");
  CAF_CHECK(r.slices >= 50);
}

CAF_TEST(scopes nest deeply) {
  auto yaml = std::string{"{set: {deep: true}}"};
  for (int i = 0; i < 30; ++i) yaml = "{do: [{t: " + yaml + "}]}";
  CAF_CHECK_EQUAL(run_through("do: [{t: " + yaml + "}]"), R"({"deep":true})");
}

CAF_TEST(scopes past the nesting limit are a runtime error) {
  auto limits = machine_limits{};
  limits.nesting = 3;
  auto r = rig{"do: [{a: {do: [{b: {do: [{c: {do: [{d: {set: {x: 1}}}]}}]}}]}}]", limits};
  r.start();
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/a/do/0/b/do/0/c/do/0/d");
}

CAF_TEST(an endless loop ends as a fault that names the limit) {
  auto limits = machine_limits{};
  limits.steps = 5'000;
  auto r = rig{"do: [{a: {set: {x: 1}}}, {b: {set: {x: 2}, then: a}}]", limits};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
  CAF_CHECK(r.error().detail.find("limits.steps") != std::string::npos);
  CAF_CHECK_EQUAL(r.slices, 3u);
}

CAF_TEST(a try can not go on past the step limit) {
  auto limits = machine_limits{};
  limits.steps = 1'000;
  auto r = rig{R"(
do:
  - again:
      try: [{fail: {raise: {error: {type: 'https://x.io/e', status: 500}}}}]
      catch: {retry: {backoff: {constant: {}}}}
)",
               limits};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK(r.error().detail.find("limits.steps") != std::string::npos);
}

CAF_TEST(raise faults the run with the error as written) {
  auto r = rig{R"-(
do:
  - fail:
      raise:
        error:
          type: https://example.com/errors/odd
          status: ${ .code }
          title: ${ "Odd \(.n)" }
          detail: as it is
)-"};
  r.start(R"({"code": 422, "n": 3})");
  CAF_CHECK(r.error() ==
            (run_error{"https://example.com/errors/odd", 422, "/do/0/fail", "Odd 3", "as it is"}));
}

CAF_TEST(a raised error keeps its own instance and refuses a status that is no integer) {
  auto own =
      rig{"do: [{f: {raise: {error: {type: 'https://x.io/e', status: 400, instance: /mine}}}}]"};
  own.start();
  CAF_CHECK_EQUAL(own.error().instance, "/mine");
  auto odd = rig{"do: [{f: {raise: {error: {type: 'https://x.io/e', status: '${ .s }'}}}}]"};
  odd.start(R"({"s": "many"})");
  CAF_CHECK_EQUAL(odd.error().type, error_type("expression"));
}
