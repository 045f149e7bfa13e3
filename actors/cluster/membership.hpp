#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// This node's part in the cluster: renews its lease, takes shards that are free, gives up what is
/// more than its share, and notices when it was given up itself. What it does follows from what it
/// reads in the database each time (cluster/assignment.hpp); nobody leads.
///
/// A shard that goes is closed first: its tenants end, the journal gives it back behind their last
/// commits, and only then may another take it. One that comes is open once the database has said
/// so.
///
/// Accepts     look_again, drain_node (reply_slot), shards_closed, shards_released
/// Replies     to drain_node; shards_gained and close_shards to the tenants; cluster_seen to the
///             router
/// Supervisor  root/cluster, one_for_one, permanent; only with a cluster
/// Persists    leases, through store::membership
/// Fails       database away: keeps what it has until its lease is over by its own clock, then
///             closes everything and waits. Given up by the others: closes everything and joins
///             anew. Crash: the next incarnation reads what is stored
/// Bounds      one transaction at a time, each of a third of the lease at most
/// Runs        detached: it blocks
caf::behavior membership(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
