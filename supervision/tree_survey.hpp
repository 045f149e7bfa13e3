#pragma once

#include "supervision/child_table.hpp"
#include "supervision/tree.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace steward::supervision {

/// Answers get_tree for one supervisor: asks its children for their part and waits for them, but
/// not longer than the asker's patience. One survey at a time: who asks meanwhile gets its result.
/// A child has at most one open question, so asking a stuck actor again and again fills no mailbox.
///
/// Bounds  `shown_max` children; one delayed message per survey, none per child (in CAF 0.17 the
///         memory of a request's timeout is held until it elapses, even if the answer came)
class tree_survey {
public:
  static constexpr size_t shown_max = 200;

  tree_survey(caf::event_based_actor* self, child_table& children);

  /// Takes the promise of the message at hand. `own` is the supervisor's node without children.
  void ask(tree_node own, milliseconds patience);
  /// The patience of that survey is over: what has not come is busy.
  void due(uint64_t survey);
  /// Answers what there is. For a supervisor that is about to quit.
  void give_up();

private:
  struct open_survey {
    uint64_t id = 0;
    tree_node result;
    std::vector<caf::response_promise> askers;
    size_t missing = 0;
    std::unordered_map<uint64_t, size_t> places; ///< A child's order -> its index in the result.
  };

  tree_node node_of(const child_record& c, const std::string& parent_path) const;
  void question(child_record& c, milliseconds patience);
  /// A child has answered or is gone; its node, if the survey still waits for it.
  tree_node* answered(uint64_t survey, uint64_t order, caf::actor_id incarnation);
  void without_numbers(uint64_t survey, uint64_t order, caf::actor_id incarnation);
  void finish_if_complete(uint64_t survey);
  void finish();

  caf::event_based_actor* self_;
  child_table& children_;
  uint64_t surveys_ = 0;
  std::optional<open_survey> open_;
};

/// As in tree_node::strategy.
std::string to_string(strategy s);

} // namespace steward::supervision
