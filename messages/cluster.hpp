#pragma once

#include <caf/meta/type_name.hpp>

#include <string>

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

/// To slot "cluster/router": the same of every node, "tree" or "metrics". `ok` with what came
/// within two seconds.
struct ask_cluster {
  std::string what;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ask_cluster& x) {
    return f(caf::meta::type_name("ask_cluster"), x.what);
  }
};
/// To slot "gateway": of this node alone.
struct ask_node {
  std::string what;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ask_node& x) {
    return f(caf::meta::type_name("ask_node"), x.what);
  }
};

} // namespace steward
