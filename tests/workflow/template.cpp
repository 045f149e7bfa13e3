#define CAF_SUITE workflow_template

#include "workflow/template.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

using namespace steward::workflow;

namespace {

struct fixed_variables : variable_source {
  value lookup(std::string_view name) const override { return "value of " + std::string(name); }
};

value_template compiled(std::string_view json) {
  auto made = value_template::compile(*parse_json(json));
  if (!made) CAF_FAIL(json << ": " << made.error().reason);
  return *made;
}

std::string evaluated(const value_template& t, std::string_view input) {
  auto result = t.evaluate(*parse_json(input), fixed_variables{}, 0);
  return result ? to_json(*result) : "error: " + result.error().reason;
}

} // namespace

CAF_TEST(strings that are expressions as a whole are replaced at any depth) {
  auto t = compiled(R"({"a":"${ .x }","b":[1,{"c":" ${ $name }\n"}],"d":"plain","e":"a ${ .x }"})");
  CAF_CHECK(!t.is_constant());
  CAF_CHECK_EQUAL(
      evaluated(t, R"({"x":{"y":"${ .z }"}})"),
      R"({"a":{"y":"${ .z }"},"b":[1,{"c":"value of name"}],"d":"plain","e":"a ${ .x }"})");
  CAF_CHECK_EQUAL(t.free_variables().size(), 1u);
  CAF_CHECK(t.free_variables().contains("name"));
}

CAF_TEST(what is constant is shared) {
  auto t = compiled(R"({"list":[1,2,3],"x":"${ . }"})");
  auto first = *t.evaluate(1, fixed_variables{}, 0);
  CAF_CHECK(first.find("list")->items().data() == t.written().find("list")->items().data());
  auto constant = compiled(R"({"list":[1,2,3]})");
  CAF_CHECK(constant.is_constant());
  CAF_CHECK_EQUAL(evaluated(constant, "null"), R"({"list":[1,2,3]})");
}

CAF_TEST(a bare string is a program only where the field says so) {
  auto bare = value_template::compile_bare(".a + 1");
  CAF_REQUIRE(bare);
  CAF_CHECK_EQUAL(evaluated(*bare, R"({"a":1})"), "2");
  auto wrapped = value_template::compile_bare("${ .a }");
  CAF_REQUIRE(wrapped);
  CAF_CHECK_EQUAL(evaluated(*wrapped, R"({"a":1})"), "1");
  CAF_CHECK_EQUAL(evaluated(*value_template::compile(".a + 1"), "null"), R"(".a + 1")");
}

CAF_TEST(an expression gives exactly one result) {
  CAF_CHECK_EQUAL(evaluated(compiled(R"(["${ empty }"])"), "null"),
                  "error: the expression gives no result");
  CAF_CHECK_EQUAL(evaluated(compiled(R"(["${ 1, 2 }"])"), "null"),
                  "error: the expression gives several results");
}

CAF_TEST(a problem says where in the text it is) {
  auto made = value_template::compile(value::array({"${ .a | foo }"}));
  CAF_REQUIRE(!made);
  CAF_CHECK_EQUAL(made.error().offset, 8u);
}

CAF_TEST(embedded expressions are told from whole ones) {
  auto program = std::string_view{};
  CAF_CHECK(is_expression_text(" ${ {a: 1} } ", program));
  CAF_CHECK_EQUAL(program, " {a: 1} ");
  CAF_CHECK(has_embedded_expression("Hello ${ .name }"));
  CAF_CHECK(!has_embedded_expression("${ .name }"));
  CAF_CHECK(!has_embedded_expression("costs $5 {net}"));
}
