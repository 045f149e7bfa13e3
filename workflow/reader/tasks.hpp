#pragma once

#include "workflow/reader/common_fields.hpp"
#include "workflow/reader/fields.hpp"

namespace steward::workflow::reader {

/// A list of tasks (`do`, `try`, `catch.do`) with everything inside it.
task_list read_tasks(reading& r, const place& where, const variable_scope& scope);
/// A list of tasks (`fork.branches`) each of which is a scope of its own.
std::vector<task_list> read_branches(reading& r, const place& where, const variable_scope& scope);
/// The task that is defined under the place's key (a function), alone in its scope.
task_list read_alone(reading& r, const place& where, const variable_scope& scope);

/// The names of the tasks in one list: what a `then` may name.
class task_names {
public:
  /// Of a task that is alone: its `then` can name no task.
  task_names() = default;
  /// Reports names that are there twice.
  task_names(problem_list& problems, const place& list);
  /// `then`: continue, exit, end or one of the names.
  flow read_flow(problem_list& problems, const place& where) const;

private:
  std::vector<std::string_view> names_;
};

/// What a reader of one kind of task works with.
struct task_source {
  reading& r;
  const place& where; ///< The task's object.
  const fields& f;
  const variable_scope& scope;
  const task_names& siblings;
};
using task_body = decltype(task::body);

// One function for each kind, by the word that tells it apart. What they return counts only if no
// problem was reported.
task_body read_do(const task_source& t);
task_body read_set(const task_source& t);
task_body read_switch(const task_source& t);
task_body read_for(const task_source& t);
task_body read_try(const task_source& t);
task_body read_raise(const task_source& t);
task_body read_wait(const task_source& t);
task_body read_call(const task_source& t);
task_body read_run(const task_source& t);
task_body read_fork(const task_source& t);
task_body read_emit(const task_source& t);
task_body read_listen(const task_source& t);

/// `call: openapi`.
task_body read_openapi(const task_source& t);
/// `output` of a call.
call_result read_call_result(const fields& f);
/// `foreach` of a task that consumes events.
event_iteration read_iteration(const task_source& t, const place& where);

/// `raise.error` or one of `use.errors`.
error_template read_error(reading& r, const place& where, const variable_scope& scope);
/// `catch.retry` or one of `use.retries`.
retry_policy read_retry(reading& r, const place& where, const variable_scope& scope);
/// One of `use.authentications`, or inline.
std::optional<authentication> read_authentication(reading& r, const place& where,
                                                  const variable_scope& scope);
/// `endpoint.authentication`: inline or `{use: name}`.
std::optional<authentication> read_authentication_or_use(reading& r, const place& where,
                                                         const variable_scope& scope);

} // namespace steward::workflow::reader
