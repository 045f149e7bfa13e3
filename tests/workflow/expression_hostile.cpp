#define CAF_SUITE workflow_expression_hostile

#include "caf/test/dsl.hpp"
#include "workflow/expression.hpp"

#include <random>
#include <thread>

using namespace steward::workflow;

/// What strangers may send: every program here must end soon, in an error, in this process.
namespace {

struct no_variables : variable_source {
  value lookup(std::string_view) const override { return {}; }
};

bool runs_out(std::string_view program, const evaluation_budget& budget = {}) {
  auto made = expression::compile(program);
  if (!made) CAF_FAIL(program << ": " << made.error().reason);
  auto results = made->evaluate({}, no_variables{}, 0, budget);
  return !results && results.error().out_of_budget;
}

} // namespace

CAF_TEST(endless programs run out of their budget) {
  CAF_CHECK(runs_out("[range(1e12)] | length"));
  CAF_CHECK(runs_out("def f: f; f"));
  CAF_CHECK(runs_out("def f: 1 + f; f"));
  CAF_CHECK(runs_out("def f(x): f(x | x); f(.)"));
  CAF_CHECK(runs_out("[recurse(. + 1)]"));
  CAF_CHECK(runs_out("last(repeat(1))"));
  CAF_CHECK(runs_out("0 | until(false; . + 1)"));
  CAF_CHECK(runs_out("range(1e12)"));
}

