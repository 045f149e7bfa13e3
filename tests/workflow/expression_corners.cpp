#define CAF_SUITE workflow_expression_corners

#include "caf/test/dsl.hpp"
#include "workflow/expression.hpp"
#include "workflow/json.hpp"

using namespace steward::workflow;

/// Corners in which jq 1.8 was asked what is right.
namespace {

struct no_variables : variable_source {
  value lookup(std::string_view) const override { return {}; }
};

/// All results as one JSON array, or the error.
std::string run(std::string_view program, std::string_view input = "null") {
  auto made = expression::compile(program);
  if (!made) return "refused: " + made.error().reason;
  auto results = made->evaluate(*parse_json(input), no_variables{}, 0);
  if (!results) return "error: " + results.error().reason;
  return to_json(value::array(std::move(*results)));
}

} // namespace

CAF_TEST(limit and skip count places as they count values) {
  CAF_CHECK_EQUAL(run("path(limit(1; .a, .b))"), R"([["a"]])");
  CAF_CHECK_EQUAL(run("path(skip(1; .a, .b))"), R"([["b"]])");
  CAF_CHECK_EQUAL(run("path(nth(1; .a, .b))"), R"([["b"]])");
  CAF_CHECK_EQUAL(run("[path(limit(0, 1, 2; .[]))]", "[1,2]"), "[[[0],[0],[1]]]");
  CAF_CHECK_EQUAL(run("del(limit(1; .[]))", "[1,2]"), "[[2]]");
  CAF_CHECK_EQUAL(run("limit(1; .[]) |= . + 1", "[1,2]"), "[[2,2]]");
  CAF_CHECK_EQUAL(run("path(limit(-1; .[]))", "[1]"),
                  "error: limit doesn't support negative count");
  CAF_CHECK_EQUAL(run("path(limit([]; .[]))", "[1]"),
                  "error: array ([]) and number (1) cannot be subtracted");
}

CAF_TEST(a condition with several results branches) {
  CAF_CHECK_EQUAL(run("0 | until((. > 1), true; . + 1)"), "[2,2,1,0]");
  CAF_CHECK_EQUAL(run("1 | while(. < 3, . < 2; . + 1)"), "[1,2,1,2]");
  CAF_CHECK_EQUAL(run("(1 | while(empty; .)), (1 | until(empty; .))"), "[]");
  CAF_CHECK_EQUAL(run("1 | while(. < 4; . + 1)"), "[1,2,3]");
}

CAF_TEST(what a recursion gave before it stopped counts) {
  CAF_CHECK_EQUAL(run("[label $out | 0 | until(. > 2; (. + 1, break $out))]"), "[[3]]");
  CAF_CHECK_EQUAL(
      run("[label $out | 0 | recurse(if . > 1 then empty else (. + 1, break $out) end)]"),
      "[[0,1,2]]");
  CAF_CHECK_EQUAL(
      run(R"([try (0 | recurse(if . > 1 then empty else (. + 1, error("x")) end)) catch .])"),
      R"([[0,1,2,"x"]])");
}

CAF_TEST(a step of a loop that gives nothing leaves null) {
  CAF_CHECK_EQUAL(run("reduce 1 as $x (5; empty)"), "[null]");
  CAF_CHECK_EQUAL(run("reduce 1 as $x (5; 1 and empty)"), "[null]");
  CAF_CHECK_EQUAL(run("reduce 1 as $x (5; any(.[]; .)?)"), "[null]");
  CAF_CHECK_EQUAL(run("reduce 1 as $x ([[1]]; any(.[]; .[][])?)"), "[null]");
}

CAF_TEST(an assignment fails at the first place that fails) {
  // The second place can't be reached at all, the first not be set.
  CAF_CHECK_EQUAL(run(".[]?[0:2] |= 1", "[[],10]"),
                  "error: A slice of an array can only be assigned another array");
  CAF_CHECK_EQUAL(run(R"(. | (.a, .a[0]) += "b")", R"({"a":1})"),
                  "error: number (1) and string (\"b\") cannot be added");
  CAF_CHECK_EQUAL(run(R"((.a, error("later")) = 1)"), "error: later");
  CAF_CHECK_EQUAL(run("(label $out | (.a, break $out)) = 1"), R"([{"a":1}])");
  CAF_CHECK_EQUAL(run("null | (label $out | (.a, break $out)) = 1"), R"([{"a":1}])");
}

CAF_TEST(a place that cannot be set fails before what is inside of it) {
  CAF_CHECK_EQUAL(run(".[-1][:1] = 2", "[]"), "error: Out of bounds negative array index");
  CAF_CHECK_EQUAL(run(".a[2].b[1:] = [3]"), R"([{"a":[null,null,{"b":[3]}]}])");
  CAF_CHECK_EQUAL(run(".[1:][0].a = 3", "[1]"), R"([[1,{"a":3}]])");
}

