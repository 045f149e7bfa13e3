#include "workflow/reader/tasks.hpp"

/// The tasks that order other tasks, and those that need nobody: do, set, switch, for, fork,
/// wait.
namespace steward::workflow::reader {

namespace {

switch_case read_case(const task_source& t, const place& where) {
  auto& problems = t.r.problems;
  switch_case result;
  result.name = where.key();
  auto f = fields{problems, where, "a case", {"when", "then"}};
  if (auto when = f.get("when")) result.when = read_expression(problems, *when, t.scope);
  if (auto then = f.require("then")) result.then = t.siblings.read_flow(problems, *then);
  return result;
}

/// `for.in`: an expression, or the items themselves.
value_template read_collection(const task_source& t, const place& where) {
  std::optional<value_template> result;
  if (where.content().is_string()) {
    result = read_template(t.r.problems, where, t.scope, template_form::bare);
  } else if (where.content().is_array()) {
    result = read_template(t.r.problems, where, t.scope);
  } else {
    t.r.problems.at(where,
                    "\"in\" must be an expression or an array, but is " +
                        std::string{describe(where.content())},
                    "an expression such as ${ .items }, or an array");
  }
  return result.value_or(value_template{});
}

} // namespace

task_body read_do(const task_source& t) {
  return do_task{read_tasks(t.r, *t.f.get("do"), t.scope)};
}

task_body read_set(const task_source& t) {
  auto what = *t.f.get("set");
  auto& problems = t.r.problems;
  auto is_program =
      is_expression(what) || (what.content().is_string() && t.scope.mode() == evaluation::loose);
  if (what.content().is_object() ? what.size() == 0 : !is_program) {
    auto found = what.content().is_object()   ? std::string{"an empty object"}
                 : what.content().is_string() ? std::string{"a text that is no ${ ... }"}
                                              : std::string{describe(what.content())};
    problems.at(what, "\"set\" must be an object or an expression, but is " + found,
                "an object with at least one member, or ${ ... }");
    return set_task{};
  }
  return set_task{read_template(problems, what, t.scope).value_or(value_template{})};
}

task_body read_switch(const task_source& t) {
  auto list = *t.f.get("switch");
  auto& problems = t.r.problems;
  switch_task result;
  if (!list.content().is_array() || list.size() == 0) {
    problems.at(list, "\"switch\" must be a list of cases",
                "at least one case such as - big: { when: .n > 9, then: end }");
    return result;
  }
  std::optional<mark> otherwise;
  for (size_t i = 0; i < list.size(); ++i) {
    auto item = place{list, i};
    if (!check_object(problems, item, "a case")) continue;
    if (item.size() != 1) {
      problems.at(item, "an entry of a switch has " + std::to_string(item.size()) + " keys",
                  "one key, the case's name");
      continue;
    }
    auto named = place{item, 0};
    auto read = read_case(t, named);
    bool is_default = named.content().is_object() && !named.content().find("when");
    if (is_default && otherwise)
      problems.at_key(named,
                      "the switch has a second default case; the first is in line " +
                          std::to_string(otherwise->line),
                      "one case without \"when\"");
    if (is_default && !otherwise) otherwise = named.key_at();
    result.cases.push_back(std::move(read));
  }
  return result;
}

task_body read_for(const task_source& t) {
  auto head = *t.f.get("for");
  auto& problems = t.r.problems;
  for_task result;
  auto f = fields{problems, head, "for", {"each", "in", "at"}};
  if (auto each = f.get("each"))
    result.each = read_variable_name(problems, *each).value_or(result.each);
  if (auto at = f.get("at")) result.at = read_variable_name(problems, *at).value_or(result.at);
  if (result.each == result.at)
    problems.at(head, "\"each\" and \"at\" have the same name \"" + result.at + "\"", "two names");
  if (auto in = f.require("in")) result.in = read_collection(t, *in);
  auto inner = variable_scope{t.scope, {result.each, result.at}};
  if (auto p = t.f.get("while")) result.while_ = read_expression(problems, *p, inner);
  if (auto p = t.f.require("do")) result.tasks = read_tasks(t.r, *p, inner);
  return result;
}

task_body read_fork(const task_source& t) {
  auto what = *t.f.get("fork");
  fork_task result;
  auto f = fields{t.r.problems, what, "fork", {"branches", "compete"}};
  if (auto p = f.require("branches")) result.branches = read_branches(t.r, *p, t.scope);
  result.compete = f.boolean("compete").value_or(false);
  return result;
}

task_body read_wait(const task_source& t) {
  t.r.may_wait = true;
  auto length = read_duration_source(t.r.problems, *t.f.get("wait"), t.scope);
  return wait_task{length.value_or(duration_source{duration{}})};
}

} // namespace steward::workflow::reader
