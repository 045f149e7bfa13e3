#define CAF_SUITE workflow_reader_evaluate

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"
#include "tests/workflow/reader_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

/// What a run of the definition gives.
std::string output_of(std::string_view body, std::string_view input) {
  auto r = rig{body};
  r.start(input);
  return r.m.error() ? r.error().detail : r.output();
}

} // namespace

CAF_TEST(loose mode evaluates every text that can be) {
  auto body = R"yaml(
evaluate: {mode: loose}
do:
- a:
    set:
      name: .name
      strict: ${ .name }
      sum: 1 + .n
      words: just some words
      unknown: $nobody.name
      fails: .name.first
      empty: ''
      list: [.n, plain]
)yaml";
  CAF_CHECK_EQUAL(output_of(body, R"({"name": "Ada", "n": 2})"),
                  R"({"name":"Ada","strict":"Ada","sum":3,"words":"just some words",)"
                  R"("unknown":"$nobody.name","fails":".name.first","empty":"",)"
                  R"("list":[2,"plain"]})");
  CAF_CHECK_EQUAL(output_of("evaluate: {mode: loose}\ndo: [{a: {set: .n}}]", R"({"n": 2})"), "2");
}

CAF_TEST(strict mode is the default and leaves text alone) {
  CAF_CHECK_EQUAL(output_of("do: [{a: {set: {x: .n}}}]", R"({"n": 2})"), R"({"x":".n"})");
  CAF_CHECK_EQUAL(
      output_of("evaluate: {language: jq, mode: strict}\ndo: [{a: {set: {x: .n}}}]", R"({"n": 2})"),
      R"({"x":".n"})");
}

CAF_TEST(problems of the evaluation have their places) {
  check_problems({
      {"evaluate: {language: javascript}\ndo: [{a: {set: {x: 1}}}]\n", 2, 22, "/evaluate/language",
       "\"javascript\" is not the language"},
      {"evaluate: {mode: lose}\ndo: [{a: {set: {x: 1}}}]\n", 2, 18, "/evaluate/mode",
       "did you mean \"loose\"?"},
      {"evaluate: strict\ndo: [{a: {set: {x: 1}}}]\n", 2, 11, "/evaluate", "must be an object"},
      {"evaluate: {mode: loose}\ndo: [{a: {set: {x: 'Dear ${ .n }'}}}]\n", 3, 0, "/do/0/a/set/x",
       "can't be a part of a text"},
  });
}
