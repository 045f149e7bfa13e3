#include "workflow/reader/addresses.hpp"
#include "workflow/reader/api_operations.hpp"

#include <algorithm>

/// Operations of OpenAPI 3.0 and 3.1.
namespace steward::workflow::reader {

namespace {

using where_in = api_operation::place;

std::optional<where_in> read_place(std::string_view in) {
  if (in == "path") return where_in::path;
  if (in == "query") return where_in::query;
  if (in == "header") return where_in::header;
  if (in == "cookie") return where_in::cookie;
  return std::nullopt;
}

bool is_true(const value& v) { return v.is_bool() && v.as_bool(); }

/// The first server that counts for the operation, its variables being what they are by default.
std::string read_server(const api_source& source, const api_place& where) {
  for (const auto* holder : {&where.operation, &where.item, &source.content}) {
    const auto& servers = source.get(*holder, "servers");
    if (!servers.is_array() || servers.size() == 0) continue;
    const auto& server = source.resolve(servers.items()[0]);
    const auto& url = source.get(server, "url");
    if (!url.is_string()) continue;
    std::string address{url.as_string()};
    const auto& variables = source.get(server, "variables");
    for (size_t i = 0; variables.is_object() && i < variables.size(); ++i) {
      const auto& variable = variables.members()[i];
      const auto& fallback = source.get(variable.item, "default");
      auto name = "{" + std::string{variable.key.as_string()} + "}";
      auto text = fallback.is_string() ? fallback.as_string() : std::string_view{};
      for (auto at = address.find(name); at != address.npos; at = address.find(name, at)) {
        address.replace(at, name.size(), text);
        at += text.size();
      }
    }
    return resolve_address(source.uri, address);
  }
  return resolve_address(source.uri, "/");
}

/// Headers that say what the body and the caller are come from elsewhere.
bool is_ignored(std::string_view name) {
  std::string lower{name};
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return lower == "accept" || lower == "content-type" || lower == "authorization";
}

void add_parameter(const api_source& source, const value& p, api_operation& into) {
  auto in = read_place(source.get(p, "in").as_string());
  auto name = source.get(p, "name").as_string();
  if (!in || (*in == where_in::header && is_ignored(name))) return;
  auto made = api_operation::parameter{
      std::string{name}, *in, is_true(source.get(p, "required")),
      *in == where_in::path || *in == where_in::header ? "simple" : "form", false};
  if (const auto& style = source.get(p, "style"); style.is_string()) made.style = style.as_string();
  const auto& explode = source.get(p, "explode");
  made.explode = explode.is_bool() ? explode.as_bool() : made.style == "form";
  if (source.get(p, "content").is_object()) made.style = "json";
  into.parameters.push_back(std::move(made));
}

/// How members of a form are written that the document says something about.
void apply_encoding(const api_source& source, const value& encoding, api_operation& into) {
  if (!encoding.is_object()) return;
  for (auto& p : into.parameters) {
    const auto& says = p.in == where_in::form ? source.get(encoding, p.name) : value{};
    if (const auto& style = source.get(says, "style"); style.is_string()) {
      p.style = style.as_string();
      p.explode = p.style == "form";
    }
    if (const auto& explode = source.get(says, "explode"); explode.is_bool())
      p.explode = explode.as_bool();
  }
}

void add_body(const api_source& source, const api_place& where, api_operation& into) {
  const auto& body = source.get(where.operation, "requestBody");
  const auto& content = source.get(body, "content");
  if (!content.is_object() || content.size() == 0) return;
  std::vector<std::string> offered;
  for (const auto& m : content.members()) offered.emplace_back(m.key.as_string());
  into.content_type = choose_media_type(offered);
  const auto* chosen = content.find(into.content_type);
  if (!chosen) {
    auto begins = [&](const std::string& type) { return type.starts_with(into.content_type); };
    auto found = std::ranges::find_if(offered, begins);
    chosen = content.find(found != offered.end() ? *found : offered.front());
  }
  const auto& media = source.resolve(*chosen);
  auto whole = api_operation::parameter{"body", where_in::body,
                                        is_true(source.get(body, "required")), "", false};
  auto taken = std::ranges::any_of(into.parameters, [](const auto& p) { return p.name == "body"; });
  if (!taken) into.parameters.push_back(std::move(whole));
  add_members(source, source.get(media, "schema"), into);
  apply_encoding(source, source.get(media, "encoding"), into);
}

} // namespace

outcome<api_operation, api_problem> read_openapi_operation(const api_source& source,
                                                           const api_place& where) {
  auto result = begin_operation(source, where);
  result.url = join_path(read_server(source, where), where.path);
  auto parameters = merge_parameters(source, where);
  if (!parameters) return failed{parameters.error()};
  for (const auto& p : *parameters) add_parameter(source, p, result);
  add_body(source, where, result);
  return result;
}

} // namespace steward::workflow::reader
