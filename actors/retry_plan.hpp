#pragma once

#include "messages/failure.hpp"
#include "workflow/machine.hpp"
#include "workflow/outcome.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace steward {

/// Gives the raw input with which a task was entered last, or nothing.
using input_source = std::function<std::optional<workflow::value>(std::string_view task)>;

/// How a run of that status goes on, from what POST /runs/{id}/retry takes: JSON text {task,
/// input}, both optional; an empty text is {}. A task that was done is given the input it had.
/// invalid_request for another shape, conflict for another status, unprocessable for a task that
/// the machine can't go on from.
outcome<workflow::retry_requested, failure> plan_retry(std::string_view body,
                                                       const workflow::machine& m,
                                                       workflow::run_status status,
                                                       const input_source& last_input);

} // namespace steward
