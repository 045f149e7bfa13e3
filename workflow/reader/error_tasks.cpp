#include "workflow/reader/tasks.hpp"

#include <array>

/// Errors and what is done about them: raise, try, retry policies.
namespace steward::workflow::reader {

namespace {

/// `catch.errors`: only `with` is in there.
std::optional<error_filter> read_filter(reading& r, const place& where) {
  auto outer = fields{r.problems, where, "errors", {"with"}};
  auto with = outer.get("with");
  if (!with) return std::nullopt;
  // The released schema spells the last one "details", the text and later schemas "detail".
  auto f = fields{r.problems,
                  *with,
                  "errors.with",
                  {"type", "status", "instance", "title", "detail", "details"}};
  if (f.is_object() && with->size() == 0)
    r.problems.at(*with, "errors.with is empty",
                  "at least one of type, status, instance, title, detail");
  error_filter result;
  result.type = f.text("type");
  if (auto status = f.get("status")) {
    if (status->content().is_int()) {
      result.status = status->content().as_int();
    } else {
      r.problems.at(*status,
                    "\"status\" must be a whole number, but is " +
                        std::string{describe(status->content())},
                    "a status such as 503");
    }
  }
  result.instance = f.text("instance");
  result.title = f.text("title");
  result.detail = f.text("detail");
  if (auto details = f.get("details")) {
    if (f.has("detail"))
      r.problems.at_key(*details, "\"details\" is another word for \"detail\"", "one of the two");
    result.detail = f.text("details");
  }
  return result;
}

value_template read_error_text(reading& r, const place& where, const variable_scope& scope) {
  if (!read_text(r.problems, where, "\"" + std::string{where.key()} + "\"")) return {};
  return read_template(r.problems, where, scope).value_or(value_template{});
}

retry_policy read_policy(reading& r, const place& where, const variable_scope& scope);

/// `backoff`: an object with one of three keys.
retry_policy::growth read_backoff(reading& r, const place& where) {
  using growth = retry_policy::growth;
  static constexpr std::array<std::pair<std::string_view, growth>, 3> kinds{
      {{"constant", growth::constant},
       {"linear", growth::linear},
       {"exponential", growth::exponential}}};
  auto f = fields{r.problems, where, "backoff", {"constant", "linear", "exponential"}};
  if (!f.is_object()) return growth::constant;
  size_t count = 0;
  auto result = growth::constant;
  for (const auto& [name, meaning] : kinds) {
    auto found = f.get(name);
    if (!found) continue;
    check_object(r.problems, *found, "\"" + std::string{name} + "\"");
    ++count;
    result = meaning;
  }
  if (count != 1)
    r.problems.at(where, "backoff has " + std::to_string(count) + " kinds",
                  R"(one of "constant", "linear" or "exponential")");
  return result;
}

void read_limit(reading& r, const place& where, const variable_scope& scope, retry_policy& into) {
  auto f = fields{r.problems, where, "limit", {"attempt", "duration"}};
  if (auto p = f.get("duration")) into.total_duration = read_duration_source(r.problems, *p, scope);
  auto attempt = f.get("attempt");
  if (!attempt) return;
  auto a = fields{r.problems, *attempt, "limit.attempt", {"count", "duration"}};
  if (auto p = a.get("duration"))
    into.attempt_duration = read_duration_source(r.problems, *p, scope);
  if (auto count = a.get("count")) {
    if (count->content().is_int() && count->content().as_int() >= 0) {
      into.attempt_count = static_cast<uint64_t>(count->content().as_int());
    } else {
      r.problems.at(*count, "\"count\" must be a whole number, not negative", "a number such as 5");
    }
  }
}

retry_policy read_policy(reading& r, const place& where, const variable_scope& scope) {
  auto f = fields{r.problems,
                  where,
                  "a retry policy",
                  {"when", "exceptWhen", "delay", "backoff", "limit", "jitter"}};
  retry_policy result;
  if (auto p = f.get("when")) result.when = read_expression(r.problems, *p, scope);
  if (auto p = f.get("exceptWhen")) result.except_when = read_expression(r.problems, *p, scope);
  if (auto p = f.get("delay")) result.delay = read_duration_source(r.problems, *p, scope);
  if (auto p = f.get("backoff")) result.backoff = read_backoff(r, *p);
  if (auto p = f.get("limit")) read_limit(r, *p, scope, result);
  if (auto p = f.get("jitter")) {
    auto j = fields{r.problems, *p, "jitter", {"from", "to"}};
    auto from = j.require("from"), to = j.require("to");
    auto low = from ? read_duration_source(r.problems, *from, scope) : std::nullopt;
    auto high = to ? read_duration_source(r.problems, *to, scope) : std::nullopt;
    if (low && high) result.jitter.emplace(*std::move(low), *std::move(high));
  }
  return result;
}

} // namespace

retry_policy read_retry(reading& r, const place& where, const variable_scope& scope) {
  if (!where.content().is_string()) return read_policy(r, where, scope);
  auto definition = r.use.find(r.problems, where, reusables::kind::retry);
  return definition ? read_policy(r, *definition, scope) : retry_policy{};
}

error_template read_error(reading& r, const place& where, const variable_scope& scope) {
  auto f = fields{r.problems, where, "an error", {"type", "status", "instance", "title", "detail"}};
  error_template result;
  if (auto p = f.require("type")) {
    result.type = read_error_text(r, *p, scope);
    auto text = p->content().is_string() ? p->content().as_string() : std::string_view{"-"};
    if (!is_expression(*p) &&
        (text.empty() || text.find_first_of(" \t\r\n") != std::string_view::npos))
      r.problems.at(*p, "\"type\" must be a URI",
                    "a URI such as https://example.com/errors/sold-out");
  }
  if (auto p = f.require("status")) {
    if (!p->content().is_int() && !is_expression(*p))
      r.problems.at(
          *p, "\"status\" must be a whole number, but is " + std::string{describe(p->content())},
          "a status such as 503");
    result.status = read_template(r.problems, *p, scope).value_or(value_template{});
  }
  if (auto p = f.get("instance")) result.instance = read_error_text(r, *p, scope);
  if (auto p = f.get("title")) result.title = read_error_text(r, *p, scope);
  if (auto p = f.get("detail")) result.detail = read_error_text(r, *p, scope);
  return result;
}

task_body read_raise(const task_source& t) {
  auto what = *t.f.get("raise");
  auto f = fields{t.r.problems, what, "raise", {"error"}};
  auto error = f.require("error");
  if (!error) return raise_task{};
  if (!error->content().is_string()) return raise_task{read_error(t.r, *error, t.scope)};
  auto definition = t.r.use.find(t.r.problems, *error, reusables::kind::error);
  return definition ? raise_task{read_error(t.r, *definition, t.scope)} : raise_task{};
}

task_body read_try(const task_source& t) {
  auto& problems = t.r.problems;
  try_task result;
  result.tasks = read_tasks(t.r, *t.f.get("try"), t.scope);
  auto handler = t.f.require("catch");
  if (!handler) return result;
  auto f = fields{
      problems, *handler, "catch", {"errors", "as", "when", "exceptWhen", "retry", "do", "then"}};
  if (auto p = f.get("errors")) result.with = read_filter(t.r, *p);
  if (auto p = f.get("as")) result.as = read_variable_name(problems, *p).value_or(result.as);
  auto inner = variable_scope{t.scope, {result.as}};
  if (auto p = f.get("when")) result.when = read_expression(problems, *p, inner);
  if (auto p = f.get("exceptWhen")) result.except_when = read_expression(problems, *p, inner);
  if (auto p = f.get("retry")) {
    t.r.may_wait = true; // between two attempts
    result.retry = read_retry(t.r, *p, inner);
  }
  if (auto p = f.get("do")) result.handler = read_tasks(t.r, *p, inner);
  if (auto p = f.get("then")) result.then = t.siblings.read_flow(problems, *p);
  return result;
}

} // namespace steward::workflow::reader
