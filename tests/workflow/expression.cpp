#define CAF_SUITE workflow_expression

#include "workflow/expression.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

#include <fstream>
#include <sstream>

using namespace steward::workflow;

namespace {

struct two_variables : variable_source {
  value lookup(std::string_view name) const override {
    return name == "context" ? value::object({{"a", 1}}) : value{};
  }
};

constexpr int64_t now_us = 1'425'599'621'500'000;

/// All results as JSON, or the error.
std::string run(std::string_view program, std::string_view input = "null") {
  auto made = expression::compile(program);
  if (!made) return "refused: " + made.error().reason;
  auto results = made->evaluate(*parse_json(input), two_variables{}, now_us);
  if (!results) return "error: " + results.error().reason;
  auto text = std::string{};
  for (const auto& result : *results) text += (text.empty() ? "" : " ") + to_json(result);
  return text;
}

} // namespace

CAF_TEST(every case of jq that is supported gives what jq gives) {
  auto text = std::ostringstream{};
  text << std::ifstream(STEWARD_TEST_DATA "/jq/passing.json").rdbuf();
  auto cases = parse_json(text.str());
  CAF_REQUIRE(cases);
  CAF_CHECK(cases->size() >= 251u);
  for (const auto& each : cases->items()) {
    auto program = each.find("program")->as_string();
    auto made = expression::compile(program);
    if (each.find("fail")) {
      // What jq refuses is refused, or asks for a variable that nobody binds.
      if (made && made->free_variables().empty()) CAF_ERROR(program << " is accepted");
      continue;
    }
    if (!made) {
      CAF_ERROR(program << ": " << made.error().reason);
      continue;
    }
    auto results =
        made->evaluate(*parse_json(each.find("input")->as_string(), {512, 1u << 20, true}),
                       two_variables{}, now_us);
    auto wanted = std::vector<value>{};
    for (const auto& output : each.find("outputs")->items())
      wanted.push_back(*parse_json(output.as_string()));
    // Some end in an error: those give nothing before it.
    if (!results && !wanted.empty())
      CAF_ERROR(program << ": " << results.error().reason);
    else if (results && !(*results == wanted))
      CAF_ERROR(program << " gives something else");
  }
}

CAF_TEST(free variables are known before and asked for when they are used) {
  auto made = expression::compile("$context.a as $x | [$x, $other, $x]");
  CAF_REQUIRE(made);
  CAF_CHECK_EQUAL(made->free_variables().size(), 2u);
  CAF_CHECK(made->free_variables().contains("context"));
  CAF_CHECK_EQUAL(run("$context.a as $x | [$x, $other, $x]"), "[1,null,1]");
}

CAF_TEST(exactly one result is asked for by name) {
  auto none = expression::compile("empty")->evaluate_one({}, two_variables{}, 0);
  CAF_REQUIRE(!none);
  CAF_CHECK(!none.error().out_of_budget);
  CAF_CHECK(!expression::compile("1, 2")->evaluate_one({}, two_variables{}, 0));
  CAF_CHECK(*expression::compile("1 + 1")->evaluate_one({}, two_variables{}, 0) == value(2));
}

CAF_TEST(time is that of the event) {
  CAF_CHECK_EQUAL(run("now"), "1425599621.5");
  CAF_CHECK_EQUAL(run("now | todate"), R"("2015-03-05T23:53:41Z")");
  CAF_CHECK_EQUAL(run(R"("2015-03-05T23:51:47Z" | fromdate)"), "1425599507");
  CAF_CHECK_EQUAL(run(R"(0 | strftime("%A, %B %d, %Y"))"), R"("Thursday, January 01, 1970")");
}

CAF_TEST(integers are exact to 64 bits) {
  CAF_CHECK_EQUAL(run(". - 10", "13911860366432393"), "13911860366432383");
  CAF_CHECK_EQUAL(run("9223372036854775806 + 1"), "9223372036854775807");
  CAF_CHECK_EQUAL(run("7 / 2, 6 / 2, 5 % -2, -5 % 2"), "3.5 3 1 -1");
  CAF_CHECK_EQUAL(run("-9223372036854775808 % -1"), "0");
}

CAF_TEST(regular expressions run in linear time) {
  CAF_CHECK_EQUAL(run(R"jq("aXbX" | gsub("x"; "-"; "i"))jq"), R"("a-b-")");
  CAF_CHECK_EQUAL(run(R"jq("test" | [sub("(?<x>t)"; "[\(.x)]", "b")])jq"), R"(["[t]est","best"])");
  CAF_CHECK_EQUAL(run(R"jq("a,b, c" | [splits(", *")])jq"), R"(["a","b","c"])");
  CAF_CHECK_EQUAL(run(R"jq("xyz" | capture("(?<a>y)(?<n>q)?"))jq"), R"({"a":"y","n":null})");
  CAF_CHECK_EQUAL(run(R"jq("aéb" | [match("b").offset])jq"), "[2]");
  CAF_CHECK_EQUAL(run(R"jq("a" * 50000 | test("(a+)+$"))jq"), "true");
  CAF_CHECK(run(R"jq("ab" | test("(?=a)"))jq").starts_with("error: "));
}

