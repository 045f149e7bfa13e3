// Evaluates jq programs for expressions.mjs. Standard input: one JSON object per line, `{"program":
// text, "input": JSON text}`. Standard output, for each line in turn: `{"results": [...]}`,
// `{"refused": reason}` or `{"error": reason, "out_of_budget": boolean}`.

#include "workflow/expression.hpp"
#include "workflow/json.hpp"

#include <iostream>

using namespace steward::workflow;

namespace {

/// The programs bind all of their variables themselves.
struct no_variables : variable_source {
  value lookup(std::string_view) const override { return {}; }
};

constexpr int64_t now_us = 1'425'599'621'500'000;

value refused(const std::string& reason) { return value::object({{"refused", value(reason)}}); }

value answer(const value& program, const value& input_text) {
  auto input = parse_json(input_text.as_string(), {value::max_depth, 64u << 20, true});
  if (!input) return refused("input: " + input.error().reason);
  auto made = expression::compile(program.as_string());
  if (!made) return refused(made.error().reason);
  if (!made->free_variables().empty())
    return refused("$" + *made->free_variables().begin() + " is not defined");
  auto results = made->evaluate(*input, no_variables{}, now_us, {}, 100'000);
  if (results) return value::object({{"results", value::array(std::move(*results))}});
  const auto& error = results.error();
  return value::object(
      {{"error", value(error.reason)}, {"out_of_budget", value(error.out_of_budget)}});
}

} // namespace

int main() {
  auto text = std::string{};
  while (std::getline(std::cin, text)) {
    auto line = parse_json(text, {value::max_depth, 64u << 20});
    if (!line || !line->get("program").is_string() || !line->get("input").is_string()) {
      std::cerr << "evaluate_lines: not a line of {program, input}: " << text << '\n';
      return 1;
    }
    // A result may be as deep as a value can be: its container here would be deeper still.
    try {
      std::cout << to_json(answer(line->get("program"), line->get("input"))) << '\n' << std::flush;
    } catch (const depth_exceeded& problem) {
      std::cout << to_json(value::object(
                       {{"error", value(problem.what())}, {"out_of_budget", value(true)}}))
                << '\n'
                << std::flush;
    }
  }
}
