#define CAF_SUITE machine_nesting

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

CAF_TEST(a function runs with the arguments as its input) {
  CAF_CHECK_EQUAL(run_through(R"(
use:
  functions:
    double: {set: {twice: '${ .n * 2 }'}}
do:
  - a: {call: double, with: {n: '${ .x + 1 }'}, output: {as: .twice}}
)",
                              R"({"x": 4})"),
                  "10");
}

CAF_TEST(a function without arguments gets the input of the task) {
  CAF_CHECK_EQUAL(run_through(R"(
use: {functions: {keys: {set: '${ keys }'}}}
do: [{a: {call: keys}}]
)",
                              R"({"b": 1, "a": 2})"),
                  R"(["a","b"])");
}

CAF_TEST(the same function called twice has keys of its own) {
  auto r = rig{R"(
use: {functions: {get: {call: http, with: {method: get, endpoint: http://h/}}}}
do: [{a: {call: get}}, {b: {call: get}}]
)"};
  r.start();
  const auto first = r.call().idempotency_key;
  r.answer(200, "1");
  CAF_CHECK_NOT_EQUAL(first, r.call().idempotency_key);
  CAF_CHECK_EQUAL(first, "run-1/do/0/a/use/functions/get");
  r.answer(200, "2");
  CAF_CHECK_EQUAL(r.output(), "2");
}

CAF_TEST(a function that calls itself ends at the nesting limit) {
  auto r = rig{"use: {functions: {f: {call: f}}}\ndo: [{a: {call: f}}]"};
  r.start();
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
}

CAF_TEST(extensions run around the tasks of their kind and leave the data alone) {
  auto r = rig{R"(
use:
  extensions:
    - logging:
        extend: set
        before: [{b: {set: '${ {log: $task.name} }', export: {as: '$context + {before: $task.name}'}}}]
        after: [{a: {set: '${ "gone" }', export: {as: '$context + {after: .}'}}}]
do:
  - one: {set: '${ . + {one: 1} }'}
  - two: {do: [{inner: {set: '${ . + {context: $context} }'}}]}
)"};
  r.start(R"({"x": 0})");
  CAF_CHECK_EQUAL(r.output(), R"({"x":0,"one":1,"context":{"before":"b","after":"gone"}})");
  const auto expected =
      std::vector<std::string>{"workflow.started", "task.started one",   "task.started b",
                               "task.completed b", "task.completed one", "task.started a"};
  CAF_CHECK(std::equal(expected.begin(), expected.end(), r.log.lines.begin()));
}

CAF_TEST(exit in an extension before a task stands for the task) {
  auto r = rig{R"(
use:
  extensions:
    - mock:
        extend: call
        when: $task.with.endpoint != null and ($task.with.endpoint | startswith("https://mocked"))
        before:
          - answer: {set: {statusCode: 200, content: {foo: bar}}, then: exit}
          - never: {set: '${ "never" }'}
do:
  - mocked: {call: http, with: {method: get, endpoint: https://mocked.example/x}, output: {as: .content}}
  - real: {call: http, with: {method: get, endpoint: https://real.example/x}}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.call().url, "https://real.example/x");
  CAF_CHECK(std::ranges::count(r.log.lines, "task.completed mocked") == 1);
  r.answer(200, "\"real\"");
  CAF_CHECK_EQUAL(r.output(), "\"real\"");
}

CAF_TEST(an extension that fails fails the task) {
  auto r = rig{R"(
use:
  extensions:
    - bad: {extend: all, before: [{b: {raise: {error: {type: 'urn:x', status: 400}}}}]}
do: [{one: {set: '${ 1 }'}}]
)"};
  r.start();
  CAF_CHECK_EQUAL(r.error().instance, "/use/extensions/0/bad/before/0/b");
}

CAF_TEST(secrets are given where they are asked for) {
  auto d = define(R"(
use: {secrets: [crm]}
do:
  - a:
      call: http
      with: {method: get, endpoint: http://h/, headers: {X-Key: '${ $secrets.crm.key }'}}
)");
  auto m = machine{d, {}, json(R"({"crm": {"key": "s3cr3t"}})")};
  auto result = m.advance({1, run_started{"r", {}}});
  const auto& call = std::get<http_call>(result.commands.at(0));
  CAF_CHECK_EQUAL(call.headers.at(0).second, "s3cr3t");
}

CAF_TEST(a secret that is not there is an authorization error that names it) {
  auto r = rig{R"(
use: {secrets: [crm]}
do:
  - a:
      call: http
      with: {method: get, endpoint: http://h/, headers: {X-Key: '${ $secrets.crm.key }'}}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.error().type, error_type("authorization"));
  CAF_CHECK_EQUAL(r.error().status, 403);
  CAF_CHECK_EQUAL(r.error().detail, "the secret `crm` is not there");
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/a");
}
