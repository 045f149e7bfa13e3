#include "workflow/machine/data_size.hpp"
#include "workflow/machine/http_request.hpp"
#include "workflow/machine/interpreter.hpp"
#include "workflow/machine/openapi_request.hpp"

#include <cmath>

namespace steward::workflow {

namespace {

std::string text_or_fail(const value& v, std::string_view field) {
  if (v.is_string()) return std::string{v.as_string()};
  fail_task("expression", std::string{"`"}.append(field).append("` gives no text"));
}

int64_t status_or_fail(const value& v) {
  if (v.is_int()) return v.as_int();
  if (v.is_number() && v.as_double() == std::floor(v.as_double()) && std::abs(v.as_double()) < 1e9)
    return static_cast<int64_t>(v.as_double());
  fail_task("expression", "`error.status` gives no integer");
}

} // namespace

void interpreter::begin(const task&, const do_task& body) { top().open(body.tasks, top().input); }

void interpreter::begin(const task& t, const set_task& body) {
  complete(evaluate(body.what, top().input, view(), "set"), t.then);
}

void interpreter::begin(const task& t, const switch_task& body) {
  const switch_case* chosen = nullptr;
  for (const auto& option : body.cases) {
    if (!option.when) {
      chosen = &option; // the default, wherever it stands, unless another case holds
    } else if (holds(*option.when, top().input, view(), "when")) {
      chosen = &option;
      break;
    }
  }
  complete(top().input, chosen ? chosen->then : t.then);
}

void interpreter::begin(const task&, const for_task& body) {
  auto& f = top();
  auto items = evaluate(body.in, f.input, view(), "for.in");
  if (!items.is_array()) fail_task("expression", "`for.in` gives no array");
  f.loop = std::make_unique<loop_state>();
  f.loop->items = std::move(items);
  f.data = f.input;
  next_iteration();
}

void interpreter::next_iteration() {
  auto& f = top();
  const auto& body = std::get<for_task>(f.what->body);
  if (f.loop->index < f.loop->items.size()) {
    f.loop->iterating = true;
    if (!body.while_ || holds(*body.while_, f.data, view(), "while"))
      return f.open(body.tasks, std::move(f.data));
  }
  complete(std::move(f.data), f.what->then);
}

void interpreter::begin(const task&, const try_task&) {
  top().attempt = std::make_unique<try_state>();
  top().attempt->first_attempt_us = now_us_;
  begin_attempt();
}

void interpreter::begin(const task& t, const raise_task& body) {
  auto give = [this](const value_template& source, std::string_view field) {
    return evaluate(source, top().input, view(), field);
  };
  auto text = [&give](const std::optional<value_template>& source, std::string_view field) {
    return source ? text_or_fail(give(*source, field), field) : std::string{};
  };
  auto e = run_error{};
  e.type = text_or_fail(give(body.error.type, "error.type"), "error.type");
  e.status = status_or_fail(give(body.error.status, "error.status"));
  e.instance = text(body.error.instance, "error.instance");
  e.title = text(body.error.title, "error.title");
  e.detail = text(body.error.detail, "error.detail");
  if (e.instance.empty()) e.instance = t.pointer;
  throw task_failure{std::move(e)};
}

void interpreter::begin(const task&, const wait_task& body) {
  auto timer = set_timer{};
  timer.due_us = instant_after(body.length, now_us_, top().input, view(), "wait");
  ask(timer);
}

void interpreter::begin(const task& t, const call_http_task& body) {
  auto give = [this](const value_template& source, std::string_view field) {
    return evaluate(source, top().input, view(), field);
  };
  auto call = build_http_call(body, top().input, give, limits_);
  call.idempotency_key = idempotency_key();
  call.task = t.pointer;
  call.attempt = attempt_here();
  ask(std::move(call));
}

void interpreter::begin(const task& t, const run_workflow_task& body) {
  auto child = start_child{};
  // The same key would give the same child, which has failed or was cancelled.
  child.idempotency_key = idempotency_key() + attempts_around();
  if (run_retries_ > 0) child.idempotency_key += '+' + std::to_string(run_retries_);
  child.workflow = {body.namespace_, body.name, body.version};
  child.input = body.input ? evaluate(*body.input, top().input, view(), "input") : top().input;
  child.await = body.await;
  child.task = t.pointer;
  if (body.await) return ask(std::move(child));
  child.effect = ++last_effect_;
  unanswered_.push_back(child);
  result_->commands.push_back(std::move(child));
  complete(top().input, t.then);
}

void interpreter::begin(const task& t, const call_openapi_task& body) {
  auto give = [this](const value_template& source, std::string_view field) {
    return evaluate(source, top().input, view(), field);
  };
  auto call = build_openapi_call(body, give, limits_);
  call.idempotency_key = idempotency_key();
  call.task = t.pointer;
  call.attempt = attempt_here();
  ask(std::move(call));
}

void interpreter::begin(const task&, const call_function_task& body) {
  auto input = body.with ? evaluate(*body.with, top().input, view(), "with") : top().input;
  top().open(run_.what->functions[body.function], std::move(input));
}

} // namespace steward::workflow
