#pragma once

#include "messages/failure.hpp"
#include "store/store.hpp"
#include "workflow/machine.hpp"
#include "workflow/outcome.hpp"

#include <memory>
#include <optional>
#include <string>

/// A run looked at while its journal is replayed: what a debugger shows, and what a retry needs.
namespace steward {

/// The run as it was right after step `step` of its history (from 1; 0: the last one), as JSON:
/// {run, step, steps, status, context, tasks, variables, output, completed, outstanding,
/// truncated}. Data past 16 MiB are left out, and `truncated` is true. invalid_request when there
/// is no such step; throws as `replay` does. `secrets` are masked.
outcome<std::string, failure> replay_document(std::shared_ptr<const workflow::definition> d,
                                              const workflow::machine_limits& limits,
                                              const store::stored_run& run, uint64_t step,
                                              const workflow::value& secrets);

/// The raw input with which the task of that pointer or name was entered last; nothing if it never
/// was, or if a secret is in it: the journal, which is to hold it, must not. Throws as `replay`
/// does.
std::optional<workflow::value> last_input_of(std::shared_ptr<const workflow::definition> d,
                                             const workflow::machine_limits& limits,
                                             const store::stored_run& run, std::string_view task,
                                             const workflow::value& secrets);

} // namespace steward
