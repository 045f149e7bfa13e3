#pragma once

#include "workflow/machine.hpp"

/// What a run is doing, as people look at it while they debug: `machine::inspect`.
namespace steward::workflow {

/// One task that is open.
struct task_picture {
  std::string pointer, name;
  std::string_view kind;        ///< As `task::kind` gives it.
  std::vector<uint32_t> branch; ///< Of each fork around, outermost first: which of its branches.
  value raw_input;              ///< As it came from the task before.
  value input;                  ///< After `input.from`.
  value data;                   ///< What flows through the tasks inside; null if there are none.
  int64_t started_us = 0;
  int attempt = 1;
  value variables; ///< Those it declares: of its iteration, of the error it caught. An object.
};

struct run_picture {
  run_status status = run_status::pending;
  value context;
  /// Outermost first, branch by branch. Of a run that faulted or was cancelled: those that were
  /// open then, which is where a retry goes on.
  std::vector<task_picture> tasks;
  /// The innermost task of the line of execution that did something last: index into `tasks`.
  std::optional<size_t> at_work;
  value variables; ///< What that task sees, without what the names of the language give. An object.
  value output;    ///< Of the run once it has completed, until then what flows at its top level.
  std::vector<command> outstanding;
};

} // namespace steward::workflow
