#define CAF_SUITE workflow_schema

#include "workflow/schema.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/schema/comparison.hpp"
#include "workflow/schema/pattern.hpp"
#include "workflow/schema/uri.hpp"

using namespace steward::workflow;

namespace {

value json(std::string_view text) {
  auto v = parse_json(text);
  if (!v) CAF_FAIL(text << ": " << v.error().reason);
  return *v;
}

json_schema make(std::string_view text) {
  auto s = json_schema::compile(json(text));
  if (!s) CAF_FAIL(text << ": " << s.error().pointer << ": " << s.error().reason);
  return *s;
}

void check_refused(std::string_view text, std::string_view pointer, std::string_view reason) {
  auto s = json_schema::compile(json(text));
  if (s) CAF_FAIL("accepted: " << text);
  CAF_CHECK_EQUAL(s.error().pointer, pointer);
  if (s.error().reason.find(reason) == std::string::npos)
    CAF_FAIL("the reason is: " << s.error().reason);
}

} // namespace

CAF_TEST(violations say where and why) {
  auto s = make(R"({"type":"object","required":["id"],"additionalProperties":false,
    "properties":{"id":{"type":"integer","minimum":1},"a/b":{"items":{"type":"string"}}}})");
  CAF_CHECK(s.validate(json(R"({"id":3,"a/b":["x"]})")).empty());
  auto found = s.validate(json(R"({"id":0,"a/b":["x",7],"more":1})"));
  CAF_REQUIRE_EQUAL(found.size(), 3u);
  CAF_CHECK_EQUAL(found[0].instance_pointer, "/id");
  CAF_CHECK_EQUAL(found[0].schema_pointer, "/properties/id/minimum");
  CAF_CHECK_EQUAL(found[1].instance_pointer, "/a~1b/1");
  CAF_CHECK_EQUAL(found[1].schema_pointer, "/properties/a~1b/items/type");
  CAF_CHECK_EQUAL(found[1].message, "must be a string");
  CAF_CHECK_EQUAL(found[2].instance_pointer, "/more");
  CAF_CHECK_EQUAL(found[2].message, "\"more\" is not allowed");
  found = s.validate(json("{}"));
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK_EQUAL(found[0].message, "lacks \"id\"");
  found = s.validate(json("[1]"));
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK_EQUAL(found[0].message, "must be an object");
}

CAF_TEST(no more violations than asked for are reported) {
  auto s = make(R"({"items":{"type":"string"}})");
  CAF_CHECK_EQUAL(s.validate(json("[1,2,3,4,5]"), 2).size(), 2u);
}

CAF_TEST(malformed schemas are refused with the place) {
  check_refused("3", "", "must be an object");
  check_refused(R"({"properties":{"a":{"type":"text"}}})", "/properties/a/type", "no type");
  check_refused(R"({"minLength":-1})", "/minLength", "not negative");
  check_refused(R"({"maximum":"1"})", "/maximum", "number");
  check_refused(R"({"required":"a"})", "/required", "array of texts");
  check_refused(R"({"items":[{}]})", "/items", "must be an object");
  check_refused(R"({"allOf":[]})", "/allOf", "at least one");
  check_refused(R"({"multipleOf":0})", "/multipleOf", "above 0");
  check_refused(R"({"uniqueItems":1})", "/uniqueItems", "true or false");
  check_refused(R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})", "/$defs/b/$anchor",
                "two schemas");
  check_refused(R"({"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}})", "/$defs/b/$id", "two schemas");
}

