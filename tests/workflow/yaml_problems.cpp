#define CAF_SUITE workflow_yaml_problems

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

using namespace steward::workflow;
using std::chrono::steady_clock;

namespace {

struct broken {
  std::string text;
  size_t line, column;
  std::string_view message;
};

const broken cases[] = {
    {"", 1, 1, "empty"},
    {"# only a comment\n", 1, 1, "empty"},
    {"a: 1\n\tb: 2\n", 2, 1, "found a tab character"},
    {"a: [1, 2\n", 2, 1, "expected ',' or ']'"},
    {"a: 1\n b: 2\n", 2, 3, "mapping values are not allowed"},
    {"a: \"x\n", 2, 1, "unexpected end of stream"},
    {"a: *none\n", 1, 4, "no anchor"},
    {"a: 1\nb: 2\na: 3\n", 3, 1, "the key \"a\" appears twice; the first is in line 1, column 1"},
    {"x:\n  {k: 1, 'k': 2}\n", 2, 10, "appears twice; the first is in line 2, column 4"},
    {"{\"k\": 1,\n \"k\": 2}", 2, 2, "appears twice; the first is in line 1, column 2"},
    {"base: &b {a: 1}\nuse:\n  <<: *b\n", 3, 3, "merge keys (<<) are not supported"},
    {"? [a]\n: 1\n", 1, 3, "can't be a key"},
    {"? {a: 1}\n: 1\n", 1, 3, "can't be a key"},
    {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
    {"a: 1\nb: \"caf\xc3\x28\"\n", 2, 8, "not valid UTF-8"},
    {"\xff\xfe"
     "a",
     1, 1, "not valid UTF-8"},
    {"a: \"\xed\xa0\x80\"", 1, 5, "not valid UTF-8"},
    {"é: \xc3", 1, 4, "not valid UTF-8"},
    {"a: 1\nb: \x01\n", 2, 4, "control characters are not allowed"},
    {"a: !!set {b}\n", 1, 4, "tag tag:yaml.org,2002:set is not supported"},
    {"a: !<x> [1]\n", 1, 4, "tag x is not supported"},
    {"%YAML 1.2\n%YAML 1.2\n---\na: 1\n", 2, 1, "duplicate %YAML"},
    // JSON
    {"{\"a\": }", 1, 7, "unexpected text"},
    {"{\"a\": 1,}", 1, 9, "unexpected text"},
    {"{\"a\": 01}", 1, 7, "unexpected text \"01\""},
    {"{\"a\": 1} x", 1, 10, "more text after"},
    {"{\"a\": \"\\ud800x\"}", 1, 14, "surrogate"},
    {"{\"a\": \"\\udc00\"}", 1, 14, "surrogate"},
    {"{\"a\":\n \"x\ny\"}", 2, 4, "control character"},
    {"{\"a\": \"x", 1, 9, "ends inside a string"},
    {"{\"a\": [1, 2", 1, 12, "ends too early"},
    {"{\"é\": nul}", 1, 7, "unexpected text \"nul\""},
    {"{\"a\": 1e999}", 1, 7, "too large"},
    {"{\"a\" 1}", 1, 6, "unexpected text after a key"},
};

void check_quick(steady_clock::time_point start) {
  // Far above what an unoptimised build needs, far below what a quadratic reader would.
  CAF_CHECK(steady_clock::now() - start < std::chrono::seconds{2});
}

} // namespace

CAF_TEST(broken documents are refused with line and column) {
  for (const auto& c : cases) {
    auto read = read_yaml(c.text);
    if (read) {
      CAF_ERROR("accepted: " << c.text);
      continue;
    }
    const auto& p = read.error().at(0);
    if (p.line != c.line || p.column != c.column || p.message.find(c.message) == std::string::npos)
      CAF_ERROR(c.text << "\n  gives " << p.line << ":" << p.column << " " << p.message);
  }
  CAF_CHECK(true);
}

CAF_TEST(every duplicate key is reported) {
  auto read = read_yaml("a: 1\na: 2\nb: {c: 1, c: 2}\na: 3\n");
  CAF_REQUIRE(!read);
  CAF_REQUIRE_EQUAL(read.error().size(), 3u);
  CAF_CHECK_EQUAL(read.error()[0].line, 2u);
  CAF_CHECK_EQUAL(read.error()[1].line, 3u);
  CAF_CHECK_EQUAL(read.error()[1].column, 11u);
  CAF_CHECK_EQUAL(read.error()[2].line, 4u);
}

CAF_TEST(nesting is bounded in every style and found out fast) {
  auto repeat = [](std::string_view unit) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += unit;
    return text;
  };
  for (const auto& text : {repeat("["), repeat("{a: "), repeat("- "), repeat("{\"a\":"),
                           repeat("[") + repeat("]"), repeat("[\n"), repeat("&a [")}) {
    auto start = steady_clock::now();
    auto read = read_yaml(text);
    CAF_REQUIRE(!read);
    check_quick(start);
    if (read.error()[0].message.find("nested too deeply") == std::string::npos)
      CAF_ERROR(text.substr(0, 10) << ": " << read.error()[0].message);
  }
}

