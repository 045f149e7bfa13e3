#define CAF_SUITE workflow_json

#include "workflow/json.hpp"

#include "caf/test/dsl.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace steward::workflow;

namespace {

value parsed(std::string_view text) {
  auto read = parse_json(text);
  if (!read) CAF_FAIL(text << ": " << read.error().reason);
  return *read;
}

} // namespace

CAF_TEST(every case of the parsing suite is accepted or refused as its name says) {
  auto cases = 0;
  for (const auto& file : std::filesystem::directory_iterator(STEWARD_TEST_DATA "/json-parsing")) {
    auto name = file.path().filename().string();
    auto text = std::ostringstream{};
    text << std::ifstream(file.path(), std::ios::binary).rdbuf();
    auto read = parse_json(text.str());
    ++cases;
    if (name[0] == 'y' && !read) CAF_ERROR(name << " is refused: " << read.error().reason);
    if (name[0] == 'n' && read) CAF_ERROR(name << " is accepted");
    if (read) CAF_CHECK(parsed(to_json(*read)) == *read);
  }
  CAF_CHECK(cases >= 140);
}

CAF_TEST(numbers keep what they can) {
  CAF_CHECK_EQUAL(to_json(parsed("9223372036854775807")), "9223372036854775807");
  CAF_CHECK_EQUAL(to_json(parsed("-9223372036854775808")), "-9223372036854775808");
  CAF_CHECK(parsed("9223372036854775808") == value(9223372036854775808.0));
  CAF_CHECK_EQUAL(to_json(parsed("1.0")), "1");
  CAF_CHECK_EQUAL(to_json(parsed("0.1")), "0.1");
  CAF_CHECK_EQUAL(to_json(parsed("-0")), "-0");
  CAF_CHECK_EQUAL(to_json(parsed("1e1000")), "1.7976931348623157e+308");
  CAF_CHECK_EQUAL(to_json(parsed("1e-1000")), "0");
  CAF_CHECK_EQUAL(to_json(value(std::numeric_limits<double>::quiet_NaN())), "null");
}

CAF_TEST(strings are escaped where they must be) {
  CAF_CHECK(parsed(R"("\u00e9\ud83d\ude00\/\n")") == value("\u00e9\U0001F600/\n"));
  CAF_CHECK(parsed(R"("\ud800x")") == value("\ufffdx"));
  CAF_CHECK_EQUAL(to_json(value(std::string_view("a\"\\\n\x01\x7f", 6))),
                  R"("a\"\\\n\u0001\u007f")");
  CAF_CHECK(!parse_json("\"\xff\""));
  CAF_CHECK(!parse_json("\"\xed\xa0\x80\""));
  CAF_CHECK(is_utf8("\u00e9"));
  CAF_CHECK(!is_utf8("\xc0\x80"));
}

CAF_TEST(the last of equal keys wins) {
  CAF_CHECK_EQUAL(to_json(parsed(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

CAF_TEST(limits hold without recursion) {
  auto deep = std::string(1'000'000, '[');
  auto read = parse_json(deep);
  CAF_REQUIRE(!read);
  CAF_CHECK_EQUAL(read.error().offset, 512u);
  CAF_CHECK(!parse_json("[1,2,3]", {512, 5}));
  auto nest = std::string(10'000, '[') + std::string(10'000, ']');
  auto large = parse_json(nest, {20'000, 1u << 20});
  CAF_REQUIRE(large);
  CAF_CHECK_EQUAL(to_json(*large), nest);
}

CAF_TEST(an error says where it is) {
  auto read = parse_json("{\"a\": [1, 2,, 3]}");
  CAF_REQUIRE(!read);
  CAF_CHECK_EQUAL(read.error().offset, 12u);
}

CAF_TEST(the pretty form is for people) {
  CAF_CHECK_EQUAL(to_pretty_json(parsed(R"({"a":[1,{}],"b":[]})")),
                  "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}
