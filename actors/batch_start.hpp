#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"

namespace steward {

/// Gives each run of the order its id: they follow from the first, so that a repeated request can
/// be answered from it alone.
void name_runs(batch_order& order, const run_id& first);

/// The one write that starts all runs of the order. Those that end by themselves are stored with
/// their ends, those that come to wait for time or events with what they wait for; the others as
/// running, and the tenant is told to wake them. The order's slot is answered once that is durable.
/// An input that is not JSON refuses the order: none.
std::optional<commit_request> start_together(const std::shared_ptr<node>& n,
                                             const caf::actor& tenant,
                                             const batch_order_ptr& order);

} // namespace steward
