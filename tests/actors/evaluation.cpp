#define CAF_SUITE evaluation

#include "actors/evaluation.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

using namespace steward;

namespace {

reply ask(const std::string& expression, const std::string& rest = {}) {
  std::string body = "{\"expression\":";
  workflow::append_json_string(body, expression);
  return evaluate_document(body + (rest.empty() ? "" : "," + rest) + "}", 1'700'000'000'000'000);
}

std::string code(const reply& r) {
  return r.what == reply::kind::failed ? std::string{to_string(r.why.code)} : "ok";
}

} // namespace

CAF_TEST(an expression is evaluated on data with variables) {
  CAF_CHECK_EQUAL(ask(".a + $b", R"("data":{"a":1},"variables":{"b":2})").json,
                  R"({"results":[3],"truncated":false})");
  CAF_CHECK_EQUAL(ask("${ .[] }", R"("data":[1,"x",null])").json,
                  R"({"results":[1,"x",null],"truncated":false})");
  CAF_CHECK_EQUAL(ask("empty").json, R"({"results":[],"truncated":false})");
  CAF_CHECK_EQUAL(ask("$context # a comment").json, R"({"results":[null],"truncated":false})");
  CAF_CHECK_EQUAL(ask("def f: 1; f, 2").json, R"({"results":[1,2],"truncated":false})");
}

CAF_TEST(what does not compile is told with its place) {
  const auto wrong = ask("${ 1 +\n  é(] }");
  CAF_CHECK_EQUAL(code(wrong), "expression");
  const auto& problem = wrong.why.problems.at(0);
  CAF_CHECK_EQUAL(problem.pointer, "/expression");
  CAF_CHECK_EQUAL(problem.line, 2u);
  CAF_CHECK_EQUAL(problem.column, 3u);
  CAF_CHECK_EQUAL(problem.offset, 9);
  const auto unknown = ask("1 + $nothing");
  CAF_CHECK_EQUAL(code(unknown), "expression");
  CAF_CHECK_EQUAL(unknown.why.problems.at(0).column, 5u);
}

CAF_TEST(what fails is told with its message) {
  const auto failed = ask("error(\"not today\")");
  CAF_CHECK_EQUAL(code(failed), "expression");
  CAF_CHECK(failed.why.detail.find("not today") != std::string::npos);
  CAF_CHECK_EQUAL(failed.why.problems.at(0).line, 0u);
}

CAF_TEST(many results are cut at a thousand and large ones by their size) {
  const auto exact = ask("range(1000)"), more = ask("range(1001)");
  CAF_CHECK(exact.json.ends_with("999],\"truncated\":false}"));
  CAF_CHECK(more.json.ends_with("999],\"truncated\":true}"));
  const auto wide = ask("\"0123456789\" * 300000, 1, \"0123456789\" * 300000");
  CAF_CHECK(wide.json.ends_with(",1],\"truncated\":true}"));
  CAF_CHECK_EQUAL(code(ask("\"0123456789\" * 500000")), "expression");
}

CAF_TEST(programs of strangers end) {
  for (const auto* hostile : {"def f: f; f", "[range(1e12)]", "repeat(1) | empty", "1) + (1",
                              "[limit(100; repeat(\"x\" * 1000000))] | add | length",
                              "reduce range(60) as $i (1; [., .])"}) {
    CAF_MESSAGE(hostile);
    CAF_CHECK_EQUAL(code(ask(hostile)), "expression");
  }
}

CAF_TEST(a request of another shape is refused by its member) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"", ""},
      {"[1]", ""},
      {"{}", "/expression"},
      {R"({"expression":1})", "/expression"},
      {R"({"expression":".","variables":[]})", "/variables"},
      {R"({"expression":".","extra":1})", "/extra"}};
  for (const auto& [body, pointer] : wrong) {
    const auto refused = evaluate_document(body, 0);
    CAF_CHECK_EQUAL(code(refused), "invalid-request");
    CAF_CHECK_EQUAL(refused.why.problems.at(0).pointer, pointer);
  }
}