CAF_TEST(what is not supported is refused by name) {
  check_refused(R"({"$ref":"https://example.com/x.json"})", "/$ref", "leaves the document");
  check_refused(R"({"$ref":"#/$defs/none"})", "/$ref", "leads nowhere");
  check_refused(R"({"$schema":"http://json-schema.org/draft-07/schema#"})", "/$schema", "draft-07");
  check_refused(R"({"dependencies":{}})", "/dependencies", "dependencies");
  check_refused(R"({"additionalItems":false})", "/additionalItems", "additionalItems");
  check_refused(R"_({"pattern":"(?=a)"})_", "/pattern", "lookahead");
  check_refused(R"_({"pattern":"(a)\\1"})_", "/pattern", "references back");
  check_refused(R"_({"pattern":"("})_", "/pattern", "missing");
  check_refused(R"({"patternProperties":{"a{1001}":{}}})", "/patternProperties/a{1001}",
                "repetition");
}

CAF_TEST(a schema that refers to itself ends) {
  auto found = make(R"({"$ref":"#"})").validate(json("1"));
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].message.find("too deeply") != std::string::npos);
  found = make(R"({"anyOf":[{"$ref":"#"},{"$ref":"#"}]})").validate(json("1"));
  CAF_CHECK_EQUAL(found.size(), 1u);
}

CAF_TEST(a schema that branches without end stops at its bound) {
  // Each level doubles the work: 2^40 applications if nobody counted.
  std::string text = R"({"$defs":{"l0":{"type":"string"})";
  for (int i = 1; i <= 40; ++i) {
    auto below = "{\"$ref\":\"#/$defs/l" + std::to_string(i - 1) + "\"}";
    text += ",\"l" + std::to_string(i) + "\":{\"oneOf\":[" + below + "," + below + "]}";
  }
  auto s = make(text + R"(},"$ref":"#/$defs/l40"})");
  auto start = std::chrono::steady_clock::now();
  auto found = s.validate(json("1"));
  CAF_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].message.find("too long") != std::string::npos);
}

CAF_TEST(values that share their parts cannot hang uniqueItems) {
  auto grow = [](std::string_view leaf) {
    value v{leaf};
    for (int i = 0; i < 40; ++i) v = value::array({v, v});
    return v;
  };
  auto found = make(R"({"uniqueItems":true})").validate(value::array({grow("a"), grow("a")}));
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].message.find("too long") != std::string::npos);
}

CAF_TEST(deeply nested schemas and values are bounded) {
  std::string deep, end;
  for (int i = 0; i < 600; ++i) {
    deep += R"({"items":)";
    end += "}";
  }
  auto v = parse_json(deep + "true" + end, {.depth = 5000});
  CAF_REQUIRE(v.ok());
  CAF_CHECK(!json_schema::compile(*v));
  value nested{1};
  for (int i = 0; i < 5000; ++i) nested = value::array({nested});
  auto found = make(R"({"$id":"https://a/b","items":{"$ref":"#"}})").validate(nested);
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].message.find("too deeply") != std::string::npos);
}

CAF_TEST(large arrays of distinct elements are checked in one pass) {
  std::vector<value> items;
  for (int i = 0; i < 200'000; ++i) items.emplace_back(i);
  CAF_CHECK(make(R"({"uniqueItems":true})").validate(value::array(std::move(items))).empty());
}

CAF_TEST(integers and doubles compare exactly) {
  using schema::compare_numbers;
  CAF_CHECK_EQUAL(compare_numbers(value{int64_t{9007199254740993}}, value{9007199254740992.0}), 1);
  CAF_CHECK_EQUAL(compare_numbers(value{1}, value{1.0}), 0);
  CAF_CHECK_EQUAL(compare_numbers(value{-1}, value{0.5}), -1);
  CAF_CHECK(make(R"({"multipleOf":0.01})").validate(json("19.99")).empty());
  CAF_CHECK(!make(R"({"multipleOf":0.01})").validate(json("19.995")).empty());
  CAF_CHECK(make(R"({"enum":[1,"a",{"b":[2]}]})").validate(json(R"({"b":[2.0]})")).empty());
}

CAF_TEST(patterns mean what they mean in JavaScript) {
  auto matches = [](std::string_view source, std::string_view text) {
    auto p = schema::pattern::compile(source);
    if (!p) CAF_FAIL(source << ": " << p.error());
    return p->matches(text);
  };
  CAF_CHECK(matches("b", "abc")); // anywhere
  CAF_CHECK(!matches("^b$", "b\n"));
  CAF_CHECK(!matches("^.$", "\r"));
  CAF_CHECK(!matches("^\\d$", "\u0663"));
  CAF_CHECK(matches("^\\s$", "\u00a0"));
  CAF_CHECK(!matches("^\\S$", "\u00a0"));
  CAF_CHECK(matches("^[\\s]$", "\ufeff"));
  CAF_CHECK(matches("^\\u00e9\\x41\\u{1F432}\\uD83D\\uDC32$", "\u00e9A\U0001F432\U0001F432"));
  CAF_CHECK(matches("^\\cA$", "\x01"));
  CAF_CHECK(matches("^\\p{Letter}\\p{Script=Greek}\\P{L}$", "a\u03b11"));
  CAF_CHECK(matches("^(?<year>[0-9]{4})\\/[[:a]]$", "2024/:]"));
  for (auto source : {"\\a", "\\Z", "(?i)a", "(?<!a)b", "\\k<x>", "\\u12", "\\", "[b-a]", "\\01"})
    if (schema::pattern::compile(source)) CAF_FAIL("accepted: " << source);
}

CAF_TEST(references resolve as RFC 3986 says) {
  using schema::resolve_uri;
  constexpr auto base = "http://a/b/c/d;p?q";
  constexpr std::pair<std::string_view, std::string_view> cases[] = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"g;x=1/../y", "http://a/b/c/y"}};
  for (const auto& [reference, expected] : cases)
    CAF_CHECK_EQUAL(resolve_uri(base, reference), expected);
}
