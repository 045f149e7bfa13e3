#define CAF_SUITE machine_data_flow

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

CAF_TEST(a run without filters passes its input from task to task) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - one: {set: {a: '${ .n }'}}
  - two: {set: {b: '${ .a + 1 }'}}
)",
                              R"({"n": 4})"),
                  R"({"b":5})");
}

CAF_TEST(filters apply from the input to the context in the order of the language) {
  auto r = rig{R"(
input: {from: .outer}
do:
  - first:
      input: {from: .x}
      set: {got: '${ . }', same: '${ $input }', raw: '${ $task.input }'}
      output: {as: '{out: .got, whole: $output}'}
      export: {as: '{seen: .out, again: $output.out}'}
  - second: {set: {before: '${ . }', context: '${ $context }'}}
output: {as: '{final: ., started: $input}'}
)"};
  r.start(R"({"outer": {"x": 1}})");
  CAF_CHECK_EQUAL(
      r.output(),
      R"({"final":{"before":{"out":1,"whole":{"got":1,"same":1,"raw":{"x":1}}},"context":{"seen":1,"again":1}},"started":{"x":1}})");
}

CAF_TEST(a false condition skips the task and goes on with the next one) {
  auto r = rig{R"(
do:
  - one: {if: .go, set: {a: 1}, then: end}
  - two: {set: {b: '${ . }'}}
)"};
  r.start(R"({"go": false})");
  CAF_CHECK_EQUAL(r.output(), R"({"b":{"go":false}})");
  CAF_CHECK_EQUAL(r.log.lines[1], "task.skipped one");
}

CAF_TEST(conditions are true as jq has it) {
  for (auto [text, runs] : {std::pair{"true", true},
                            {"1", true},
                            {"0", true},
                            {"\"\"", true},
                            {"[]", true},
                            {"false", false},
                            {"null", false}}) {
    auto input = std::string{R"({"c": )"} + text + "}";
    CAF_CHECK_EQUAL(
        run_through("do: [{one: {if: .c, set: {ran: true}}}]", input) == R"({"ran":true})", runs);
  }
}

CAF_TEST(the context starts empty and only export changes it) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - one: {set: {a: 1, context: '${ $context }'}}
  - two: {set: {b: '${ .context }', c: '${ $context }'}, export: {as: '{kept: .b}'}}
  - three: {set: '${ $context }'}
)"),
                  R"({"kept":{}})");
}

CAF_TEST(export in a nested scope is seen by the tasks after it) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - outer: {do: [{inner: {set: {a: 1}, export: {as: .a}}}]}
  - later: {set: {context: '${ $context }'}}
)"),
                  R"({"context":1})");
}

CAF_TEST(every schema is enforced as a validation error with its violations) {
  auto failing = [](std::string_view task) {
    auto r = rig{task};
    r.start(R"({"n": "text"})");
    CAF_CHECK_EQUAL(r.status(), "faulted");
    CAF_CHECK_EQUAL(r.error().type, error_type("validation"));
    CAF_CHECK_EQUAL(r.error().status, 400);
    return r.error().instance + " " + r.error().detail.substr(0, r.error().detail.find(" is"));
  };
  constexpr std::string_view schema =
      "schema: {document: {type: object, properties: {n: {type: integer}}}}";
  auto with = [schema](std::string_view before, std::string_view after) {
    return std::string{before}.append(schema).append(after);
  };
  CAF_CHECK_EQUAL(failing(with("input: {", "}\ndo: [{a: {set: {x: 1}}}]")),
                  "/input `input.schema`");
  CAF_CHECK_EQUAL(failing(with("output: {", "}\ndo: [{a: {set: {n: x}}}]")),
                  "/output `output.schema`");
  CAF_CHECK_EQUAL(failing(with("do: [{a: {set: {n: x}, input: {", "}}}]")),
                  "/do/0/a `input.schema`");
  CAF_CHECK_EQUAL(failing(with("do: [{a: {set: {n: x}, output: {", "}}}]")),
                  "/do/0/a `output.schema`");
  CAF_CHECK_EQUAL(failing(with("do: [{a: {set: {n: x}, export: {as: ., ", "}}}]")),
                  "/do/0/a `export.schema`");
}

CAF_TEST(a violated schema names the place in the data) {
  auto r = rig{"input: {schema: {document: {properties: {n: {type: integer}}}}}\n"
               "do: [{a: {set: {x: 1}}}]"};
  r.start(R"({"n": "text"})");
  CAF_CHECK(r.error().detail.find("/n: ") != std::string::npos);
}

