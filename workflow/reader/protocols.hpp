#pragma once

#include "workflow/reader/tasks.hpp"

namespace steward::workflow::reader {

/// `call: grpc`, `asyncapi`, `mcp` or `a2a`: checked in full, then refused, because this version
/// does not speak them.
void refuse_protocol(const task_source& t, const place& call);

} // namespace steward::workflow::reader
