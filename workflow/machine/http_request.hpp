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
/// `headers` are left out. The body is written as the `content-type` header says: see body.hpp.
/// `authentication` replaces an `authorization` header.
///
/// Throws `task_failure`: an `expression` error when the data make no valid request, a `runtime`
/// error when the body is larger than `limits.data_bytes`.
http_call build_http_call(const call_http_task& task, const value& input,
                          const template_evaluator& evaluate, const machine_limits& limits);

/// What the policy says, for whoever sends the request; basic and bearer are just headers.
void authenticate(http_call& call, const authentication& auth, const template_evaluator& evaluate);

} // namespace steward::workflow
