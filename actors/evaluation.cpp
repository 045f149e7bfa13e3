#include "actors/evaluation.hpp"

#include "workflow/json.hpp"
#include "workflow/template.hpp"

#include <algorithm>
#include <array>

namespace steward {

namespace {

using workflow::value;

constexpr size_t results_max = 1'000;
constexpr size_t results_bytes = 4u << 20;
constexpr workflow::evaluation_budget budget{1'000'000, 64u << 20, 10'000};
/// What every expression of a workflow may name; null unless it is given.
constexpr std::array<std::string_view, 7> known_names{"context",  "input",   "output", "task",
                                                      "workflow", "runtime", "secrets"};

class given_variables final : public workflow::variable_source {
public:
  explicit given_variables(value given) : given_(std::move(given)) {}
  value lookup(std::string_view name) const override { return given_.get(name); }
  bool has(std::string_view name) const {
    return given_.find(name) || std::ranges::find(known_names, name) != known_names.end();
  }

private:
  value given_;
};

reply malformed(std::string pointer, std::string detail, std::string expected) {
  return reply::error({ec::invalid_request,
                       (pointer.empty() ? "" : pointer + ": ") + detail,
                       {{std::move(pointer), detail, std::move(expected), 0, 0}},
                       {}});
}

/// 1-based, columns in characters.
std::pair<uint64_t, uint64_t> line_and_column(std::string_view text, size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  const auto characters = std::ranges::count_if(
      before.substr(line), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return {1 + static_cast<uint64_t>(std::ranges::count(before, '\n')),
          1 + static_cast<uint64_t>(characters)};
}

reply wrong_at(std::string_view text, size_t offset, std::string reason) {
  offset = std::min(offset, text.size());
  const auto [line, column] = line_and_column(text, offset);
  field_problem problem{"/expression", reason, {}, line, column};
  problem.offset = static_cast<int64_t>(offset);
  return reply::error({ec::expression, std::move(reason), {std::move(problem)}, {}});
}

reply failed_with(std::string reason) {
  return reply::error({ec::expression, reason, {{"/expression", reason, {}, 0, 0}}, {}});
}

reply evaluate_text(std::string_view text, const value& data, const given_variables& variables,
                    int64_t now_us) {
  auto program = text;
  workflow::is_expression_text(text, program);
  const auto begin = static_cast<size_t>(program.data() - text.data());
  const auto compiled = workflow::expression::compile(program);
  if (!compiled) return wrong_at(text, begin + compiled.error().offset, compiled.error().reason);
  for (const auto& name : compiled->free_variables())
    if (!variables.has(name))
      return wrong_at(text, std::min(text.find("$" + name), text.size()),
                      "the variable $" + name + " is not defined");
  // One more than is shown tells whether there are more. The line's end ends a comment.
  const auto bounded = workflow::expression::compile("limit(" + std::to_string(results_max + 1) +
                                                     "; (" + std::string{program} + "\n))");
  if (!bounded) return wrong_at(text, begin, bounded.error().reason);
  const auto results = bounded->evaluate(data, variables, now_us, budget, results_max + 1);
  if (!results) return failed_with(results.error().reason);
  std::string json = "{\"results\":[";
  size_t shown = 0;
  for (; shown < results->size() && shown < results_max; ++shown) {
    if (json.size() + (*results)[shown].weight() > results_bytes) break;
    if (shown > 0) json += ',';
    workflow::append_json(json, (*results)[shown]);
  }
  if (shown == 0 && !results->empty()) return failed_with("the result is larger than 4 MiB");
  json += "],\"truncated\":";
  json += shown < results->size() ? "true}" : "false}";
  return reply::ok(std::move(json));
}

} // namespace

reply evaluate_document(std::string_view body, int64_t now_us) {
  constexpr auto shape = "{\"expression\": \"...\", \"data\": ..., \"variables\": {...}}";
  const auto parsed = workflow::parse_json(body);
  if (!parsed)
    return malformed("",
                     "the body is not JSON: " + parsed.error().reason + " at byte " +
                         std::to_string(parsed.error().offset),
                     shape);
  if (!parsed->is_object()) return malformed("", "the body is not a JSON object", shape);
  for (const auto& m : parsed->members())
    if (const auto name = m.key.as_string();
        name != "expression" && name != "data" && name != "variables")
      return malformed("/" + std::string{name}, "there is no such member",
                       "expression, data or variables");
  const auto text = parsed->get("expression");
  if (!text.is_string()) return malformed("/expression", "the expression is missing", "a text");
  auto variables = parsed->get("variables");
  if (variables.is_null()) variables = value::empty_object();
  if (!variables.is_object())
    return malformed("/variables", "the variables are no object", "an object by name");
  return evaluate_text(text.as_string(), parsed->get("data"), given_variables{std::move(variables)},
                       now_us);
}

} // namespace steward
