#pragma once

#include "actors/node.hpp"
#include "actors/schedule_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <map>
#include <set>

namespace steward {

/// To the schedules actor, from a reply_slot of its own.
struct schedule_told {
  uint64_t question = 0;
  reply answer;
};
/// To the schedules actor, from itself.
using schedule_wake_atom = caf::atom_constant<caf::atom("schedwake")>;
using schedule_later_atom = caf::atom_constant<caf::atom("schedlater")>;

/// What schedules ask of the world. Each question carries what is to be done with its answer, which
/// comes later, in the actor, once; whoever asks guards against having gone meanwhile.
class schedule_hands {
public:
  using milliseconds = std::chrono::milliseconds;

  schedule_hands(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant);

  const tenant_id& tenant() const { return tenant_; }
  const node& of_node() const { return *node_; }
  int64_t now_us() const { return node_->outside.now_us(); }

  /// Starts that run of the workflow's newest version. The reply is the run, also if it was there
  /// before, or why it could not be started; `unavailable` leaves open whether it was.
  void start(const run_id& id, const workflow_ref& which, std::string input,
             std::function<void(const reply&)> then);
  /// Answered when the run has ended, or after a minute.
  void await_end(const run_id& run, std::function<void(const reply&)> then);
  void read(const run_id& run, std::function<void(found_run&)> then);
  void read_schedules(std::function<void(schedule_page&)> then);
  void find(const workflow_ref& ref, std::function<void(found_workflow&)> then);
  /// False: it may not have been written.
  void commit(std::vector<write_op> ops, std::function<void(bool)> then);
  void later(milliseconds wait, std::function<void()> then);

  /// Nobody listens any more for the workflow, namespace/name.
  void forget_listener(const std::string& trigger);

  /// Wakes the schedule at that time instead of any other.
  void wake_at(const std::string& schedule, std::optional<int64_t> time_us);
  /// Whose time has come.
  std::vector<std::string> take_due();

  template <class... Message>
  void tell_tenant(Message&&... message) {
    if (const auto tenant = node_->tenant_or_loader(tenant_))
      self_->send(tenant, std::forward<Message>(message)...);
  }

  // What the actor was told.
  void answered(const schedule_told& m);
  void committed(const batch_done& m);
  void woken(uint64_t task);
  bool is_wake(uint64_t epoch);

private:
  reply_slot slot_for(std::function<void(const reply&)> then);
  void sleep();

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id tenant_;
  uint64_t last_ = 0; ///< Number of the last question, commit or task.
  std::map<uint64_t, std::function<void(const reply&)>> questions_;
  std::map<uint64_t, std::function<void(bool)>> commits_;
  std::map<uint64_t, std::function<void()>> tasks_;
  std::map<std::string, int64_t, std::less<>> wakes_;
  std::set<std::pair<int64_t, std::string>> agenda_;
  std::optional<int64_t> sleeps_until_us_;
  uint64_t epoch_ = 0;
};

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::schedule_told)
