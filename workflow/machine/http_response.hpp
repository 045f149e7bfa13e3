#pragma once

#include "workflow/machine.hpp"

/// From what a service answered to the output of a `call: http` or `openapi` task.
namespace steward::workflow {

/// The output of a call, as `result` asks for it; `redirect` as the task says. JSON content
/// (application/json, text/json, +json) is parsed, other UTF-8 is a text, other bytes are base64
/// text; an empty body is null. `response` is `{request: {method, uri, headers}, statusCode,
/// headers, content}`; the request's `authorization` is left out, since outputs are shown and
/// stored.
///
/// Throws `task_failure`: `communication` with the answer's status when it is no success (2xx, and
/// 3xx where redirects are followed); `communication` 502 when what should be JSON is not;
/// `runtime` when the content is larger than `limits.data_bytes`.
value http_output(call_result result, bool redirect, const http_call& call,
                  const http_answered& answer, const machine_limits& limits);

/// `communication`, 503; 504 when the service was too slow. (408 is the language's own timeouts'.)
run_error http_failure(const http_failed& failure);

} // namespace steward::workflow
