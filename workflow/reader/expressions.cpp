#include "workflow/reader/expressions.hpp"

#include "workflow/reader/fields.hpp"
#include "workflow/reader/nearest.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::reader {

namespace {

constexpr std::array<std::string_view, 8> given_variables{
    "context", "input", "output", "task", "workflow", "runtime", "secrets", "authorization"};

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

/// The name that the program takes out of `$secrets` at that offset, as `.name`, `."name"` or
/// `["name"]`; empty if it takes none that can be told.
std::string_view secret_name(std::string_view program, size_t at) {
  auto rest = program.substr(at + std::string_view{"$secrets"}.size());
  if (rest.starts_with('.')) rest.remove_prefix(1);
  if (rest.starts_with('[')) rest.remove_prefix(1);
  if (rest.starts_with('"')) {
    auto end = rest.find('"', 1);
    return end == rest.npos ? std::string_view{} : rest.substr(1, end - 1);
  }
  auto end = std::find_if_not(rest.begin(), rest.end(), is_name_character);
  return rest.substr(0, static_cast<size_t>(end - rest.begin()));
}

void check_secrets(problem_list& problems, const place& where, const variable_scope& scope,
                   std::string_view program, size_t program_offset) {
  std::vector<std::string_view> known{scope.secrets()->begin(), scope.secrets()->end()};
  for (auto at = program.find("$secrets"); at != program.npos;
       at = program.find("$secrets", at + 1)) {
    auto name = secret_name(program, at);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (name.empty() && !known.empty()) continue;
    problems.in_text(where, program_offset + at,
                     name.empty()
                         ? std::string{"no secret is declared in use.secrets"}
                         : "the secret \"" + std::string{name} +
                               "\" is not declared in use.secrets" + suggestion(name, known),
                     known.empty() ? "the secret's name in use.secrets" : enumerate(known));
  }
}

void check_variables(problem_list& problems, const place& where, const variable_scope& scope,
                     const expression& e, size_t program_offset) {
  for (const auto& name : e.free_variables()) {
    if (scope.has(name)) {
      if (name == "secrets") check_secrets(problems, where, scope, e.source(), program_offset);
      continue;
    }
    auto at = program_offset + find_variable(e.source(), name);
    auto is = [&](std::string_view n) { return n == name; };
    if (name == "authorization") {
      problems.in_text(
          where, at, "$authorization is not given to expressions: it would show what a call sends");
    } else if (name == "secrets") {
      problems.in_text(where, at, "$secrets does not exist at this place",
                       "secrets in \"input.from\" and in the arguments of calls only");
    } else {
      auto known = scope.names();
      auto given = std::any_of(given_variables.begin(), given_variables.end(), is);
      problems.in_text(where, at,
                       given ? "$" + name + " does not exist at this place"
                             : "unknown variable $" + name + suggestion(name, known),
                       known.empty() ? "no variable" : "one of " + enumerate(known));
    }
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
    problems.in_text(where, offset + std::min(compiled.error().offset, program.size()),
                     "the expression is not valid: " + compiled.error().reason);
    return std::nullopt;
  }
  check_variables(problems, where, scope, *compiled, offset);
  return *std::move(compiled);
}

/// Reports text that has `${` in it but is no expression as a whole.
bool check_embedded(problem_list& problems, const place& where) {
  auto text = where.content().as_string();
  if (!has_embedded_expression(text)) return true;
  problems.in_text(where, std::min(text.find("${"), text.size()),
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

variable_scope variable_scope::with_secrets(const variable_scope& outer,
                                            const std::vector<std::string>& secrets) {
  auto result = variable_scope{outer, {"secrets"}};
  result.secrets_ = &secrets;
  return result;
}

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
  return std::find(given_variables.begin(), given_variables.end(), name) != given_variables.end();
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
    auto program = read_expression(problems, where, scope);
    if (!program) return std::nullopt;
    return value_template::of(*std::move(program), content);
  }
  auto knows_all = [&](const expression& e) {
    return std::ranges::all_of(e.free_variables(), [&](const auto& n) { return scope.has(n); });
  };
  auto compiled = scope.mode() == evaluation::loose
                      ? value_template::compile_loose(content, knows_all)
                      : value_template::compile(content);
  bool sound = false;
  if (compiled) {
    auto names = compiled->free_variables();
    // Which secrets are meant is seen only one by one.
    sound = std::all_of(names.begin(), names.end(),
                        [&](const auto& n) { return n != "secrets" && scope.has(n); });
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
