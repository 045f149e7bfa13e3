#include "workflow/reader/events.hpp"

/// The tasks that send events and wait for them: emit, listen.
namespace steward::workflow::reader {

event_iteration read_iteration(const task_source& t, const place& where) {
  auto& problems = t.r.problems;
  event_iteration result;
  auto f = fields{problems, where, "foreach", {"item", "at", "do", "output", "export"}};
  if (auto p = f.get("item")) result.item = read_variable_name(problems, *p).value_or(result.item);
  if (auto p = f.get("at")) result.at = read_variable_name(problems, *p).value_or(result.at);
  if (result.item == result.at)
    problems.at(where, "\"item\" and \"at\" have the same name \"" + result.at + "\"", "two names");
  auto inner = variable_scope{t.scope, {result.item, result.at}};
  if (auto p = f.get("do")) result.tasks = read_tasks(t.r, *p, inner);
  if (auto p = f.get("output")) result.output = read_output(t.r, *p, inner, "output");
  if (auto p = f.get("export")) result.export_ = read_output(t.r, *p, inner, "export");
  return result;
}

task_body read_emit(const task_source& t) {
  t.r.may_wait = true;
  auto& problems = t.r.problems;
  auto what = *t.f.get("emit");
  auto outer = fields{problems, what, "emit", {"event"}};
  auto event = outer.require("event");
  if (!event) return emit_task{};
  auto e = fields{problems, *event, "event", {"with"}};
  auto with = e.require("with");
  if (!with || !check_object(problems, *with, "\"with\"")) return emit_task{};
  for (size_t i = 0; i < with->size(); ++i) check_emitted_attribute(problems, place{*with, i});
  if (!with->content().find("type"))
    problems.at(*with, "the event lacks \"type\"", "a type such as com.example.order.placed");
  return emit_task{read_template(problems, *with, t.scope).value_or(value_template{})};
}

task_body read_listen(const task_source& t) {
  t.r.may_wait = true;
  auto what = *t.f.get("listen");
  listen_task result;
  auto f = fields{t.r.problems, what, "listen", {"to", "read"}};
  if (auto p = f.require("to")) result.to = read_event_strategy(t.r, *p, t.scope);
  result.read = read_event_reading(f);
  if (auto p = t.f.get("foreach")) result.each = read_iteration(t, *p);
  return result;
}

} // namespace steward::workflow::reader
