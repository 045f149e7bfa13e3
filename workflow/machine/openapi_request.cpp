#include "workflow/machine/openapi_request.hpp"

#include "workflow/machine/errors.hpp"

namespace steward::workflow {

http_call build_openapi_call(const call_openapi_task& task, const template_evaluator& evaluate,
                             const machine_limits& limits) {
  static_cast<void>(evaluate);
  static_cast<void>(limits);
  fail_task("configuration", "the operation " + task.operation.id + " can't be called");
}

} // namespace steward::workflow
