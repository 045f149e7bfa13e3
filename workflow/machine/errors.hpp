#pragma once

#include "workflow/machine.hpp"

#include <string>
#include <string_view>

/// Errors of a run: how they are made, compared, and carried from where they arise to the `try`
/// that catches them.
namespace steward::workflow {

/// Thrown inside the machine when a task (or the workflow's own input or output) fails. Never
/// leaves the machine. An empty `instance` is filled in with the pointer of the task that was
/// running.
struct task_failure {
  run_error error;
};

/// Thrown when the run as a whole can't go on, whatever its `try` tasks say: a spent step limit.
struct run_failure {
  run_error error;
};

/// An error of one of the specification's types ("validation", "expression", "timeout", ...) with
/// the status and title that the specification gives it.
run_error standard_error(std::string_view name, std::string_view detail);

/// Throws `task_failure` with a standard error.
[[noreturn]] void fail_task(std::string_view name, std::string_view detail);

/// Does something that may fail as a task fails, and gives the error if it did. Values that grow
/// past their bounds outside of an expression are `runtime` errors.
template <class Action>
std::optional<run_error> failure_of(Action&& action) {
  try {
    action();
    return std::nullopt;
  } catch (task_failure& failure) {
    return std::move(failure.error);
  } catch (const depth_exceeded& e) {
    return standard_error("runtime", e.what());
  } catch (const budget_exceeded& e) {
    return standard_error("runtime", e.what());
  }
}

/// True when both name the same type: equal texts, or URIs of the specification's families (under
/// serverlessworkflow.io or open-workflow-specification.org, any path with an `errors` segment)
/// with the same last segment.
bool same_error_type(std::string_view a, std::string_view b);

/// True if everything the filter sets matches.
bool matches(const error_filter& filter, const run_error& e);

/// The text cut to at most `max_bytes` at a character's end, with what is not UTF-8 replaced by
/// U+FFFD: what comes from outside becomes safe to store and show.
std::string safe_text(std::string_view text, size_t max_bytes);

} // namespace steward::workflow
