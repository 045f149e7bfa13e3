#pragma once

#include "workflow/value.hpp"

namespace steward::workflow {

/// Data nested deeper than this may exist inside one expression, but does not flow between tasks:
/// what flows must survive a trip through the journal, where an event wraps it.
constexpr uint32_t flow_depth_max = 2'000;

/// About how many bytes the value takes as JSON text. Stops soon after `enough` is passed, so that
/// a value that shares its parts a million times over is measured in bounded time.
size_t json_size(const value& v, size_t enough);

} // namespace steward::workflow