CAF_TEST(recursion in a tail position goes as deep as the fuel) {
  auto one = [](std::string_view program) {
    auto result = expression::compile(program)->evaluate_one({}, no_variables{}, 0);
    return result ? *result : value(result.error().reason);
  };
  CAF_CHECK(one("def f: if . > 100000 then . else . + 1 | f end; 0 | f") == value(100'001));
  CAF_CHECK(one("def f(g): if . > 50000 then . else g | f(g) end; 0 | f(. + 1)") == value(50'001));
  CAF_CHECK(one("def f($n): if $n == 0 then \"end\" else f($n - 1) end; f(50000)") == value("end"));
  CAF_CHECK(one("def f: . as $x | if $x > 50000 then $x else ($x + 1) | f end; 0 | f") ==
            value(50'001));
  CAF_CHECK(one("[limit(50000; def r: ., (. + 1 | r); 0 | r)] | length") == value(50'000));
  CAF_CHECK(one("def f: def g: . + 1; if . > 50000 then . else g | f end; 0 | f") == value(50'001));
  // A loop holds on to nothing that it can't see any more.
  CAF_CHECK(expression::compile("def f(g): if . > 50000 then . else g | f(g) end; 0 | f(. + 1)")
                ->evaluate_one({}, no_variables{}, 0, {1'000'000, 8u << 20, 1000}));
}

CAF_TEST(every hostile program ends within its budgets) {
  for (auto program : {"[range(1e9)]",
                       ".[1e8] = 1",
                       "\"x\" * 1e9",
                       "[limit(1e9; repeat(1))]",
                       "reduce range(1e9) as $i (0; . + $i)",
                       "[range(1e6)] | implode",
                       "last(range(1e9))",
                       "[[range(100)], [range(100)], [range(100)], [range(100)]] | [combinations]",
                       "[range(2000)] | [combinations(3)]",
                       "[range(1e5)] | sort_by(range(1e5))",
                       "[recurse(., .)]",
                       "def f: f, f; [f]",
                       "def f(g): f(g, g); f(.)",
                       "[while(true; .)]",
                       "reduce range(1e6) as $i (\"\"; . + \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\")",
                       "[range(1e5) | [range(1e5)]]",
                       "\"a\" * 100000 | [splits(\"\")] | [.[] * 1000]",
                       "\"a\" * 100000 | [match(\"a*?\"; \"g\")] | tojson | . * 1000",
                       "\"ab\" * 10000 | gsub(\"(?<x>a|b)\"; .x * 10000)",
                       "path(repeat(.))",
                       "reduce range(30) as $i ([0]; . + .) | [.[] as $x | .[] | $x]",
                       "[paths(repeat(true))]",
                       ".a[range(1e9)] = 1",
                       "[splits(\"a\"; \"g\")?, range(1e9)]",
                       "[1] | until(false; . + .)",
                       "{a: 1} | until(false; {a: .})",
                       "infinite | [range(.)]",
                       "[foreach range(1e9) as $i ([]; . + [$i])]"})
    CAF_CHECK(runs_out(program));
  // What ends in an error of the program does no harm either.
  for (auto program :
       {"\"!!\" | @base64d", "\"\\(1e999)\" | strptime(\"%Y\")", "[nan, infinite] | map(todate)",
        "\"[\" * 100000 | fromjson", "\"(\" * 1000 | . as $re | \"a\" | test($re)",
        "\"a\" | test(\"(a{1000}){1000}\")", "{} | .[\"a\" * 1000].b.c | explode"})
    CAF_CHECK(!expression::compile(program)->evaluate({}, no_variables{}, 0));
  CAF_CHECK(!runs_out("\"a\" * 30000 | test(\"(a|aa)+$\"), test(\"(a*)*b\")"));
}

CAF_TEST(large and deep values run out of their budget) {
  CAF_CHECK(runs_out("\"x\" * 1000000000"));
  CAF_CHECK(runs_out(".[100000000] = 1"));
  CAF_CHECK(runs_out("reduce range(1000000) as $i (null; [.])"));
  CAF_CHECK(runs_out("reduce range(100) as $i (\"0123456789\"; . + .)"));
  CAF_CHECK(runs_out("[range(1000)] | map(tojson * 1000) | tojson", {1'000'000, 1'000'000}));
}

CAF_TEST(values that share their parts are never written out or walked in full) {
  auto nest = std::string("reduce range(60) as $i (0; [., .])");
  CAF_CHECK(runs_out(nest));
  CAF_CHECK(runs_out(nest + " | tojson"));
  CAF_CHECK(runs_out(nest + " | flatten"));
  CAF_CHECK(runs_out(nest + " | [..] | length"));
  CAF_CHECK(runs_out(nest + " as $a | " + nest + " == $a"));
  CAF_CHECK(!runs_out(nest + " | length"));
}

CAF_TEST(a program cannot catch the end of its budget) {
  CAF_CHECK(runs_out("try (def f: f; f) catch 1"));
  CAF_CHECK(runs_out("(\"x\" * 1000000000)? // 1"));
  CAF_CHECK(runs_out(".a |= (\"x\" * 1000000000)"));
}

CAF_TEST(generators stop when nobody wants more) {
  auto one = [](std::string_view program) {
    auto result = expression::compile(program)->evaluate_one({}, no_variables{}, 0);
    return result ? *result : value("failed");
  };
  CAF_CHECK(one("first(range(1e12))") == value(0));
  CAF_CHECK(one("[limit(3; repeat(1))] | length") == value(3));
  CAF_CHECK(one("any(range(1e12); . == 3)") == value(true));
  CAF_CHECK(one("label $f | range(1e12) | if . > 5 then ., break $f else empty end") == value(6));
  CAF_CHECK(one("isempty(range(1e12))") == value(false));
}

CAF_TEST(what reaches outside is refused by name) {
  for (auto program : {"env", "$ENV", "$ENV.PATH", "input", "inputs", "stderr", "halt_error",
                       "input_filename", "$__prog_args", "import \"a\" as a; .", "include \"a\"; .",
                       "halt", "modulemeta", "get_search_list"}) {
    auto made = expression::compile(program);
    CAF_REQUIRE(!made);
    CAF_CHECK(made.error().reason.find("is not supported") != std::string::npos);
  }
}

CAF_TEST(nested sources are refused without harm) {
  for (auto bracket :
       {"[", "(", "{a:", "-", "if ", "\"\\(", "def f: ", ". as [", "try ", "reduce "}) {
    auto source = std::string{};
    while (source.size() + 8 < 65'536) source += bracket;
    CAF_CHECK(!expression::compile(source));
  }
  CAF_CHECK(!expression::compile(std::string(100'000, '[')));
  auto path = std::string{};
  while (path.size() < 60'000) path += ".a";
  CAF_CHECK(!expression::compile(path));
}

CAF_TEST(long but flat sources compile and end) {
  auto sum = std::string("1"), pipe = std::string("."), list = std::string("1");
  while (sum.size() < 60'000) sum += "+1", pipe += "|.", list += ",1";
  for (const auto& source : {sum, pipe, "[" + list + "]"}) {
    auto made = expression::compile(source);
    CAF_REQUIRE(made);
    auto result = made->evaluate_one(1, no_variables{}, 0);
    CAF_CHECK(result || result.error().out_of_budget);
  }
}

CAF_TEST(garbage never harms the compiler) {
  auto random = std::mt19937{1};
  constexpr std::string_view pieces[] = {".",  "a",     "[",   "]",      "(",       ")",
                                         "{",  "}",     "|",   ",",      ":",       ";",
                                         "$x", "\"",    "\\(", "reduce", "foreach", "as",
                                         "if", "then",  "end", "1",      "def f:",  "?//",
                                         "//", "try ",  "|=",  "..",     "@json",   "-",
                                         "?",  "label", " ",   "\\u12",  "\xff",    "and"};
  for (auto round = 0; round < 20'000; ++round) {
    auto source = std::string{};
    for (auto i = random() % 20; i > 0; --i) source += pieces[random() % std::size(pieces)];
    auto made = expression::compile(source);
    if (made) (void)made->evaluate({}, no_variables{}, 0, {10'000, 1u << 20, 1000});
  }
}

CAF_TEST(a deep evaluation ends the same way on any thread) {
  auto ended = false;
  auto thread = std::thread([&] { ended = runs_out("def f: [f]; f"); });
  thread.join();
  CAF_CHECK(ended);
  // A native function at the very end of a deep value.
  CAF_CHECK(!runs_out("reduce range(9000) as $i (0; [.]) | tojson | length"));
  CAF_CHECK(!runs_out("reduce range(9000) as $i (0; [.]) | (. == .), ([.] == [[.][0]])"));
}
