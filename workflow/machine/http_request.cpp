#include "workflow/machine/http_request.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"
#include "workflow/machine/data_size.hpp"
#include "workflow/machine/errors.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void refuse(std::string_view field, std::string_view reason) {
  fail_task("expression", std::string{"`"}.append(field).append("`: ").append(reason));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

/// Text, number or boolean as text.
std::string scalar_text(const value& v, std::string_view field, std::string_view name) {
  if (v.is_string()) return std::string{v.as_string()};
  if (v.is_number() || v.is_bool()) return to_json(v);
  refuse(field, std::string{"`"}.append(name).append("` is no text, number or boolean"));
}

// --- the address
// ----------------------------------------------------------------------------------

std::string expand(std::string_view pattern, const value& input) {
  auto out = std::string{};
  while (!pattern.empty()) {
    auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == pattern.npos) break;
    auto close = pattern.find('}', open);
    if (close == pattern.npos) refuse("endpoint", "a `{` is not closed");
    auto name = pattern.substr(open + 1, close - open - 1);
    auto found = input.find(name);
    if (!found)
      refuse("endpoint", std::string{"the task's input has no member `"}.append(name) + "`");
    append_percent_encoded(out, scalar_text(*found, "endpoint", name));
    pattern.remove_prefix(close + 1);
  }
  return out;
}

/// Absolute, http or https, a host, nothing that could break the request line. Characters beyond
/// ASCII are percent-encoded after the host; the fragment stays here.
std::string checked_address(std::string_view text) {
  text = text.substr(0, text.find('#'));
  auto scheme_end = text.find("://");
  auto scheme = text.substr(0, scheme_end == text.npos ? 0 : scheme_end);
  if (!same_name(scheme, "http") && !same_name(scheme, "https"))
    refuse("endpoint", "an absolute http or https address was expected");
  auto host_begin = scheme_end + 3;
  auto host_end = std::min(text.find_first_of("/?", host_begin), text.size());
  if (host_end == host_begin) refuse("endpoint", "the address names no host");
  auto out = std::string{text.substr(0, host_end)};
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte <= ' ' || byte == 0x7f || byte == '\\' || (byte > 0x7f && i < host_end))
      refuse("endpoint", "the address has a character that no address may have");
    if (i < host_end) continue;
    if (byte > 0x7f)
      append_percent_encoded(out, text.substr(i, 1));
    else
      out += text[i];
  }
  return out;
}

void append_query(std::string& url, const value& query) {
  if (query.is_null()) return;
  if (!query.is_object()) refuse("query", "an object was expected");
  auto append = [&url](std::string_view name, const value& v) {
    if (v.is_null()) return;
    url += url.find('?') == url.npos ? '?' : '&';
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

// --- headers
// --------------------------------------------------------------------------------------

bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return is_alphanumeric(c) || marks.find(c) != marks.npos;
  });
}

/// The transport writes these itself; a second opinion would let one request pass for two.
bool is_framing(std::string_view name) {
  for (auto framing : {"content-length", "transfer-encoding", "connection", "upgrade", "trailer"})
    if (same_name(name, framing)) return true;
  return false;
}

void check_header_text(std::string_view name, std::string_view text) {
  for (char c : text)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f')
      refuse("headers", std::string{"`"}.append(name) + "` has a control character");
}

void put_header(header_list& headers, std::string_view name, std::string text) {
  check_header_text(name, text);
  std::erase_if(headers, [name](const auto& header) { return same_name(header.first, name); });
  headers.emplace_back(name, std::move(text));
}

header_list read_headers(const value& v) {
  auto headers = header_list{};
  if (v.is_null()) return headers;
  if (!v.is_object()) refuse("headers", "an object was expected");
  for (const auto& [key, item] : v.members()) {
    auto name = key.as_string();
    if (!is_token(name)) refuse("headers", "`" + safe_text(name, 100) + "` is no header name");
    if (is_framing(name))
      refuse("headers", std::string{"`"}.append(name) + "` is set by the transport");
    if (!item.is_null()) put_header(headers, name, scalar_text(item, "headers", name));
  }
  return headers;
}

/// What the policy says, for whoever sends the request; basic and bearer are just headers.
void authenticate(http_call& call, const authentication& auth, const template_evaluator& evaluate) {
  auto properties = auth.secret.empty() ? evaluate(auth.properties, "authentication") : value{};
  if (auth.secret.empty() && auth.scheme == auth_scheme::bearer)
    return put_header(call.headers, "authorization",
                      "Bearer " + scalar_text(properties.get("token"), "authentication", "token"));
  if (auth.secret.empty() && auth.scheme == auth_scheme::basic) {
    auto user = scalar_text(properties.get("username"), "authentication", "username");
    if (user.find(':') != user.npos) refuse("authentication", "a username can't have a colon");
    auto password = scalar_text(properties.get("password"), "authentication", "password");
    return put_header(call.headers, "authorization",
                      "Basic " + base64::encode(user + ":" + password));
  }
  call.auth = call_authentication{auth.scheme, std::move(properties), auth.secret};
}

bool has_header(const header_list& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& h) { return same_name(h.first, name); });
}

std::string body_text(const value& body, const machine_limits& limits) {
  if (json_size(body, limits.data_bytes) > limits.data_bytes)
    fail_task("runtime", "the body is larger than " + std::to_string(limits.data_bytes) + " bytes");
  return body.is_string() ? std::string{body.as_string()} : to_json(body);
}

} // namespace

http_call build_http_call(const call_http_task& task, const value& input,
                          const template_evaluator& evaluate, const machine_limits& limits) {
  auto call = http_call{};
  call.method = task.method;
  call.follow_redirects = task.redirect;
  if (task.endpoint_is_template) {
    call.url = checked_address(expand(task.endpoint.written().as_string(), input));
  } else {
    auto address = evaluate(task.endpoint, "endpoint");
    if (!address.is_string()) refuse("endpoint", "a text was expected");
    call.url = checked_address(address.as_string());
  }
  if (task.query) append_query(call.url, evaluate(*task.query, "query"));
  if (task.headers) call.headers = read_headers(evaluate(*task.headers, "headers"));
  if (task.body) {
    auto body = evaluate(*task.body, "body");
    call.body = body_text(body, limits);
    if (!body.is_string() && !has_header(call.headers, "content-type"))
      call.headers.emplace_back("content-type", "application/json");
  }
  if (task.auth) authenticate(call, *task.auth, evaluate);
  return call;
}

} // namespace steward::workflow
