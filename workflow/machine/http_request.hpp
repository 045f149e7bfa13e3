#pragma once

#include "workflow/machine.hpp"

#include <functional>

/// From a `call: http` task and the data it is given to the request that is sent.
namespace steward::workflow {

/// Evaluates a template of the task; the text names the field, for errors.
using template_evaluator = std::function<value(const value_template&, std::string_view)>;

/// Method, address, headers, body and redirects; the rest of the command is left to the caller.
///
/// The address: `{name}` stands for a top-level member of `input` (text, number or boolean),
/// percent encoded. `query` is appended, arrays repeating their name; null members of `query` and
/// `headers` are left out. Text bodies are sent as they are, other values as JSON with a
/// `content-type` of application/json unless the author sets one. `authentication` replaces an
/// `authorization` header.
///
/// Throws `task_failure`: an `expression` error when the data make no valid request, a `runtime`
/// error when the body is larger than `limits.data_bytes`.
http_call build_http_call(const call_http_task& task, const value& input,
                          const template_evaluator& evaluate, const machine_limits& limits);

} // namespace steward::workflow
