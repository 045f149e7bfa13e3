#pragma once

#include "supervision/tree.hpp"

#include <caf/all.hpp>

/// What a supervisor understands and what its children may be asked.
namespace steward::supervision {

enum class supervision_errc : uint8_t { none = 0, escalated, crashed, start_failed };
caf::error make_error(supervision_errc code, std::string text);

/// -> tree_node of the receiver and everything below it.
struct get_tree {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_tree&) {
    return f(caf::meta::type_name("get_tree"));
  }
};
/// -> bool: whether there is such an actor. `path` is relative to the receiver, e.g.
/// "store/journal". The actor is killed as a crash would: its supervisor restarts it.
struct kill_child {
  std::string path;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, kill_child& x) {
    return f(caf::meta::type_name("kill_child"), x.path);
  }
};
/// -> mailbox length (uint64). Answered by the handlers of `prepare`, with high priority.
struct get_mailbox {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_mailbox&) {
    return f(caf::meta::type_name("get_mailbox"));
  }
};

} // namespace steward::supervision
