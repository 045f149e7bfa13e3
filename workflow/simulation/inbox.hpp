#pragma once

#include "workflow/machine.hpp"

#include <map>
#include <set>

namespace steward::workflow::simulation {

/// The tenant's events, as a server keeps them: in the order in which they came, one for each
/// source and id, for 24 hours; and who listens, with how far it has been offered them.
class inbox {
public:
  void put(value event, int64_t now_us);
  void listen(const listen_for& wanted) { listeners_[wanted.effect] = wanted.after; }
  void drop(effect_id listener) { listeners_.erase(listener); }
  /// A crash: who listens is told anew.
  void forget_listeners() { listeners_.clear(); }

  /// The next event that a listener has not been offered; nothing when all have.
  std::optional<event_received> next_offer(int64_t now_us);

private:
  struct kept {
    value event;
    int64_t came_us = 0;
  };
  std::vector<kept> events_; ///< The place of each is its index + 1.
  std::set<std::string> known_;
  std::map<effect_id, uint64_t> listeners_; ///< With the newest event that each was offered.
};

} // namespace steward::workflow::simulation
