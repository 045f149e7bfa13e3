#define CAF_SUITE workflow_yaml_scalars

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

using namespace steward::workflow;

namespace {

struct scalar {
  std::string_view yaml, json;
};

// The core schema of YAML 1.2.
constexpr scalar plain[] = {
    {"null", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"~", "null"},
    {"", "null"},
    {"nUll", "\"nUll\""},
    {"nil", "\"nil\""},
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"false", "false"},
    {"False", "false"},
    {"FALSE", "false"},
    {"tRue", "\"tRue\""},
    // Words of YAML 1.1 that are text in 1.2.
    {"yes", "\"yes\""},
    {"no", "\"no\""},
    {"on", "\"on\""},
    {"off", "\"off\""},
    {"y", "\"y\""},
    {"0", "0"},
    {"12", "12"},
    {"-12", "-12"},
    {"+12", "12"},
    {"012", "12"},
    {"0o14", "12"},
    {"0xC", "12"},
    {"0xff", "255"},
    {"0o8", "\"0o8\""},
    {"0xg", "\"0xg\""},
    {"0x", "\"0x\""},
    {"-0x1", "\"-0x1\""},
    {"0x-1", "\"0x-1\""},
    {"0b1", "\"0b1\""},
    {"1_000", "\"1_000\""},
    {"12:30", "\"12:30\""},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "9223372036854775808.0"},
    {"0xffffffffffffffff", "18446744073709551615.0"},
    {"1.5", "1.5"},
    {"-0.25", "-0.25"},
    {".5", "0.5"},
    {"5.", "5.0"},
    {"1e3", "1000.0"},
    {"+1.5E-1", "0.15"},
    {"1e-999", "0.0"},
    {".", "\".\""},
    {"+", "\"+\""},
    {"1e", "\"1e\""},
    {"1.2.3", "\"1.2.3\""},
    {"e3", "\"e3\""},
    {"-.", "\"-.\""},
    {"1e+", "\"1e+\""},
    {"inf", "\"inf\""},
    {"nan", "\"nan\""},
    {".infinity", "\".infinity\""},
    {"2024-01-01", "\"2024-01-01\""},
    {"P1D", "\"P1D\""},
    {"a b", "\"a b\""},
    {"<<", "\"<<\""},
    // Quotes and tags decide.
    {"\"12\"", "\"12\""},
    {"'true'", "\"true\""},
    {"\"\"", "\"\""},
    {"''", "\"\""},
    {"!!str 12", "\"12\""},
    {"! 12", "\"12\""},
    {"!!int '12'", "12"},
    {"!!float 3", "3.0"},
    {"!!bool true", "true"},
    {"!!null ~", "null"},
    {"!!str", "\"\""},
    {"\"a\\u00e9\\x41\\t\"", "\"a\u00e9A\\t\""},
    {"'it''s'", "\"it's\""},
};

constexpr std::string_view refused[] = {".inf",     "-.INF",         "+.Inf",
                                        ".nan",     ".NaN",          "1e999",
                                        "!!int a",  "!!bool 1",      "!!float x",
                                        "!!null a", "!!binary aGk=", "!!timestamp 2024-01-01",
                                        "!mine x",  "!!map x",       "!<tag:example.com,2024:x> y"};

} // namespace

CAF_TEST(plain scalars mean what the core schema says) {
  for (const auto& s : plain) {
    auto read = read_yaml("v: " + std::string{s.yaml} + "\n");
    if (!read) CAF_FAIL(s.yaml << " is refused: " << read.error()[0].message);
    auto expected = parse_json(s.json);
    CAF_REQUIRE(expected.ok());
    auto found = read->get("v");
    if (!(found == *expected) || found.type() != expected->type())
      CAF_ERROR(s.yaml << " is read as " << to_json(found));
  }
  CAF_CHECK(true);
}

CAF_TEST(what JSON has no value for is refused) {
  for (auto text : refused) {
    auto read = read_yaml("v: " + std::string{text} + "\n");
    if (read) CAF_FAIL(text << " is read as " << to_json(*read));
    CAF_CHECK_EQUAL(read.error()[0].line, 1u);
    CAF_CHECK_EQUAL(read.error()[0].column, 4u);
  }
}

CAF_TEST(keys are text as they are written) {
  auto read = read_yaml("1: a\ntrue: b\non: c\n~: d\n1.50: e\n? f\n: g\n");
  CAF_REQUIRE(read.ok());
  CAF_CHECK_EQUAL(to_json(*read), R"({"1":"a","true":"b","on":"c","~":"d","1.50":"e","f":"g"})");
}

CAF_TEST(all styles of YAML are read) {
  auto read = read_yaml(R"(%YAML 1.2
---
literal: |
  a
   b
folded: >-
  a
  b
flow: {a: [1, 'x', "y"], b: }
anchor: &x {n: 1}
alias: *x
sequence:
- 1
- - 2
# a comment
plain: two
  lines
...
)");
  CAF_REQUIRE(read.ok());
  CAF_CHECK_EQUAL(to_json(*read),
                  R"({"literal":"a\n b\n","folded":"a b","flow":{"a":[1,"x","y"],"b":null},)"
                  R"("anchor":{"n":1},"alias":{"n":1},"sequence":[1,[2]],"plain":"two lines"})");
}

CAF_TEST(a byte order mark is passed over) {
  CAF_CHECK(read_yaml("\xef\xbb\xbf"
                      "a: 1\n")
                .ok());
  CAF_CHECK(read_yaml("\xef\xbb\xbf{\"a\":1}").ok());
}

CAF_TEST(JSON is read with its own escapes) {
  auto read = read_yaml(
      R"( {"a":"\ud83d\ude00\u00e9\/\b\"","b":[1,-2.5e3,true,null,{}],"c":12345678901234567890})");
  CAF_REQUIRE(read.ok());
  CAF_CHECK(*read ==
            *parse_json(R"({"a":"😀é/\b\"","b":[1,-2500,true,null,{}],"c":12345678901234567890})"));
}
