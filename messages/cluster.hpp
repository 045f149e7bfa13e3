#pragma once

#include <caf/meta/type_name.hpp>

/// What is asked about the cluster of servers (docs/cluster.md), each with a `reply_slot`.
namespace steward {

/// To slot "cluster/router": {name, node, lease_ms, incident, nodes, shards}. unavailable.
struct show_cluster {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, show_cluster&) {
    return f(caf::meta::type_name("show_cluster"));
  }
};

/// To slot "cluster/membership": hand all shards over and take none any more. `accepted` with
/// {state} at once; unavailable.
struct drain_node {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, drain_node&) {
    return f(caf::meta::type_name("drain_node"));
  }
};

} // namespace steward