CAF_TEST(patterns mean what Oniguruma means by them) {
  CAF_CHECK_EQUAL(run(R"jq("٣é_" | [scan("\\d"), scan("\\w")])jq"), R"(["٣","٣","é","_"])");
  CAF_CHECK_EQUAL(run(R"jq("abc" | test("a b # c"; "x"), test("A"; "ix"))jq"), "true true");
  CAF_CHECK_EQUAL(run(R"jq("a\nb" | test("a.b"), test("a.b"; "m"), test("^b"))jq"),
                  "false true false");
  CAF_CHECK_EQUAL(run(R"jq("abc" | [test("( )*"; "gn")])jq"), "[false]");
  CAF_CHECK_EQUAL(run(R"jq("aB" | [gsub("(?<a>.)"; "\(.a)1", "c")])jq"), R"(["a1B1","cc"])");
  CAF_CHECK_EQUAL(run(R"jq("a" | test("(?!b)"))jq"),
                  "error: Regex failure: lookahead is not supported");
  CAF_CHECK_EQUAL(run(R"jq("aa" | test("(a)\\1"))jq"),
                  "error: Regex failure: a backreference is not supported");
}

CAF_TEST(a question mark is about one step) {
  CAF_CHECK_EQUAL(run("[.a[]?]", R"({"a":1})"), "[]");
  CAF_CHECK(run("[.a[]?]", "1").starts_with("error: "));
  CAF_CHECK_EQUAL(run("[(.a[])?]", "1"), "[]");
  CAF_CHECK_EQUAL(run("[.a?, .[0]?, .[1:]?, .a?.b]", "1"), "[]");
  CAF_CHECK_EQUAL(run(R"(.["a"]? |= 2)", "1"), "1");
}

CAF_TEST(numbers are written as jq writes them) {
  CAF_CHECK_EQUAL(run("1e-5 + 0, 0.0001 + 0, 1e17 + 0, 1e15 + 0, 1.5e300 + 0"),
                  "1e-05 0.0001 1e+17 1000000000000000 1.5e+300");
  // A double must not come back as an integer that it is not.
  CAF_CHECK_EQUAL(run("3450789012345678900.5 | tojson, (tojson | fromjson == 3450789012345678848)"),
                  R"("3.450789012345679e+18" true)");
  CAF_CHECK_EQUAL(run("infinite, -infinite, nan, [nan] | tojson"),
                  R"("1.7976931348623157e+308" "-1.7976931348623157e+308" "null" "[null]")");
}

CAF_TEST(assignments change what their paths reach) {
  CAF_CHECK_EQUAL(run(".a.b = 1 | .a.c += 2 | .d //= 3 | .a |= keys"), R"({"a":["b","c"],"d":3})");
  CAF_CHECK_EQUAL(run("(.[] | select(. > 1)) |= empty", "[1,2,3]"), "[1]");
  CAF_CHECK_EQUAL(run("(.a, .b)[0] |= empty"), "null");
  CAF_CHECK_EQUAL(run(". as $before | .a = 2 | [$before.a, .a]", R"({"a":1})"), "[1,2]");
  CAF_CHECK_EQUAL(run("reduce range(30000) as $i ({l: []}; .l += [$i]) | .l | length"), "30000");
  CAF_CHECK_EQUAL(run("reduce range(30000) as $i ({}; .[\"k\\($i)\"] = $i) | length"), "30000");
}

CAF_TEST(messages are those of jq) {
  CAF_CHECK_EQUAL(run(".a", "1"), R"(error: Cannot index number with string ("a"))");
  CAF_CHECK_EQUAL(run("{(.): 1}", "[1]"), "error: Cannot use array ([1]) as object key");
  CAF_CHECK_EQUAL(run(R"("a" | test("("))"),
                  "error: Regex failure: end pattern with unmatched parenthesis");
  CAF_CHECK_EQUAL(run(". + 1", R"({"a":1})"),
                  R"(error: object ({"a":1}) and number (1) cannot be added)");
  CAF_CHECK_EQUAL(run(".[]"), "error: Cannot iterate over null (null)");
  CAF_CHECK_EQUAL(run("nothing_like_this(1)"),
                  "refused: there is no function 'nothing_like_this/1'");
}
