#include "workflow/machine/openapi_request.hpp"

#include "workflow/api_parameters.hpp"
#include "workflow/json.hpp"
#include "workflow/machine/address.hpp"
#include "workflow/machine/body.hpp"
#include "workflow/machine/errors.hpp"
#include "workflow/machine/parameter_style.hpp"

namespace steward::workflow {

namespace {

using place = api_operation::place;

void check_given(const api_operation& operation, const value& given) {
  for (const auto& [key, item] : given.members())
    if (!find_parameter(operation, key.as_string()))
      refuse_field("parameters", "the operation `" + operation.id + "` has no parameter `" +
                                     safe_text(key.as_string(), 100) + "`");
  auto missing = missing_parameters(operation, given);
  if (!missing.empty())
    refuse_field("parameters", "the operation `" + operation.id + "` needs the parameter `" +
                                   std::string{missing.front()} + "`");
}

/// The address with each `{name}` of a path parameter filled in. What the document itself wrote
/// there is left as it is.
std::string expand_path(const api_operation& operation, const value& given) {
  auto out = std::string{};
  auto pattern = std::string_view{operation.url};
  while (!pattern.empty()) {
    auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == pattern.npos) break;
    auto close = pattern.find('}', open);
    if (close == pattern.npos) refuse_field("parameters", "the document's path is malformed");
    auto name = pattern.substr(open + 1, close - open - 1);
    auto p = find_parameter(operation, name);
    auto v = given.get(name);
    if (!p || p->in != place::path || v.is_null())
      refuse_field("parameters", "the path needs `" + std::string{name} + "`");
    out += styled_path(*p, v);
    pattern.remove_prefix(close + 1);
  }
  return out;
}

/// The body as a whole, or put together from its members.
std::optional<value> find_body(const api_operation& operation, const value& given) {
  auto whole = std::optional<value>{};
  auto members = std::vector<member>{};
  for (const auto& [key, item] : given.members()) {
    auto p = find_parameter(operation, key.as_string());
    if (p->in == place::body && !item.is_null()) whole = item;
    if (p->in == place::form && !item.is_null()) members.emplace_back(key, item);
  }
  if (whole && !members.empty())
    refuse_field("parameters", "the body is given as a whole and by `" +
                                   std::string{members.front().key.as_string()} + "`");
  if (!members.empty()) return value::object(std::move(members));
  return whole;
}

/// A form whose members the document wants in styles of their own.
std::string styled_form(const api_operation& operation, const value& body) {
  auto out = std::string{};
  for (const auto& [key, item] : body.members()) {
    auto p = find_parameter(operation, key.as_string());
    if (p && p->in == place::form && (p->style != "form" || !p->explode))
      append_styled_query(out, *p, item);
    else
      append_form_field(out, key.as_string(), item);
  }
  return out;
}

} // namespace

http_call build_openapi_call(const call_openapi_task& task, const template_evaluator& evaluate,
                             const machine_limits& limits) {
  const auto& operation = task.operation;
  auto given = task.parameters ? evaluate(*task.parameters, "parameters") : value::empty_object();
  if (!given.is_object()) refuse_field("parameters", "an object was expected");
  check_given(operation, given);
  auto call = http_call{};
  call.method = operation.method;
  call.follow_redirects = task.redirect;
  auto url = expand_path(operation, given);
  auto query = std::string{}, cookies = std::string{};
  for (const auto& p : operation.parameters) {
    auto v = given.get(p.name);
    if (v.is_null()) continue;
    if (p.in == place::query) append_styled_query(query, p, v);
    if (p.in == place::cookie) append_styled_cookie(cookies, p, v);
    if (p.in == place::header)
      for (auto& [name, text] : read_headers(value::object({{value{p.name}, styled_header(p, v)}})))
        put_header(call.headers, name, std::move(text));
  }
  if (!query.empty()) {
    begin_query(url);
    url += query;
  }
  call.url = checked_address(url);
  if (!cookies.empty()) put_header(call.headers, "cookie", std::move(cookies));
  if (auto body = find_body(operation, given)) {
    put_header(call.headers, "content-type", operation.content_type);
    auto is_form = operation.content_type.starts_with("application/x-www-form-urlencoded");
    if (is_form && body->is_object()) body = value{styled_form(operation, *body)};
    auto is_json = operation.content_type.find("json") != std::string::npos;
    // Text is sent as it is, but as a JSON value it needs its quotes.
    if (is_json && body->is_string()) body = value{to_json(*body)};
    set_body(call, *body, limits);
  }
  if (task.auth) authenticate(call, *task.auth, evaluate);
  return call;
}

} // namespace steward::workflow
