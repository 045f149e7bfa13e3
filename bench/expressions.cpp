// How long expressions take, beside libjq in the same process and the same minute. Where libjq is
// not installed its columns are absent. `--json` prints one JSON document instead of the table.
//
// A figure is the best of several rounds, each long enough for the clock. Steward evaluates a value
// that is there already; so does libjq, whose values are copied by reference.

#include "workflow/expression.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <optional>

#ifdef STEWARD_LIBJQ
extern "C" {
#include <jq.h>
#include <jv.h>
}
#endif

using namespace steward::workflow;
using clock_type = std::chrono::steady_clock;

namespace {

struct no_variables : variable_source {
  value lookup(std::string_view) const override { return {}; }
};

/// Microseconds of one call of `work`: the best of seven rounds of at least 20 ms.
template <class Work>
double microseconds(Work work) {
  auto best = std::optional<double>{};
  auto count = size_t{1};
  for (auto round = 0; round < 7;) {
    auto start = clock_type::now();
    for (size_t i = 0; i < count; ++i) work();
    auto took = std::chrono::duration<double, std::micro>(clock_type::now() - start).count();
    if (took < 20'000) {
      count *= 2;
      continue;
    }
    ++round;
    best = std::min(best.value_or(took), took / static_cast<double>(count));
  }
  return *best;
}

/// An object of about 850 bytes as workflows carry them.
std::string document() {
  auto items = value::empty_array();
  for (auto i = 0; i < 8; ++i)
    items.push_back(value::object({{"sku", "article-" + std::to_string(1000 + i)},
                                   {"price", 9.5 + i},
                                   {"quantity", i + 1},
                                   {"tags", value::array({"new", "fragile"})}}));
  auto made = value::object(
      {{"id", "order-20261121-0001"},
       {"user", value::object({{"name", "Ada Lovelace"}, {"email", "ada@example.com"}})},
       {"items", items},
       {"note",
        "Please leave it with the neighbours at number fourteen when nobody opens the door."},
       {"shipping", value::object({{"street", "12 St James's Square"}, {"city", "London"}})}});
  return to_json(made);
}

struct filter {
  const char* name;
  const char* source;
  double evaluation_us_max; ///< The target, or 0.
};

constexpr filter filters[] = {
    {"a field", ".user.name", 0},
    {"an object", "{x: .user.name, y: (.items|length)}", 1},
    {"a sum", ".items | map(.price * .quantity) | add", 3},
    {"a selection", "[.items[] | select(.price > 12) | {sku, total: (.price * .quantity)}]", 0},
    {"a text", "\"\\(.user.name) <\\(.user.email)>: \\(.items | length) items\"", 0},
    {"an update", ".items |= map(.price += 1) | .total = (.items | map(.price) | add)", 0},
    {"a pattern", ".user.email | capture(\"(?<name>[^@]+)@(?<host>.+)\")", 0},
    {"groups", ".items | group_by(.quantity % 3) | map({key: (.[0].quantity % 3), n: length})", 0},
    {"a fold", "reduce .items[] as $i ({}; .[$i.sku] = $i.quantity)", 0},
};

struct times {
  double compilation_us = 0;
  double evaluation_us = 0;
};

times measure_steward(const filter& f, const std::string& json) {
  auto input = *parse_json(json);
  auto program = expression::compile(f.source);
  if (!program) throw std::runtime_error(std::string(f.source) + ": " + program.error().reason);
  auto result = times{};
  result.compilation_us = microseconds([&] { (void)expression::compile(f.source); });
  result.evaluation_us = microseconds([&] {
    if (!program->evaluate_one(input, no_variables{}, 0)) throw std::runtime_error(f.source);
  });
  return result;
}

#ifdef STEWARD_LIBJQ
times measure_libjq(const filter& f, const std::string& json) {
  auto result = times{};
  result.compilation_us = microseconds([&] {
    auto* fresh = jq_init();
    if (!jq_compile(fresh, f.source)) throw std::runtime_error(f.source);
    jq_teardown(&fresh);
  });
  auto* program = jq_init();
  jq_compile(program, f.source);
  auto input = jv_parse(json.c_str());
  result.evaluation_us = microseconds([&] {
    jq_start(program, jv_copy(input), 0);
    for (auto v = jq_next(program); jv_is_valid(v); v = jq_next(program)) jv_free(v);
  });
  jv_free(input);
  jq_teardown(&program);
  return result;
}
#endif

/// A workflow of that many tasks, two expressions each.
std::string definition_of(int tasks) {
  auto text = std::string("document:\n  dsl: '1.0.1'\n  namespace: bench\n  name: many-tasks\n"
                          "  version: '1.0.0'\ndo:\n");
  for (auto i = 0; i < tasks; ++i)
    text += "  - task" + std::to_string(i) + ":\n      if: ${ .count < " + std::to_string(i + 1) +
            " }\n      set:\n        count: ${ .count + 1 }\n        name: step " +
            std::to_string(i) + "\n";
  return text;
}

} // namespace

int main(int argc, char** argv) {
  auto as_json = argc > 1 && std::strcmp(argv[1], "--json") == 0;
  auto json = document();
  auto rows = value::empty_array();
  if (!as_json)
    std::cout << "microseconds, on a document of " << json.size() << " bytes\n"
              << "filter         compile   evaluate   (target)   libjq: compile   evaluate\n";
  for (const auto& f : filters) {
    auto ours = measure_steward(f, json);
    auto row = value::object({{"filter", f.source},
                              {"compilation_us", ours.compilation_us},
                              {"evaluation_us", ours.evaluation_us}});
    if (f.evaluation_us_max > 0) row.set("evaluation_us_max", f.evaluation_us_max);
    auto theirs = times{};
#ifdef STEWARD_LIBJQ
    theirs = measure_libjq(f, json);
    row.set("libjq_compilation_us", theirs.compilation_us);
    row.set("libjq_evaluation_us", theirs.evaluation_us);
#endif
    rows.push_back(std::move(row));
    if (as_json) continue;
    std::printf("%-12s %9.1f %10.2f", f.name, ours.compilation_us, ours.evaluation_us);
    if (f.evaluation_us_max > 0)
      std::printf("   (<= %3.0f)", f.evaluation_us_max);
    else
      std::printf("           ");
    if (theirs.compilation_us > 0)
      std::printf(" %16.0f %10.2f", theirs.compilation_us, theirs.evaluation_us);
    std::printf("\n");
  }
  auto text = definition_of(200);
  if (!read_definition(text)) throw std::runtime_error("the definition is refused");
  auto reading = microseconds([&] { (void)read_definition(text); });
  if (as_json)
    std::cout << to_json(value::object({{"document_bytes", static_cast<int64_t>(json.size())},
                                        {"filters", rows},
                                        {"definition_of_200_tasks_us", reading}}))
              << '\n';
  else
    std::printf("reading a definition of 200 tasks: %.0f us (target: <= 1000)\n", reading);
}
