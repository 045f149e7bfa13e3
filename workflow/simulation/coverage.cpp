#include "workflow/simulation/coverage.hpp"

#include "workflow/machine/errors.hpp"
#include "workflow/machine/inspection.hpp"
#include "workflow/simulation/generated.hpp"

#include <algorithm>

namespace steward::workflow::simulation {

namespace {

/// What a `when` sees, as far as the run's picture has it.
class picture_variables final : public variable_source {
public:
  picture_variables(const run_picture& p, const value& input, const value& workflow)
      : picture_(p), input_(input), workflow_(workflow) {}
  value lookup(std::string_view name) const override {
    if (auto local = picture_.variables.find(name)) return *local;
    if (name == "context") return picture_.context;
    if (name == "input") return input_;
    if (name == "workflow") return workflow_;
    return {};
  }

private:
  const run_picture& picture_;
  const value& input_;
  const value& workflow_;
};

std::string key_of(std::string_view kind, std::string_view pointer, std::string_view case_) {
  return std::string{kind}.append(" ").append(pointer).append(" ").append(case_);
}

bool is_timeout_of(const value& error, std::string_view pointer) {
  auto e = run_error_from(error);
  return same_error_type(e.type, error_type("timeout")) && e.instance == pointer;
}

} // namespace

coverage::coverage(std::shared_ptr<const definition> d) : what_(std::move(d)) {
  if (what_->timeout) add("timeout", "", what_->ref.name);
  visit_tasks(*what_, [this](const task& t) { list(t); });
}

void coverage::add(std::string_view kind, std::string pointer, std::string name) {
  index_.emplace(key_of(kind, pointer, kind == "case" ? name : ""), items_.size());
  items_.push_back({kind, std::move(pointer), std::move(name), 0});
}

void coverage::list(const task& t) {
  if (!tasks_.emplace(t.pointer, &t).second) return;
  add("task", t.pointer, t.name);
  if (t.timeout) add("timeout", t.pointer, t.name);
  if (auto body = std::get_if<switch_task>(&t.body))
    for (const auto& c : body->cases) add("case", t.pointer, c.name);
  if (auto body = std::get_if<fork_task>(&t.body))
    for (const auto& branch : body->branches) add("branch", branch[0].pointer, branch[0].name);
  if (auto body = std::get_if<try_task>(&t.body)) {
    for (const auto& inner : body->tasks) body_of_.emplace(inner.pointer, t.pointer);
    if (!body->handler.empty()) handler_of_.emplace(body->handler[0].pointer, t.pointer);
    if (body->retry) {
      add("retry", t.pointer, t.name);
      add("exhausted", t.pointer, t.name);
    }
    if (!body->handler.empty() || !body->retry) add("handler", t.pointer, t.name);
  }
}

void coverage::reach(std::string_view kind, std::string_view pointer, std::string_view case_) {
  auto found = index_.find(key_of(kind, pointer, case_));
  if (found != index_.end()) ++items_[found->second].reached;
}

void coverage::on_step(const step& s, const machine& m) {
  if (s.type == "workflow.started") run_input_ = s.data.get("input");
  if (s.type == "workflow.faulted" && is_timeout_of(s.data.get("error"), "/timeout"))
    return reach("timeout", "");
  auto found = tasks_.find(s.task);
  if (found == tasks_.end()) return;
  const auto& t = *found->second;
  if (s.type == "task.started") {
    reach("task", s.task);
    reach("branch", s.task);
    if (auto body = std::get_if<switch_task>(&t.body)) see_case(t, *body, s, m);
  }
  if (s.type == "task.faulted" && t.timeout && is_timeout_of(s.data.get("error"), s.task))
    reach("timeout", s.task);
  see_try(s);
}

/// The machine tells no case, so it is found as the machine finds it.
void coverage::see_case(const task& t, const switch_task& body, const step& s, const machine& m) {
  auto picture = m.inspect();
  auto input = s.data.get("input");
  auto workflow = value::object({{"definition", what_->document}, {"input", run_input_}});
  auto variables = picture_variables{picture, input, workflow};
  const switch_case* chosen = nullptr;
  for (const auto& option : body.cases) {
    if (!option.when) {
      chosen = &option;
      continue;
    }
    auto result = option.when->evaluate_one(input, variables, s.time_us);
    if (!result || !result->is_bool()) return;
    if (!result->as_bool()) continue;
    chosen = &option;
    break;
  }
  if (chosen) reach("case", t.pointer, chosen->name);
}

/// An error comes out of a `try` when one of its own tasks has faulted and it neither retries nor
/// goes on with the next.
void coverage::see_try(const step& s) {
  if (auto around = body_of_.find(s.task); around != body_of_.end()) {
    auto& state = trying_[around->second];
    state.failing = s.type == "task.faulted" || (state.failing && s.type != "task.started");
  }
  auto starts = s.type == "task.started" || s.type == "task.skipped";
  if (auto around = handler_of_.find(s.task); around != handler_of_.end() && starts)
    give_up(around->second);
  auto& own = trying_[std::string{s.task}];
  if (s.type == "task.started") own = {};
  if (s.type == "task.retried") {
    reach("retry", s.task);
    own.failing = false;
    ++own.retries;
  }
  if (s.type == "task.completed" && own.failing) give_up(s.task);
  if (s.type == "task.faulted" && own.failing && own.retries > 0) reach("exhausted", s.task);
}

/// The error was handled, or swallowed: the first task of the handler tells, or the end.
void coverage::give_up(std::string_view pointer) {
  auto& state = trying_[std::string{pointer}];
  state.failing = false;
  reach("handler", pointer);
  if (state.retries > 0) reach("exhausted", pointer);
}

double coverage::percent() const {
  if (items_.empty()) return 100;
  auto reached = std::ranges::count_if(items_, [](const item& i) { return i.reached > 0; });
  return 100.0 * static_cast<double>(reached) / static_cast<double>(items_.size());
}

} // namespace steward::workflow::simulation
