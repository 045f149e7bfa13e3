#include "workflow/api_parameters.hpp"
#include "workflow/reader/nearest.hpp"
#include "workflow/reader/resources.hpp"
#include "workflow/reader/tasks.hpp"

#include <algorithm>

/// `call: openapi`: its document is fetched now, and the operation taken out of it.
namespace steward::workflow::reader {

namespace {

/// Parameters that are written as an object are checked against the operation.
void check_given(problem_list& problems, const place& where, const api_operation& operation) {
  std::vector<std::string_view> known;
  for (const auto& p : operation.parameters) known.push_back(p.name);
  for (size_t i = 0; i < where.size(); ++i) {
    auto entry = place{where, i};
    if (!find_parameter(operation, entry.key()))
      problems.at_key(entry,
                      "the operation \"" + operation.id + "\" has no parameter \"" +
                          std::string{entry.key()} + "\"" + suggestion(entry.key(), known),
                      known.empty() ? "no parameters" : enumerate(known));
  }
}

void check_missing(problem_list& problems, const place& where, const value& given,
                   const api_operation& operation) {
  for (const auto& name : missing_parameters(operation, given))
    problems.at(where,
                "the operation \"" + operation.id + "\" needs the parameter \"" +
                    std::string{name} + "\"",
                "\"" + std::string{name} + "\" in \"parameters\"");
}

std::optional<api_operation> find_operation(const task_source& t, const fields& f) {
  auto document = f.require("document");
  auto id = f.required_text("operationId");
  auto uri = document ? read_resource(t.r, *document, t.scope) : std::nullopt;
  if (!uri || !id) return std::nullopt;
  auto api = t.r.documents.find_api(t.r.problems, *document, *uri);
  if (!api) return std::nullopt;
  auto operation = api->find(*id);
  if (operation) return *std::move(operation);
  t.r.problems.at(*f.get("operationId"), operation.error().message, operation.error().expected);
  return std::nullopt;
}

} // namespace

task_body read_openapi(const task_source& t) {
  auto& problems = t.r.problems;
  call_openapi_task result;
  auto with = t.f.require("with");
  if (!with) return result;
  auto f =
      fields{problems,
             *with,
             "with",
             {"document", "operationId", "parameters", "authentication", "output", "redirect"}};
  if (!f.is_object()) return result;
  auto operation = find_operation(t, f);
  auto parameters = f.get("parameters");
  if (parameters) {
    if (!parameters->content().is_object() && !is_expression(*parameters))
      problems.at(*parameters,
                  "\"parameters\" must be an object or an expression, but is " +
                      std::string{describe(parameters->content())},
                  "an object, or ${ ... }");
    result.parameters = read_template(problems, *parameters, t.scope);
  }
  if (operation && parameters && parameters->content().is_object()) {
    check_given(problems, *parameters, *operation);
    check_missing(problems, *parameters, parameters->content(), *operation);
  }
  if (operation && !parameters) check_missing(problems, *with, value::empty_object(), *operation);
  if (operation) result.operation = *std::move(operation);
  if (auto p = f.get("authentication")) result.auth = read_authentication_or_use(t.r, *p, t.scope);
  result.output = read_call_result(f);
  result.redirect = f.boolean("redirect").value_or(false);
  return result;
}

} // namespace steward::workflow::reader
