#pragma once

#include "actors/node.hpp"
#include "cluster/transport.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// What goes from node to node: requests for tenants that are elsewhere, their answers, and
/// notices. The only one that uses the transport.
///
/// A request goes to the node that has the tenant's shard, with the shard's epoch; one that finds
/// it moved was not carried out and is sent after it. While nobody has the shard, or there is no
/// link, it waits for a moment; a link that is lost ends those that went over it, for nobody knows
/// what became of them.
///
/// Accepts     pass_on, tell_node, cluster_seen, show_cluster (reply_slot); frames of the transport
/// Replies     through each request's slot: the owner's answer, or unavailable with `retry_after`
/// Supervisor  root/cluster, one_for_one, permanent; only with a cluster
/// Persists    nothing
/// Fails       crash: what was under way is answered unavailable, links are made anew
/// Bounds      `most_under_way` requests and `most_bytes` of them, past it overloaded; what waits
///             for a link is refused by the transport past its own bound
caf::behavior router(caf::event_based_actor* self, std::shared_ptr<node> n,
                     const cluster::transport_factory& make_transport);

} // namespace steward
