#include "actors/timers.hpp"

#include "actors/local_messages.hpp"
#include "supervision/supervisor.hpp"

#include <map>
#include <set>

namespace steward {

namespace {

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using reload_atom = caf::atom_constant<caf::atom("reload")>;

constexpr int64_t repeat_us = 5'000'000;
constexpr size_t told_at_once = 256; // then other messages get a turn

class timers_state {
public:
  timers_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    read_page({});
  }
  ~timers_state() { node_->counters.timers_armed = 0; }

  void arm(arm_timer& t) {
    const key id{t.run, t.effect};
    if (const auto found = due_.find(id); found != due_.end()) {
      if (found->second.due_us == t.due_us) return;
      queue_.erase({found->second.next_us, id});
      due_.erase(found);
    }
    due_.emplace(id, entry{t.tenant, t.due_us, t.due_us});
    queue_.emplace(t.due_us, id);
    node_->counters.timers_armed = static_cast<int64_t>(due_.size());
    schedule();
  }

  void disarm(const disarm_timer& t) {
    const auto found = due_.find({t.run, t.effect});
    if (found == due_.end()) return;
    queue_.erase({found->second.next_us, found->first});
    due_.erase(found);
    node_->counters.timers_armed = static_cast<int64_t>(due_.size());
  }

  void wake(uint64_t epoch) {
    if (epoch != epoch_) return;
    scheduled_us_.reset();
    const auto now_us = node_->outside.now_us();
    for (size_t told = 0; told < told_at_once && !queue_.empty() && queue_.begin()->first <= now_us;
         ++told) {
      const auto id = queue_.begin()->second;
      queue_.erase(queue_.begin());
      auto& e = due_.at(id);
      if (auto tenant = node_->tenant_or_loader(e.tenant))
        self_->send(tenant, timer_due{e.tenant, id.first, id.second});
      e.next_us = now_us + repeat_us;
      queue_.emplace(e.next_us, id);
    }
    schedule();
  }

  void read_page(std::optional<store::stored_timer> after) {
    auto loader = node_->loader->get();
    if (!loader) return retry(std::move(after));
    self_->request(loader, caf::infinite, read_timers{after})
        .then(
            [this, after](timer_page& page) {
              if (page.failed) return retry(after);
              for (const auto& t : *page.timers) {
                arm_timer again{t.tenant, t.run, t.effect, t.due_us};
                if (!due_.contains({t.run, t.effect})) arm(again);
              }
              if (!page.last) read_page(page.timers->back());
            },
            [this, after](caf::error&) { retry(after); });
  }

  void reload() { read_page(std::exchange(page_after_, std::nullopt)); }

private:
  using key = std::pair<run_id, effect_id>;
  struct entry {
    tenant_id tenant;
    int64_t due_us = 0;
    int64_t next_us = 0; ///< When it is told next: due_us, later its repetitions.
  };

  void retry(std::optional<store::stored_timer> after) {
    page_after_ = std::move(after);
    self_->delayed_send(self_, std::chrono::milliseconds{200}, reload_atom::value);
  }

  /// Keeps one wake-up on its way, for the soonest timer.
  void schedule() {
    if (queue_.empty()) return;
    const auto next_us = queue_.begin()->first;
    if (scheduled_us_ && *scheduled_us_ <= next_us) return;
    scheduled_us_ = next_us;
    const auto wait_us = std::max<int64_t>(0, next_us - node_->outside.now_us());
    self_->delayed_send(self_, std::chrono::microseconds{wait_us}, wake_atom::value, ++epoch_);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::map<key, entry> due_;
  std::set<std::pair<int64_t, key>> queue_;
  std::optional<int64_t> scheduled_us_;
  uint64_t epoch_ = 0;
  std::optional<store::stored_timer> page_after_;
};

} // namespace

caf::behavior timers(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto state = std::make_shared<timers_state>(self, std::move(n));
  return caf::message_handler{
      [state](arm_timer& t) { state->arm(t); },
      [state](const disarm_timer& t) { state->disarm(t); },
      [state](wake_atom, uint64_t epoch) { state->wake(epoch); },
      [state](reload_atom) { state->reload(); },
      [state](read_again_atom) { state->read_page({}); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
