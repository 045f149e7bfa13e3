#include "workflow/reader/functions.hpp"

#include <algorithm>

/// `call: http`, and who it says it is.
namespace steward::workflow::reader {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string read_method(const fields& f, problem_list& problems) {
  auto method = f.required_text("method");
  if (!method) return {};
  if (method->empty() || !std::all_of(method->begin(), method->end(), is_letter))
    problems.at(*f.get("method"), "\"" + *method + "\" is no HTTP method", "a method such as get");
  std::transform(method->begin(), method->end(), method->begin(),
                 [](char c) { return is_letter(c) ? static_cast<char>(c & ~0x20) : c; });
  return *method;
}

/// `{name}` only: what RFC 6570 calls level 1. The offset of the first thing that is not, and why.
std::optional<std::pair<size_t, std::string>> find_template_problem(std::string_view uri) {
  for (size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '}') return {{i, "\"}\" has no \"{\" before it"}};
    if (uri[i] != '{') continue;
    auto end = uri.find('}', i);
    if (end == uri.npos) return {{i, "\"{\" has no \"}\" after it"}};
    auto name = uri.substr(i + 1, end - i - 1);
    bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '%';
    });
    if (!plain) return {{i, "\"{" + std::string{name} + "}\" is no placeholder of this version"}};
    i = end;
  }
  return std::nullopt;
}

void check_uri_template(problem_list& problems, const place& where) {
  auto uri = where.content().as_string();
  auto scheme = uri.substr(0, uri.find("://"));
  std::string lower{scheme};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return is_letter(c) ? static_cast<char>(c | 0x20) : c; });
  if (scheme.size() == uri.size() || (lower != "http" && lower != "https")) {
    problems.at(where, "\"" + std::string{uri} + "\" is no http or https address",
                "an address such as https://example.com/pets/{petId}, or ${ ... }");
    return;
  }
  auto problem = find_template_problem(uri);
  if (!problem) return;
  problems.in_text(where, problem->first, problem->second, "{name}, a field of the task's input");
}

/// A text with placeholders, or an expression.
void read_address(const task_source& t, const place& where, call_http_task& into) {
  if (!read_text(t.r.problems, where, "\"" + std::string{where.key()} + "\"")) return;
  auto before = read_template(t.r.problems, where, t.scope);
  if (!before) return;
  into.endpoint = *std::move(before);
  into.endpoint_is_template = !is_expression(where);
  if (into.endpoint_is_template && !has_embedded_expression(where.content().as_string()))
    check_uri_template(t.r.problems, where);
}

void read_endpoint(const task_source& t, const place& where, call_http_task& into) {
  if (where.content().is_string()) {
    read_address(t, where, into);
    return;
  }
  auto f = fields{t.r.problems, where, "an endpoint", {"uri", "authentication"}};
  if (auto uri = f.require("uri")) read_address(t, *uri, into);
  if (auto p = f.get("authentication")) into.auth = read_authentication_or_use(t.r, *p, t.scope);
}

/// `headers` and `query`: an object of texts, or an expression that gives one.
std::optional<value_template> read_texts(const task_source& t, const place& where) {
  auto& problems = t.r.problems;
  auto what = "\"" + std::string{where.key()} + "\"";
  if (!where.content().is_object() && !is_expression(where)) {
    problems.at(where,
                what + " must be an object or an expression, but is " +
                    std::string{describe(where.content())},
                "an object of texts, or ${ ... }");
    return std::nullopt;
  }
  for (size_t i = 0; i < where.size(); ++i) {
    auto entry = place{where, i};
    read_text(problems, entry, "\"" + std::string{entry.key()} + "\" in " + what);
  }
  return read_template(problems, where, t.scope);
}

task_body read_http(const task_source& t) {
  auto& problems = t.r.problems;
  call_http_task result;
  auto with = t.f.require("with");
  if (!with) return result;
  auto f = fields{problems,
                  *with,
                  "with",
                  {"method", "endpoint", "headers", "body", "query", "output", "redirect"}};
  result.method = read_method(f, problems);
  if (auto p = f.require("endpoint")) read_endpoint(t, *p, result);
  if (auto p = f.get("headers")) result.headers = read_texts(t, *p);
  if (auto p = f.get("query")) result.query = read_texts(t, *p);
  if (auto p = f.get("body")) result.body = read_template(problems, *p, t.scope);
  if (auto output = f.word("output", {"content", "raw", "response"})) {
    using kind = call_result;
    result.output = *output == "raw"        ? kind::raw
                    : *output == "response" ? kind::response
                                            : kind::content;
  }
  result.redirect = f.boolean("redirect").value_or(false);
  return result;
}

/// True, and a problem, for `{use: secret}`.
bool is_secret(reading& r, const place& where) {
  if (!where.content().find("use")) return false;
  r.problems.at(where, "authentication by a secret (use) is not supported by this version",
                "the credentials themselves, or expressions");
  return true;
}

} // namespace

std::optional<authentication> read_authentication(reading& r, const place& where,
                                                  const variable_scope& scope) {
  auto f =
      fields{r.problems, where, "authentication", {"basic", "bearer", "digest", "oauth2", "oidc"}};
  if (!f.is_object()) return std::nullopt;
  if (where.size() != 1) {
    r.problems.at(where, "an authentication has " + std::to_string(where.size()) + " schemes",
                  R"(one of "basic" or "bearer")");
    return std::nullopt;
  }
  for (auto name : {"digest", "oauth2", "oidc"})
    f.unsupported(name, std::string{name} + " authentication");
  if (auto basic = f.get("basic"); basic && !is_secret(r, *basic)) {
    auto b = fields{r.problems, *basic, "basic", {"username", "password"}};
    b.required_text("username");
    b.required_text("password");
    if (auto properties = read_template(r.problems, *basic, scope))
      return authentication{auth_scheme::basic, *std::move(properties), {}};
  }
  if (auto bearer = f.get("bearer"); bearer && !is_secret(r, *bearer)) {
    auto b = fields{r.problems, *bearer, "bearer", {"token"}};
    b.required_text("token");
    if (auto properties = read_template(r.problems, *bearer, scope))
      return authentication{auth_scheme::bearer, *std::move(properties), {}};
  }
  return std::nullopt;
}

std::optional<authentication> read_authentication_or_use(reading& r, const place& where,
                                                         const variable_scope& scope) {
  if (!where.content().find("use")) return read_authentication(r, where, scope);
  auto f = fields{r.problems, where, "authentication", {"use"}};
  auto definition = r.use.find(r.problems, *f.get("use"), reusables::kind::authentication);
  return definition ? read_authentication(r, *definition, scope) : std::nullopt;
}

task_body read_call(const task_source& outer) {
  outer.r.may_wait = true;
  auto scope = variable_scope::with_secrets(outer.scope, outer.r.use.secrets());
  auto t = task_source{outer.r, outer.where, outer.f, scope, outer.siblings};
  auto what = t.f.text("call");
  if (!what || *what == "http") return what ? read_http(t) : call_http_task{};
  if (!is_protocol(*what)) return read_function_call(t);
  t.r.problems.at(*t.f.get("call"), "call: " + *what + " is not supported by this version",
                  "\"http\"");
  return call_http_task{};
}

} // namespace steward::workflow::reader