CAF_TEST(nesting up to the limit is read) {
  auto nested = [](size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CAF_CHECK(read_yaml(nested(400)).ok());
  CAF_CHECK(!read_yaml(nested(401)));
  CAF_CHECK(read_yaml("{\"a\":" + nested(399) + "}").ok());
  CAF_CHECK(!read_yaml("{\"a\":" + nested(400) + "}"));
  CAF_CHECK(read_yaml("a: &x " + nested(60) + "\nb: " + std::string(339, '[') + "*x" +
                      std::string(339, ']'))
                .ok());
  CAF_CHECK(!read_yaml("a: &x " + nested(60) + "\nb: " + std::string(340, '[') + "*x" +
                       std::string(340, ']')));
}

CAF_TEST(an alias bomb is refused fast) {
  std::string text = "l0: &l0 [a, a, a, a, a, a, a, a, a]\n";
  for (int i = 1; i < 20; ++i) {
    auto below = "*l" + std::to_string(i - 1);
    text += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) text += below + (j < 8 ? "," : "]\n");
  }
  auto start = steady_clock::now();
  auto read = read_yaml(text);
  CAF_REQUIRE(!read);
  check_quick(start);
  CAF_CHECK(read.error()[0].message.find("aliases") != std::string::npos);
}

CAF_TEST(aliases of a large text are bounded by its size) {
  std::string text = "- &t " + std::string(100'000, 'x') + "\n";
  for (int i = 0; i < 20; ++i) text += "- *t\n";
  auto read = read_yaml(text);
  CAF_REQUIRE(!read);
  CAF_CHECK(read.error()[0].message.find("text is too large") != std::string::npos);
}

CAF_TEST(documents past the size limit are refused unread) {
  auto read = read_yaml("a: " + std::string(1u << 20, 'x'));
  CAF_REQUIRE(!read);
  CAF_CHECK_EQUAL(read.error().size(), 1u);
  CAF_CHECK_EQUAL(read.error()[0].line, 0u);
  CAF_CHECK(read.error()[0].message.find("bytes") != std::string::npos);
  CAF_CHECK(read_yaml("a: " + std::string((1u << 20) - 10, 'x')).ok());
}

CAF_TEST(a megabyte of anything takes no more than moments) {
  auto fill = [](std::string_view unit) {
    std::string text;
    while (text.size() + unit.size() < (1u << 20)) text += unit;
    return text;
  };
  std::string keys;
  for (int i = 0; keys.size() < 1'000'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  for (const auto& text : {fill("a: 1\n"),
                           fill("- a\n"),
                           fill("[a],"),
                           fill("%TAG !a! b\n"),
                           fill("x"),
                           fill("&a"),
                           fill("*a "),
                           fill("- &a x\n"),
                           fill("'"),
                           fill("\""),
                           fill("#\n"),
                           fill("? a\n"),
                           fill(": "),
                           fill("\n%"),
                           fill("---\n"),
                           fill("- {a: 1}\n"),
                           keys,
                           "[" + fill("a, ") + "]",
                           "{\"a\": [" + fill("1,") + "1]}",
                           "{" + fill("\"a\":1,") + "}",
                           fill("\xc3"),
                           fill("\x80")}) {
    auto start = steady_clock::now();
    if (auto read = read_yaml(text); read) CAF_CHECK(!read->is_null());
    auto took = steady_clock::now() - start;
    if (took > std::chrono::seconds{5})
      CAF_ERROR(text.substr(0, 12)
                << " takes " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                << " ms");
  }
  CAF_CHECK(true);
}
