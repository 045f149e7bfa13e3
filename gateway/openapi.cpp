#include "gateway/openapi.hpp"

#include "gateway/routes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace steward::gateway {

namespace {

using nlohmann::json;

json problem_answer(const std::string& description) {
  return {
      {"description", description},
      {"content",
       {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

/// Every error that any call may meet on top of its own.
void add_common_errors(json& responses, const route& r) {
  const auto add = [&](const char* status, const char* why) {
    if (!responses.contains(status)) responses[status] = problem_answer(why);
  };
  add("400", "The request is malformed; `errors` names what is wrong.");
  add("403", "In dev mode: the request comes from a foreign page.");
  add("503", "Not available now; `Retry-After` tells when to try again.");
  if (!r.open) add("401", "Credentials are missing.");
  if (responses.contains("503"))
    responses["503"]["headers"]["Retry-After"] = {{"$ref", "#/components/headers/RetryAfter"}};
  if (responses.contains("429"))
    responses["429"]["headers"]["Retry-After"] = {{"$ref", "#/components/headers/RetryAfter"}};
}

/// An answer given as a number and a sentence is a problem document; others are written out.
json answers_of(const json& written, const route& r) {
  json out = json::object();
  for (const auto& [status, what] : written.items())
    out[status] = what.is_string() ? problem_answer(what.get<std::string>()) : what;
  add_common_errors(out, r);
  return out;
}

json parameters_of(const json& documented, const route& r) {
  json out = json::array();
  const auto text = std::string{r.pattern};
  for (size_t begin = text.find('{'); begin != std::string::npos;
       begin = text.find('{', begin + 1)) {
    const auto name = text.substr(begin + 1, text.find('}', begin) - begin - 1);
    out.push_back({{"$ref", "#/components/parameters/path_" + name}});
  }
  for (auto rest = r.query; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto name = std::string{rest.substr(0, end)};
    const auto meant = documented.value("parameters", json::object()).value(name, name);
    out.push_back({{"$ref", "#/components/parameters/query_" + meant}});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (documented.contains("headers"))
    for (const auto& name : documented["headers"])
      out.push_back({{"$ref", "#/components/parameters/header_" + name.get<std::string>()}});
  return out;
}

json operation_of(const json& documented, const route& r) {
  json out{{"operationId", r.id},
           {"summary", documented.at("summary")},
           {"tags", json::array({documented.at("tag")})}};
  if (documented.contains("description")) out["description"] = documented["description"];
  if (auto parameters = parameters_of(documented, r); !parameters.empty())
    out["parameters"] = std::move(parameters);
  if (documented.contains("requestBody")) out["requestBody"] = documented["requestBody"];
  out["responses"] = answers_of(documented.at("responses"), r);
  out["security"] = json::array();
  if (!r.open) out["security"] = json::array({{{"key", json::array()}}, json::object()});
  return out;
}

} // namespace

std::string openapi_document(std::string_view version) {
  auto operations = json::parse(openapi_operations());
  operations.update(json::parse(openapi_agent_operations()));
  auto components = json::parse(openapi_schemas());
  components.merge_patch(json::parse(openapi_agent_components()));
  json paths = json::object();
  for (const auto& r : routes()) {
    auto method = std::string{r.method};
    for (auto& c : method) c = static_cast<char>(c + ('a' - 'A'));
    paths[std::string{r.pattern}][method] = operation_of(operations.at(std::string{r.id}), r);
  }
  json info{{"title", "Steward"}, {"version", version}};
  info["license"] = {{"name", "Apache License 2.0"}, {"identifier", "Apache-2.0"}};
  info["description"] = "Durable workflow runs. Errors are RFC 9457 documents; lists are `{items, "
                        "next}` and page by `cursor`; times are RFC 3339 in UTC.";
  const auto tag = [](const char* name, const char* description) {
    return json{{"name", name}, {"description", description}};
  };
  json document{{"openapi", "3.1.0"}};
  document["info"] = std::move(info);
  document["servers"] = json::array({json{{"url", "/"}}});
  document["tags"] = json::array(
      {tag("workflows", "Definitions, by version."), tag("runs", "Runs of workflows."),
       tag("expressions", "For editors."), tag("events", "CloudEvents for runs and triggers."),
       tag("records", "Business data: JSON by collection."),
       tag("agents", "What acts by itself, and who may stop it."),
       tag("feed", "What changes, live."), tag("server", "The server itself.")});
  document["paths"] = std::move(paths);
  document["components"] = components;
  return document.dump();
}

} // namespace steward::gateway
