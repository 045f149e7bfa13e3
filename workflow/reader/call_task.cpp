#include "workflow/reader/addresses.hpp"
#include "workflow/reader/functions.hpp"
#include "workflow/reader/protocols.hpp"

#include <algorithm>

/// `call: http`, and which call is which.
namespace steward::workflow::reader {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string read_method(const fields& f, problem_list& problems) {
  auto method = f.required_text("method");
  if (!method) return {};
  if (method->empty() || !std::all_of(method->begin(), method->end(), is_letter))
    problems.at(*f.get("method"), "\"" + *method + "\" is no HTTP method", "a method such as get");
  std::transform(method->begin(), method->end(), method->begin(),
                 [](char c) { return is_letter(c) ? static_cast<char>(c & ~0x20) : c; });
  return *method;
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
  result.output = read_call_result(f);
  result.redirect = f.boolean("redirect").value_or(false);
  return result;
}

} // namespace

call_result read_call_result(const fields& f) {
  auto word = f.word("output", {"content", "raw", "response"});
  if (!word || *word == "content") return call_result::content;
  return *word == "raw" ? call_result::raw : call_result::response;
}

task_body read_call(const task_source& outer) {
  outer.r.may_wait = true;
  auto scope = variable_scope::with_secrets(outer.scope, outer.r.use.secrets());
  auto t = task_source{outer.r, outer.where, outer.f, scope, outer.siblings};
  auto what = t.f.text("call");
  if (!what || *what == "http") return what ? read_http(t) : call_http_task{};
  if (!is_protocol(*what)) return read_function_call(t);
  if (*what == "openapi") return read_openapi(t);
  refuse_protocol(t, *t.f.get("call"));
  return call_http_task{};
}

} // namespace steward::workflow::reader
