#pragma once

#include "gateway/problem.hpp"
#include "gateway/request.hpp"
#include "workflow/outcome.hpp"

#include <string>
#include <vector>

/// CloudEvents 1.0 as HTTP brings them: one in structured or binary mode, or a batch.
namespace steward::gateway {

constexpr size_t events_per_batch = 1000;

/// The events, each a JSON object with no more than `event_bytes` of text; or everything that is
/// wrong with them. 415 for a body of another media type.
outcome<std::vector<std::string>, problem> read_events(const request_view& request,
                                                       size_t event_bytes);

} // namespace steward::gateway
