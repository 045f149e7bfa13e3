#include "workflow/reader/expressions.hpp"

#include "workflow/reader/fields.hpp"
#include "workflow/reader/nearest.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::reader {

namespace {

constexpr std::array<std::string_view, 2> unsupported_variables{"secrets", "authorization"};
constexpr std::array<std::string_view, 6> given_variables{"context", "input",    "output",
                                                          "task",    "workflow", "runtime"};

/// The place of a byte of the node's text: exact where the text stands in the source as it is, the
/// start of the node otherwise.
mark mark_in(const place& where, size_t offset) {
  if (!where.node().verbatim) return where.node().at;
  return advance(where.node().text_at, where.content().as_string(), offset);
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Where `$name` is first used in the program; 0 if it can't be told.
size_t find_variable(std::string_view program, std::string_view name) {
  auto text = "$" + std::string{name};
  for (auto at = program.find(text); at != program.npos; at = program.find(text, at + 1)) {
    auto end = at + text.size();
    if (end == program.size() || !is_name_character(program[end])) return at;
  }
  return 0;
}

void check_variables(problem_list& problems, const place& where, const variable_scope& scope,
                     const expression& e, size_t program_offset) {
  for (const auto& name : e.free_variables()) {
    if (scope.has(name)) continue;
    auto at = mark_in(where, program_offset + find_variable(e.source(), name));
    auto is = [&](std::string_view n) { return n == name; };
    if (std::any_of(unsupported_variables.begin(), unsupported_variables.end(), is)) {
      problems.add(where.pointer(), at, "$" + name + " is not supported by this version");
      continue;
    }
    auto known = scope.names();
    auto message = std::any_of(given_variables.begin(), given_variables.end(), is)
                       ? "$" + name + " does not exist at this place"
                       : "unknown variable $" + name + suggestion(name, known);
    problems.add(where.pointer(), at, std::move(message), "one of " + enumerate(known));
  }
}

std::optional<expression> compile(problem_list& problems, const place& where,
                                  const variable_scope& scope, std::string_view program) {
  auto offset = static_cast<size_t>(program.data() - where.content().as_string().data());
  if (program.find_first_not_of(" \t\r\n") == program.npos) {
    problems.at(where, "the expression is empty", "a jq program");
    return std::nullopt;
  }
  auto compiled = expression::compile(program);
  if (!compiled) {
    auto at = mark_in(where, offset + std::min(compiled.error().offset, program.size()));
    problems.add(where.pointer(), at, "the expression is not valid: " + compiled.error().reason);
    return std::nullopt;
  }
  check_variables(problems, where, scope, *compiled, offset);
  return *std::move(compiled);
}

/// Reports text that has `${` in it but is no expression as a whole.
bool check_embedded(problem_list& problems, const place& where) {
  auto text = where.content().as_string();
  if (!has_embedded_expression(text)) return true;
  problems.add(where.pointer(), mark_in(where, std::min(text.find("${"), text.size())),
               "an expression can't be a part of a text",
               R"(the whole text as one expression, such as ${ "Hello \(.name)!" })");
  return false;
}

/// Every text below the place. With `compile_all` the expressions are compiled one by one, which
/// finds each problem and its place.
void check_texts(problem_list& problems, const place& where, const variable_scope& scope,
                 bool compile_all) {
  if (where.content().is_string()) {
    std::string_view program;
    if (!is_expression_text(where.content().as_string(), program)) {
      check_embedded(problems, where);
    } else if (compile_all) {
      compile(problems, where, scope, program);
    }
    return;
  }
  for (size_t i = 0; i < where.size(); ++i)
    check_texts(problems, place{where, i}, scope, compile_all);
}

} // namespace

bool variable_scope::has(std::string_view name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end() ||
         (outer_ && outer_->has(name));
}

std::vector<std::string_view> variable_scope::names() const {
  auto all = outer_ ? outer_->names() : std::vector<std::string_view>{};
  for (auto name : names_)
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  return all;
}

bool is_reserved_variable(std::string_view name) {
  return std::find(given_variables.begin(), given_variables.end(), name) != given_variables.end() ||
         std::find(unsupported_variables.begin(), unsupported_variables.end(), name) !=
             unsupported_variables.end();
}

bool is_expression(const place& where) {
  std::string_view program;
  return where.content().is_string() && is_expression_text(where.content().as_string(), program);
}

std::optional<expression> read_expression(problem_list& problems, const place& where,
                                          const variable_scope& scope) {
  if (!where.content().is_string()) {
    problems.at(where,
                "\"" + std::string{where.key()} + "\" must be an expression, but is " +
                    std::string{describe(where.content())},
                "a text such as ${ .count > 1 }");
    return std::nullopt;
  }
  auto text = where.content().as_string();
  std::string_view program;
  if (!is_expression_text(text, program)) {
    if (!check_embedded(problems, where)) return std::nullopt;
    program = text;
  }
  return compile(problems, where, scope, program);
}

std::optional<value_template> read_template(problem_list& problems, const place& where,
                                            const variable_scope& scope, template_form form) {
  const auto& content = where.content();
  if (form == template_form::bare && content.is_string()) {
    // The program is looked at on its own first: that gives each problem its place.
    if (!read_expression(problems, where, scope)) return std::nullopt;
    auto compiled = value_template::compile_bare(content);
    return compiled ? std::optional{*std::move(compiled)} : std::nullopt;
  }
  auto compiled = form == template_form::bare ? value_template::compile_bare(content)
                                              : value_template::compile(content);
  bool sound = false;
  if (compiled) {
    auto names = compiled->free_variables();
    sound = std::all_of(names.begin(), names.end(), [&](const auto& n) { return scope.has(n); });
  }
  check_texts(problems, where, scope, !sound);
  return compiled ? std::optional{*std::move(compiled)} : std::nullopt;
}

std::optional<duration_source> read_duration_source(problem_list& problems, const place& where,
                                                    const variable_scope& scope) {
  if (is_expression(where)) {
    auto e = read_expression(problems, where, scope);
    return e ? std::optional<duration_source>{*std::move(e)} : std::nullopt;
  }
  auto known = read_duration(where.content());
  if (known) return duration_source{*known};
  problems.at(where, known.error(), "a duration such as PT30S or { seconds: 30 }");
  return std::nullopt;
}

} // namespace steward::workflow::reader
