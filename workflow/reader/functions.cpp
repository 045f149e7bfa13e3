#include "workflow/reader/functions.hpp"

#include "workflow/reader/catalogs.hpp"
#include "workflow/reader/nearest.hpp"
#include "workflow/reader/own_functions.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::reader {

namespace {

constexpr std::array<std::string_view, 6> protocols{"http",     "openapi", "grpc",
                                                    "asyncapi", "a2a",     "mcp"};

/// `with` of a function: an object, or an expression that gives its input.
std::optional<value_template> read_arguments(const task_source& t, const place& where) {
  if (!where.content().is_object() && !is_expression(where)) {
    t.r.problems.at(where,
                    "\"with\" must be an object or an expression, but is " +
                        std::string{describe(where.content())},
                    "an object, or ${ ... }");
    return std::nullopt;
  }
  return read_template(t.r.problems, where, t.scope);
}

/// Nothing is of that name: it may be a protocol's that was meant, or a function's.
void report_unknown(const task_source& t, const place& where, std::string_view name) {
  if (name.starts_with("steward."))
    return t.r.problems.at(where, "Steward has no function \"" + std::string{name} + "\"",
                           "steward.approval, a protocol, or a function of use.functions");
  std::vector<std::string_view> known{protocols.begin(), protocols.end()};
  for (const auto& p : t.r.use.all(reusables::kind::function)) known.push_back(p.key());
  t.r.problems.at(where,
                  "the function \"" + std::string{name} + "\" is not defined in use.functions" +
                      suggestion(name, known),
                  enumerate(known));
}

} // namespace

bool is_protocol(std::string_view call) {
  return std::find(protocols.begin(), protocols.end(), call) != protocols.end();
}

std::vector<task_list> read_functions(reading& r, const variable_scope& scope) {
  std::vector<task_list> result;
  for (const auto& p : r.use.all(reusables::kind::function)) {
    if (is_protocol(p.key()))
      r.problems.at_key(p, "\"call: " + std::string{p.key()} + "\" has a meaning of its own",
                        "another name");
    result.push_back(read_alone(r, p, scope));
  }
  return result;
}

task_body read_function_call(const task_source& t) {
  auto where = *t.f.get("call");
  auto name = where.content().as_string();
  call_function_task result;
  if (auto p = t.f.get("with")) result.with = read_arguments(t, *p);
  if (catalogs::is_reference(name)) {
    if (t.r.cataloged)
      result.function = t.r.cataloged->find(t.r, where, t.scope).value_or(0);
    else
      t.r.problems.at(where, "a function of a catalog can't call those of catalogs",
                      "a call of a protocol, such as http");
    return result;
  }
  if (!own_function(name).empty() && !t.r.use.has(reusables::kind::function, name)) {
    if (t.r.cataloged)
      result.function = t.r.cataloged->find_own(t.r, where).value_or(0);
    else
      t.r.problems.at(where, "a function of a catalog can't call Steward's own",
                      "a call of a protocol, such as http");
    return result;
  }
  if (!t.r.use.has(reusables::kind::function, name)) {
    report_unknown(t, where, name);
    return result;
  }
  result.function = t.r.use.find_index(t.r.problems, where, reusables::kind::function).value_or(0);
  return result;
}

} // namespace steward::workflow::reader
