#pragma once

#include "supervision/tree.hpp"

#include <caf/all.hpp>

/// What a supervisor understands and what its children may be asked.
namespace steward::supervision {

/// Why an actor of the tree ended, when CAF has no word for it. The error's context is one string
/// for people.
enum class supervision_errc : uint8_t {
  none = 0,     ///< Required by CAF.
  escalated,    ///< A supervisor whose children failed too often.
  crashed,      ///< A handler threw; the text is what().
  start_failed, ///< The start function threw; the text is what().
};
caf::error make_error(supervision_errc code, std::string text);

/// -> tree_node of the receiver and everything below it.
struct get_tree {
  /// How long the receiver may wait for its children; it gives them two thirds of that, so that one
  /// stuck leaf doesn't make all its ancestors look busy.
  uint32_t patience_ms = 300;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_tree& x) {
    return f(caf::meta::type_name("get_tree"), x.patience_ms);
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
/// -> the actor at that path now (relative to the receiver); invalid when there is none or it is
/// down.
struct get_child {
  std::string path;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_child& x) {
    return f(caf::meta::type_name("get_child"), x.path);
  }
};
/// -> mailbox length (uint64). Answered by the handlers of `prepare`, with high priority.
struct get_mailbox {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_mailbox&) {
    return f(caf::meta::type_name("get_mailbox"));
  }
};

/// What a supervisor tells itself: the earliest of its deadlines has come.
struct deadline_reached {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, deadline_reached&) {
    return f(caf::meta::type_name("deadline_reached"));
  }
};
/// The same for one survey of the tree.
struct survey_due {
  uint64_t survey = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, survey_due& x) {
    return f(caf::meta::type_name("survey_due"), x.survey);
  }
};

} // namespace steward::supervision

// Ids first_custom_type_id + 0..19 are supervision's. Append only.
CAF_BEGIN_TYPE_ID_BLOCK(steward_supervision, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::get_tree))
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::tree_node))
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::kill_child))
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::get_child))
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::get_mailbox))
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::deadline_reached))
CAF_ADD_TYPE_ID(steward_supervision, (steward::supervision::survey_due))
CAF_END_TYPE_ID_BLOCK(steward_supervision)
