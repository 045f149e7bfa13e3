#include "workflow/machine/http_request.hpp"

#include "workflow/machine/address.hpp"
#include "workflow/machine/base64.hpp"
#include "workflow/machine/body.hpp"

namespace steward::workflow {

namespace {

std::string expand(std::string_view pattern, const value& input) {
  auto out = std::string{};
  while (!pattern.empty()) {
    auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == pattern.npos) break;
    auto close = pattern.find('}', open);
    if (close == pattern.npos) refuse_field("endpoint", "a `{` is not closed");
    auto name = pattern.substr(open + 1, close - open - 1);
    // As RFC 6570 has it: what is not defined expands to nothing.
    if (auto found = input.find(name); found && !found->is_null())
      append_percent_encoded(out, scalar_text(*found, "endpoint", name));
    pattern.remove_prefix(close + 1);
  }
  return out;
}

void append_query(std::string& url, const value& query) {
  if (query.is_null()) return;
  if (!query.is_object()) refuse_field("query", "an object was expected");
  auto append = [&url](std::string_view name, const value& v) {
    if (v.is_null()) return;
    begin_query(url);
    append_percent_encoded(url, name);
    url += '=';
    append_percent_encoded(url, scalar_text(v, "query", name));
  };
  for (const auto& [key, item] : query.members()) {
    if (item.is_array())
      for (const auto& element : item.items()) append(key.as_string(), element);
    else
      append(key.as_string(), item);
  }
}

} // namespace

void authenticate(http_call& call, const authentication& auth, const template_evaluator& evaluate) {
  auto properties = auth.secret.empty() ? evaluate(auth.properties, "authentication") : value{};
  if (auth.secret.empty() && auth.scheme == auth_scheme::bearer)
    return put_header(call.headers, "authorization",
                      "Bearer " + scalar_text(properties.get("token"), "authentication", "token"));
  if (auth.secret.empty() && auth.scheme == auth_scheme::basic) {
    auto user = scalar_text(properties.get("username"), "authentication", "username");
    if (user.find(':') != user.npos)
      refuse_field("authentication", "a username can't have a colon");
    auto password = scalar_text(properties.get("password"), "authentication", "password");
    return put_header(call.headers, "authorization",
                      "Basic " + base64::encode(user + ":" + password));
  }
  call.auth = call_authentication{auth.scheme, std::move(properties), auth.secret};
}

http_call build_http_call(const call_http_task& task, const value& input,
                          const template_evaluator& evaluate, const machine_limits& limits) {
  auto call = http_call{};
  call.method = task.method;
  call.follow_redirects = task.redirect;
  if (task.endpoint_is_template) {
    call.url = checked_address(expand(task.endpoint.written().as_string(), input));
  } else {
    auto address = evaluate(task.endpoint, "endpoint");
    if (!address.is_string()) refuse_field("endpoint", "a text was expected");
    call.url = checked_address(address.as_string());
  }
  if (task.query) append_query(call.url, evaluate(*task.query, "query"));
  if (task.headers) call.headers = read_headers(evaluate(*task.headers, "headers"));
  if (task.body) set_body(call, evaluate(*task.body, "body"), limits);
  if (task.auth) authenticate(call, *task.auth, evaluate);
  return call;
}

} // namespace steward::workflow
