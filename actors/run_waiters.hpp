#pragma once

#include "actors/run_writes.hpp"

#include <caf/event_based_actor.hpp>

#include <map>

namespace steward {

/// To a run, from itself: a caller has waited long enough.
using late_atom = caf::atom_constant<caf::atom("late")>;

/// Those who wait for a run's end, each for as long as it said.
class run_waiters {
public:
  explicit run_waiters(caf::event_based_actor* self) : self_(self) {}

  void add(const reply_slot& slot, std::chrono::milliseconds wait) {
    slots_.emplace(++last_, slot);
    self_->delayed_send(self_, wait, late_atom::value, last_);
  }
  /// Its time is over: it is told what the run is by now.
  void late(uint64_t waiter, const run_row& row) {
    const auto found = slots_.find(waiter);
    if (found == slots_.end()) return;
    found->second.answer(start_reply(row, true));
    slots_.erase(found);
  }
  void answer_all(const run_row& row) {
    for (auto& [id, slot] : slots_) slot.answer(start_reply(row, true));
    slots_.clear();
  }
  bool empty() const { return slots_.empty(); }

private:
  caf::event_based_actor* self_;
  std::map<uint64_t, reply_slot> slots_;
  uint64_t last_ = 0;
};

} // namespace steward