CAF_TEST(a place that an update gives nothing for stays until all are done) {
  auto nothing = std::string(R"( |= if . == null then error("lost") else empty end)");
  CAF_CHECK_EQUAL(run("[[.]] | (.[0], .[0][0])" + nothing, "1"), "[[]]");
  CAF_CHECK_EQUAL(run("[[.]] | (.., .[0][0])" + nothing, "1"), "[null]");
  CAF_CHECK_EQUAL(run("[[., 2], 3] | (.[0], .[0])" + nothing, "1"), "[[3]]");
}

CAF_TEST(try catches what an alternative pattern makes of an error further on) {
  CAF_CHECK_EQUAL(run(R"((try (. as [$a] ?// {a: $a} | "b") catch "caught") | @tsv)", "[1]"),
                  R"(error: string ("caught") cannot be tsv-formatted, only array)");
  CAF_CHECK_EQUAL(run(R"([try 1 catch 2 | error("further on")])"), "error: further on");
}

CAF_TEST(NaN is less than any number) {
  CAF_CHECK_EQUAL(run("[limit(3; range(0; nan))]"), "[[0,1,2]]");
  CAF_CHECK_EQUAL(run("nan | reverse"), "error: Cannot index number with number (null)");
  CAF_CHECK_EQUAL(run("0 | reverse"), "[[]]");
}

CAF_TEST(powers of two take infinity and NaN) {
  CAF_CHECK_EQUAL(run("ldexp(100; nan), ldexp(1; 3), ldexp(1; infinite)"),
                  "[100,8,1.7976931348623157e+308]");
  CAF_CHECK_EQUAL(run("scalb(0; infinite), scalb(1; -infinite), scalb(3; nan), scalb(3; 1.5)"),
                  "[null,0,null,null]");
}

CAF_TEST(times end at U + 0000) {
  CAF_CHECK_EQUAL(run(R"(0 | strftime("%Y!\u0000x"))"), R"(["1970!"])");
  CAF_CHECK_EQUAL(run(R"(0 | strftime(""))"), R"([""])");
  CAF_CHECK_EQUAL(run(R"("a\u0000b" | strptime("c\u0000d"))"),
                  R"(error: date "a" does not match format "c")");
}

CAF_TEST(messages show the beginning of what they are about) {
  CAF_CHECK_EQUAL(run(R"([limit(12; "ab" | recurse(. * 2))] / {})"),
                  R"(error: array (["ab","abab","abababab","...]) and object ({}) )"
                  "cannot be divided");
  CAF_CHECK_EQUAL(run(R"({"aé":{"日本語日本語日本語":[1]}} / [])"),
                  R"(error: object ({"aé":{"日本語日本...}) and array ([]) cannot be divided)");
  CAF_CHECK_EQUAL(run(R"([1,[2,3],{"a":null,"b":true}] / [])"),
                  R"(error: array ([1,[2,3],{"a":null,"b":true}]) and array ([]) )"
                  "cannot be divided");
  CAF_CHECK_EQUAL(run("reduce range(60) as $i (0; [., .]) | length / []"),
                  "error: number (2) and array ([]) cannot be divided");
  CAF_CHECK_EQUAL(run("reduce range(20) as $i (0; [., .]) | . / 1"),
                  "error: array ([[[[[[[[[[[[[[[[[[[[0,0],...]) and number (1) cannot be divided");
  CAF_CHECK_EQUAL(run(R"(format("x" * 120))"),
                  "error: " + std::string(120, 'x') + " is not a valid format");
}

CAF_TEST(escapes of patterns are those of Oniguruma) {
  CAF_CHECK_EQUAL(run(R"("éi_hv" | [test("\\é"), test("\\i"), test("\\_"), test("^.*\\hv")])"),
                  "[[true,true,true,true]]");
  CAF_CHECK_EQUAL(run(R"("é" | [match("\\C").string])"), "[[]]"); // half a character is none
  CAF_CHECK_EQUAL(run(R"("v" | test("\\v"), test("[\\v]"), test("\\p"), test("[\\h]"))"),
                  "[true,true,false,false]");
  CAF_CHECK_EQUAL(run(R"("\u001b\b" | test("\\e"), test("[\\b]"))"), "[true,true]");
  CAF_CHECK_EQUAL(run(R"("a.b" | test("\\Qa.b\\E"), test("^\\Q.\\E"), test("\\Q\\d"))"),
                  "[true,false,false]");
  CAF_CHECK_EQUAL(run(R"("N\nO" | match("\\O+", "\\N+").string)"), R"(["N\nO","N"])");
  CAF_CHECK_EQUAL(run(R"("]" | test("[]]"), test("[^]]"))"), "[true,false]");
  CAF_CHECK_EQUAL(run(R"("a" | test("[]"))"), "error: Regex failure: empty char-class");
  CAF_CHECK_EQUAL(run(R"("a" | test("[^]"))"), "error: Regex failure: empty char-class");
  CAF_CHECK_EQUAL(run(R"("a" | test("\\K"))"), "error: Regex failure: \\K is not supported");
  CAF_CHECK_EQUAL(run(R"("a" | test("\\g<1>"))"),
                  "error: Regex failure: a call of a group is not supported");
}
