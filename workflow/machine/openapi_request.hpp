#pragma once

#include "workflow/machine/http_request.hpp"

namespace steward::workflow {

/// From a `call: openapi` task to the request that is sent: the parameters stand where the document
/// says, in the style that it says. Throws as `build_http_call` does, and an `expression` error for
/// a required parameter that is missing and for one that the operation does not have.
http_call build_openapi_call(const call_openapi_task& task, const template_evaluator& evaluate,
                             const machine_limits& limits);

} // namespace steward::workflow