CAF_TEST(the raw input is validated before it is filtered) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - one:
      input: {schema: {document: {required: [x]}}, from: .x}
      set: {got: '${ . }'}
)",
                              R"({"x": 3})"),
                  R"({"got":3})");
}

CAF_TEST(an expression that fails is an expression error that names its field) {
  for (auto [field, task] : {std::pair{"`set`", "{set: {x: '${ error(\"no\") }'}}"},
                             {"`if`", "{if: error, set: {x: 1}}"},
                             {"`input.from`", "{input: {from: .a.b.c}, set: {x: 1}}"},
                             {"`output.as`", "{output: {as: '1, 2'}, set: {x: 1}}"},
                             {"`export.as`", "{export: {as: empty}, set: {x: 1}}"}}) {
    auto r = rig{std::string{"do: [{one: "} + task + "}]"};
    r.start(R"({"a": 1})");
    CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
    CAF_CHECK_EQUAL(r.error().status, 400);
    CAF_CHECK_EQUAL(r.error().instance, "/do/0/one");
    CAF_CHECK(r.error().detail.starts_with(field));
  }
}

CAF_TEST(an expression that spends its budget is an expression error that says so) {
  auto limits = machine_limits{};
  limits.expression.fuel = 1'000;
  auto r = rig{"do: [{one: {set: {x: '${ [range(100000)] | length }'}}}]", limits};
  r.start();
  CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
  CAF_CHECK(r.error().detail.find("budget") != std::string::npos);
}

CAF_TEST(the standard variables describe the run and the task) {
  CAF_CHECK_EQUAL(
      run_through(R"(
do:
  - one:
      set:
        name: ${ $task.name }
        reference: ${ $task.reference }
        definition: ${ $task.definition.metadata }
        started: ${ $task.startedAt }
        id: ${ $workflow.id }
        workflow: ${ $workflow.definition.document.name }
        input: ${ $workflow.input }
        since: ${ $workflow.startedAt.epoch.seconds }
        runtime: ${ $runtime.name }
        metadata: ${ $runtime.metadata }
      metadata: {mine: 1}
)",
                  R"({"a": 1})"),
      R"({"name":"one","reference":"/do/0/one","definition":{"mine":1},"started":{"iso8601":"2023-11-14T22:13:20.000Z","epoch":{"seconds":1700000000,"milliseconds":1700000000000}},"id":"run-1","workflow":"test","input":{"a":1},"since":1700000000,"runtime":"steward","metadata":{}})");
}

CAF_TEST(the task variable has the output once there is one) {
  CAF_CHECK_EQUAL(run_through(R"(
do: [{one: {set: {a: 1}, output: {as: '{o: $task.output, i: $task.input}'}}}]
)",
                              R"({"n": 1})"),
                  R"({"o":{"a":1},"i":{"n":1}})");
}

CAF_TEST(the present is the time of the event) {
  CAF_CHECK_EQUAL(run_through("do: [{one: {set: {t: '${ now | floor }'}}}]"),
                  R"({"t":1700000000})");
}

CAF_TEST(data that look like an expression are never evaluated) {
  CAF_CHECK_EQUAL(run_through("do: [{one: {set: {x: '${ .text }'}}}, {two: {set: '${ . }'}}]",
                              R"({"text": "${ 1 + 1 }"})"),
                  R"({"x":"${ 1 + 1 }"})");
}

CAF_TEST(data that grow past the bound are a runtime error) {
  auto limits = machine_limits{};
  limits.data_bytes = 10'000;
  for (auto task : {"{set: '${ [range(5000)] }'}", "{set: {a: 1}, output: {as: '[range(5000)]'}}",
                    "{set: {a: 1}, export: {as: '\"x\" * 20000'}}",
                    "{input: {from: '[range(5000)]'}, set: {a: 1}}"}) {
    auto r = rig{std::string{"do: [{one: "} + task + "}]", limits};
    r.start();
    CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
    CAF_CHECK_EQUAL(r.error().instance, "/do/0/one");
    CAF_CHECK(r.error().detail.find("10000 bytes") != std::string::npos);
  }
}

CAF_TEST(data that double their own size at every pass are stopped) {
  auto r = rig{R"(
do:
  - grow: {set: '${ [., .] }', then: grow}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "faulted");
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
}

CAF_TEST(data nested deeper than a journal can carry do not flow) {
  auto r = rig{"do: [{one: {set: '${ reduce range(3000) as $i (0; [.]) }'}}]"};
  r.start();
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
  CAF_CHECK(r.error().detail.find("nested") != std::string::npos);
}
