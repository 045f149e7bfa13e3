#include "actors/timers.hpp"

#include "actors/local_messages.hpp"
#include "supervision/supervisor.hpp"

#include <limits>
#include <map>
#include <set>

namespace steward {

namespace {

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using read_atom = caf::atom_constant<caf::atom("read")>;

constexpr int64_t repeat_us = 5'000'000;
constexpr size_t told_at_once = 256; // then other messages get a turn
// What is due within the span is held in memory, and the next span is read when half of it is over.
constexpr int64_t span_us = 60'000'000;
constexpr size_t most_held = 100'000; // past it, the span is shorter

class timers_state {
public:
  timers_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    read();
  }
  ~timers_state() { node_->counters.timers_armed = 0; }

  void arm(const arm_timer& t) {
    const key id{t.run, t.effect};
    if (const auto found = due_.find(id); found != due_.end()) {
      if (found->second.due_us == t.due_us) return;
      forget(found);
    }
    if (t.due_us > std::max(held_until_us_, reading_until_us_)) return; // its row will be read
    hold(id, {t.tenant, t.due_us, t.due_us});
    schedule();
  }

  void disarm(const disarm_timer& t) {
    if (const auto found = due_.find({t.run, t.effect}); found != due_.end()) forget(found);
    if (due_.size() + 1 == most_held / 2) schedule(); // there is room to read on
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
      if (!node_->shards.here(e.tenant)) { // Its node has read the row.
        due_.erase(id);
        continue;
      }
      if (auto tenant = node_->tenant_or_loader(e.tenant))
        self_->send(tenant, timer_due{e.tenant, id.first, id.second});
      e.next_us = now_us + repeat_us;
      queue_.emplace(e.next_us, id);
    }
    if (may_read_on() && held_until_us_ - span_us / 2 <= now_us) read();
    schedule();
  }

  /// From the first row on: some may have been written that nobody could tell of. Those of tenants
  /// that have gone elsewhere are forgotten.
  void read_all() {
    for (auto at = due_.begin(); at != due_.end();) {
      const auto next = std::next(at);
      if (!node_->shards.here(at->second.tenant)) forget(at);
      at = next;
    }
    held_until_us_ = before_all;
    read();
  }

  /// Holds what is due up to a span from now on. What is armed meanwhile is held as well: the store
  /// may have been asked before its row was there.
  void read() {
    if (reading_) {
      read_again_ = true;
      return;
    }
    reading_ = true;
    reading_until_us_ = node_->outside.now_us() + span_us;
    if (held_until_us_ == before_all) return read_page({});
    store::stored_timer last{{}, {}, std::numeric_limits<effect_id>::max(), held_until_us_};
    last.run.bytes.fill(0xff);
    read_page(last);
  }

private:
  using key = std::pair<run_id, effect_id>;
  struct entry {
    tenant_id tenant;
    int64_t due_us = 0;
    int64_t next_us = 0; ///< When it is told next: due_us, later its repetitions.
  };

  void read_page(const std::optional<store::stored_timer>& after) {
    const auto loader = node_->loader->get();
    if (!loader) return read_later();
    self_->request(loader, caf::infinite, read_timers{after})
        .then(
            [this](timer_page& page) {
              if (page.failed) return read_later();
              take(page);
            },
            [this](caf::error&) { read_later(); });
  }

  void take(const timer_page& page) {
    for (const auto& t : *page.timers) {
      if (t.due_us > reading_until_us_) return held(reading_until_us_);
      if (!due_.contains({t.run, t.effect}) && node_->shards.here(t.tenant))
        hold({t.run, t.effect}, {t.tenant, t.due_us, t.due_us});
    }
    if (page.last) return held(reading_until_us_);
    // The rest of one instant may be on the next page.
    if (due_.size() >= most_held) return held(page.timers->back().due_us - 1);
    read_page(page.timers->back());
  }

  void held(int64_t until_us) {
    reading_ = false;
    if (std::exchange(read_again_, false)) return read_all();
    held_until_us_ = std::max(held_until_us_, until_us);
    reading_until_us_ = before_all;
    schedule();
  }

  void read_later() {
    reading_ = false;
    reading_until_us_ = before_all;
    self_->delayed_send(self_, std::chrono::milliseconds{200}, read_atom::value);
  }

  void hold(const key& id, entry e) {
    queue_.emplace(e.next_us, id);
    due_.emplace(id, std::move(e));
    node_->counters.timers_armed = static_cast<int64_t>(due_.size());
  }

  void forget(std::map<key, entry>::iterator found) {
    queue_.erase({found->second.next_us, found->first});
    due_.erase(found);
    node_->counters.timers_armed = static_cast<int64_t>(due_.size());
  }

  /// Keeps one wake-up on its way, for the soonest timer or for reading on.
  void schedule() {
    auto next_us = queue_.empty() ? std::numeric_limits<int64_t>::max() : queue_.begin()->first;
    if (may_read_on()) next_us = std::min(next_us, held_until_us_ - span_us / 2);
    if (next_us == std::numeric_limits<int64_t>::max()) return;
    if (scheduled_us_ && *scheduled_us_ <= next_us) return;
    scheduled_us_ = next_us;
    const auto wait_us = std::max<int64_t>(0, next_us - node_->outside.now_us());
    self_->delayed_send(self_, std::chrono::microseconds{wait_us}, wake_atom::value, ++epoch_);
  }

  bool may_read_on() const {
    return !reading_ && held_until_us_ != before_all && due_.size() < most_held / 2;
  }

  static constexpr int64_t before_all = std::numeric_limits<int64_t>::min();

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::map<key, entry> due_;
  std::set<std::pair<int64_t, key>> queue_;
  int64_t held_until_us_ = before_all;    ///< Every row due by then is in `due_`.
  int64_t reading_until_us_ = before_all; ///< Will be, once the store has answered.
  bool reading_ = false, read_again_ = false;
  std::optional<int64_t> scheduled_us_;
  uint64_t epoch_ = 0;
};

} // namespace

caf::behavior timers(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto state = std::make_shared<timers_state>(self, std::move(n));
  return caf::message_handler{
      [state](const arm_timer& t) { state->arm(t); },
      [state](const disarm_timer& t) { state->disarm(t); },
      [state](wake_atom, uint64_t epoch) { state->wake(epoch); },
      [state](read_atom) { state->read(); },
      [state](read_again_atom) { state->read_all(); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
