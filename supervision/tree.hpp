#pragma once

#include <caf/actor.hpp>
#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace steward::supervision {

/// One actor of the live tree, for people to see. `starting`: its first start or a restart is under
/// way (backoff); `busy`: it did not tell its own numbers in time.
struct tree_node {
  std::string name;
  std::string path;
  std::string state;    ///< running, starting, stopping, stopped, busy
  std::string strategy; ///< Of a supervisor; empty for a leaf.
  uint32_t restarts = 0;
  uint64_t mailbox = 0;    ///< Messages waiting.
  int64_t up_us = 0;       ///< How long this incarnation lives.
  std::string last_reason; ///< Why it ended the last time; empty if it never did.
  uint64_t hidden = 0;     ///< Children left out because there were too many to show.
  std::vector<tree_node> children;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, tree_node& x) {
    return f(caf::meta::type_name("tree_node"), x.name, x.path, x.state, x.strategy, x.restarts,
             x.mailbox, x.up_us, x.last_reason, x.hidden, x.children);
  }
};

} // namespace steward::supervision
