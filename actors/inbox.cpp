#include "actors/inbox.hpp"

#include "actors/event_index.hpp"
#include "actors/inbox_messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/run_writes.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using load_atom = caf::atom_constant<caf::atom("load")>;
using read_atom = caf::atom_constant<caf::atom("read")>;
using lead_atom = caf::atom_constant<caf::atom("lead")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;
using std::chrono::milliseconds;

constexpr int64_t repeat_us = 5'000'000;
constexpr size_t undecided_most = 64;
constexpr size_t undecided_few = 32; ///< So many are left when it goes on.
constexpr size_t page_size = 128;
constexpr size_t told_at_once = 256; // then other messages get a turn
constexpr milliseconds retry_after{200};
constexpr workflow::evaluation_budget key_budget{100'000, 4u << 20, 200};

/// Answers who published, and has the inbox read what is new.
class events_put final : public commit_completion {
public:
  events_put(caf::actor inbox, tenant_id tenant, std::vector<workflow::value> events,
             reply_slot slot, ticket pass)
      : inbox_(std::move(inbox)), tenant_(std::move(tenant)), events_(std::move(events)),
        slot_(std::move(slot)), pass_(std::move(pass)) {}

  void done(const batch_result& result) noexcept override {
    if (result.what != batch_result::kind::committed || result.events.size() != events_.size())
      return slot_.answer(reply::error({ec::unavailable,
                                        "the events could not be stored: " + result.reason,
                                        {},
                                        milliseconds{1000}}));
    std::string json = "{\"items\":[";
    for (size_t i = 0; i < events_.size(); ++i) {
      if (i > 0) json += ',';
      const auto& [sequence, duplicate] = result.events[i];
      workflow::append_json(json, workflow::value::object({{"id", events_[i].get("id")},
                                                           {"source", events_[i].get("source")},
                                                           {"sequence", sequence},
                                                           {"duplicate", duplicate}}));
    }
    json += "]}";
    auto r = reply::ok(std::move(json));
    r.what = reply::kind::accepted;
    slot_.answer(std::move(r));
    caf::anon_send(inbox_, inbox_grown{tenant_});
  }

private:
  caf::actor inbox_;
  tenant_id tenant_;
  std::vector<workflow::value> events_;
  reply_slot slot_;
  ticket pass_;
};

class inbox_state {
public:
  inbox_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
              caf::actor owner)
      : self_(self), node_(std::move(n)), tenant_(std::move(tenant)), owner_(std::move(owner)) {
    load();
  }

  // --- what comes in ---

  void publish(const publish_events& m, const reply_slot& slot, const ticket& pass) {
    const auto journal = node_->journal->get();
    if (!journal) return; // the slot answers
    commit_request commit;
    commit.batch.tenant = tenant_;
    std::vector<workflow::value> events;
    for (const auto& text : m.events) {
      auto event = workflow::parse_json(text);
      if (!event)
        return slot.answer(
            reply::error(ec::invalid_request, "an event is not JSON: " + event.error().reason));
      write_event(commit.batch, *event, node_->outside.now_us(),
                  node_->settings.tenant.inbox_hours);
      events.push_back(std::move(*event));
    }
    commit.completion = std::make_shared<events_put>(caf::actor_cast<caf::actor>(self_), tenant_,
                                                     std::move(events), slot, pass);
    caf::anon_send(journal, std::move(commit));
  }

  void open(const open_listener& m) {
    if (const auto known = listeners_.find(m.who); known != listeners_.end()) {
      if (known->second.routes == m.routes) {
        seen(m.who, m.after);
        return read(); // its run is back, and may not have told of an event before it went
      }
      drop(known);
    }
    add(m.who, m.routes, m.after);
    lead();
  }

  void close(const close_listener& m) {
    if (!loaded_) closed_early_.insert(m.who);
    if (const auto known = listeners_.find(m.who); known != listeners_.end()) drop(known);
  }

  void seen(const listener_key& who, uint64_t sequence) {
    const auto known = listeners_.find(who);
    if (known == listeners_.end()) return;
    auto& l = known->second;
    if (l.at < sequence) l.at = sequence;
    std::erase_if(l.undecided, [&](const offered& o) { return o.sequence <= sequence; });
    if (l.undecided.empty()) forget_repetition(who, l);
    if (l.where == place::full && l.undecided.size() <= undecided_few) {
      l.where = place::behind;
      behind_.push_back(who);
      lead();
    }
  }

  // --- reading what is stored ---

  /// Page by page; one that fails begins it again.
  void load(const std::optional<store::stored_listener>& after = {}) {
    const auto loader = node_->loader->get();
    if (!loader) return again(load_atom::value);
    self_->request(loader, caf::infinite, read_listeners{tenant_, after})
        .then(
            [this, first = !after](listener_page& page) {
              if (page.failed) return again(load_atom::value);
              if (first) head_ = page.newest_event;
              for (const auto& l : *page.listeners)
                if (const listener_key who{l.run, l.effect, l.trigger};
                    !listeners_.contains(who) && !closed_early_.contains(who))
                  add(who, l.routes, l.cursor);
              if (!page.last) return load(page.listeners->back());
              loaded_ = true;
              closed_early_.clear();
              lead();
              read();
            },
            [this](caf::error&) { again(load_atom::value); });
  }

  /// What is new, for those that keep up.
  void read() {
    if (!loaded_) return;
    if (std::exchange(reading_, true)) {
      read_again_ = true;
      return;
    }
    read_again_ = false;
    ask_page(
        head_,
        [this](const std::vector<store::inbox_event>& events) {
          for (const auto& e : events) {
            head_ = e.sequence;
            offer(e, place::current);
          }
          reading_ = false;
          if (read_again_ || events.size() == page_size) read();
        },
        [this] {
          reading_ = false;
          again(read_atom::value);
        });
  }

  /// Leads those that are behind up to what is new.
  void lead() {
    if (!loaded_ || leading_) return;
    if (led_.empty()) {
      led_at_ = head_;
      for (const auto& who : std::exchange(behind_, {}))
        if (const auto known = listeners_.find(who);
            known != listeners_.end() && known->second.where == place::behind) {
          known->second.where = place::led;
          led_.push_back(who);
          led_at_ = std::min(led_at_, known->second.at);
        }
    }
    if (led_.empty()) return;
    leading_ = true;
    ask_page(
        led_at_,
        [this](const std::vector<store::inbox_event>& events) {
          leading_ = false;
          for (const auto& e : events) {
            led_at_ = e.sequence;
            if (led_at_ > head_) break;
            offer(e, place::led);
          }
          // The loader answers in order: this page was read after what `head_` tells of.
          if (events.size() < page_size || led_at_ >= head_) arrive();
          lead();
        },
        [this] {
          leading_ = false;
          again(lead_atom::value);
        });
  }

  // --- telling ---

  void wake(uint64_t epoch) {
    if (epoch != epoch_) return;
    scheduled_us_.reset();
    const auto now_us = node_->outside.now_us();
    for (size_t told = 0;
         told < told_at_once && !repetitions_.empty() && repetitions_.begin()->first <= now_us;) {
      const auto who = repetitions_.begin()->second;
      repetitions_.erase(repetitions_.begin());
      auto& l = listeners_.at(who);
      uint64_t previous = 0;
      for (const auto& u : l.undecided) tell(who, u, std::exchange(previous, u.sequence));
      told += l.undecided.size();
      l.repeat_us = now_us + repeat_us;
      repetitions_.emplace(l.repeat_us, who);
    }
    schedule();
  }

private:
  enum class place : uint8_t {
    current, ///< Has been offered all that concerns it up to `head_`.
    behind,  ///< Waits to be led.
    led,     ///< Is being led.
    full,    ///< Has too many undecided.
  };
  struct offered {
    uint64_t sequence = 0;
    std::shared_ptr<const std::string> event;
    int64_t received_us = 0;
  };
  /// There may be a million of them: a deque would cost 600 bytes while it is empty, and routes are
  /// read again when it goes.
  struct listener {
    std::string routes; ///< As they came.
    place where = place::behind;
    uint64_t at = 0;                ///< Unless it is current: offered or decided up to here.
    std::vector<offered> undecided; ///< In order.
    int64_t repeat_us = 0;          ///< 0: nothing to repeat.
  };
  using table = std::map<listener_key, listener>;

  void add(const listener_key& who, const std::string& routes, uint64_t after) {
    try {
      index_.add(who, decode_routes(routes));
    } catch (const std::runtime_error& e) {
      spdlog::error("inbox.listener.unreadable tenant={} run={} trigger={} reason=\"{}\"", tenant_,
                    who.run.text(), who.trigger, e.what());
      return;
    }
    listener l;
    l.routes = routes;
    l.at = after;
    listeners_.emplace(who, std::move(l));
    behind_.push_back(who);
  }

  void drop(table::iterator known) {
    index_.remove(known->first, decode_routes(known->second.routes));
    forget_repetition(known->first, known->second);
    listeners_.erase(known);
  }

  /// Offers it to those concerned that are in this place.
  void offer(const store::inbox_event& e, place to) {
    const auto event = workflow::parse_json(e.event);
    if (!event) return;
    std::shared_ptr<const std::string> text;
    for (const auto& who : index_.concerned(*event, node_->outside.now_us())) {
      auto& l = listeners_.at(who);
      if (l.where != to || (to == place::led && l.at >= e.sequence)) continue;
      if (l.undecided.size() >= undecided_most) {
        l.where = place::full;
        l.at = std::max(l.at, l.undecided.back().sequence);
        continue;
      }
      if (!text) text = std::make_shared<const std::string>(e.event);
      l.at = e.sequence;
      const auto previous = l.undecided.empty() ? 0 : l.undecided.back().sequence;
      l.undecided.push_back({e.sequence, text, e.received_us});
      tell(who, l.undecided.back(), previous);
      repeat_later(who, l);
    }
  }

  /// Who was led so far keeps up from now on.
  void arrive() {
    for (const auto& who : std::exchange(led_, {}))
      if (const auto known = listeners_.find(who);
          known != listeners_.end() && known->second.where == place::led)
        known->second.where = place::current;
  }

  /// `previous` is the one before it that is undecided now; 0: none.
  void tell(const listener_key& who, const offered& o, uint64_t previous) {
    self_->send(owner_, event_due{tenant_, who, o.sequence, *o.event, o.received_us, previous});
  }

  void repeat_later(const listener_key& who, listener& l) {
    if (l.repeat_us != 0) return;
    l.repeat_us = node_->outside.now_us() + repeat_us;
    repetitions_.emplace(l.repeat_us, who);
    schedule();
  }
  void forget_repetition(const listener_key& who, listener& l) {
    if (l.repeat_us != 0) repetitions_.erase({std::exchange(l.repeat_us, 0), who});
  }

  /// Keeps one wake-up on its way, for the soonest repetition.
  void schedule() {
    if (repetitions_.empty()) return;
    const auto next_us = repetitions_.begin()->first;
    if (scheduled_us_ && *scheduled_us_ <= next_us) return;
    scheduled_us_ = next_us;
    const auto wait_us = std::max<int64_t>(0, next_us - node_->outside.now_us());
    self_->delayed_send(self_, std::chrono::microseconds{wait_us}, wake_atom::value, ++epoch_);
  }

  template <class Then, class Otherwise>
  void ask_page(uint64_t after, Then then, Otherwise otherwise) {
    const auto loader = node_->loader->get();
    if (!loader) return otherwise();
    self_->request(loader, caf::infinite, read_inbox{tenant_, after, page_size})
        .then(
            [then, otherwise](inbox_page& page) {
              if (page.failed) return otherwise();
              then(*page.events);
            },
            [otherwise](caf::error&) { otherwise(); });
  }

  template <class Atom>
  void again(Atom what) {
    self_->delayed_send(self_, retry_after, what);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id tenant_;
  caf::actor owner_;

  table listeners_;
  event_index index_{key_budget};
  bool loaded_ = false;
  std::set<listener_key> closed_early_; ///< While the rows were being read.

  uint64_t head_ = 0; ///< The newest event that was read.
  bool reading_ = false, read_again_ = false;
  std::vector<listener_key> behind_, led_;
  uint64_t led_at_ = 0;
  bool leading_ = false;

  std::set<std::pair<int64_t, listener_key>> repetitions_;
  std::optional<int64_t> scheduled_us_;
  uint64_t epoch_ = 0;
};

} // namespace

caf::behavior inbox(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                    caf::actor owner) {
  auto s = std::make_shared<inbox_state>(self, std::move(n), std::move(tenant), std::move(owner));
  return caf::message_handler{
      [s](const publish_events& m, const reply_slot& slot, const ticket& pass) {
        s->publish(m, slot, pass);
      },
      [s](const open_listener& m) { s->open(m); },
      [s](const close_listener& m) { s->close(m); },
      [s](const event_seen& m) { s->seen(m.who, m.sequence); },
      [s](const inbox_grown&) { s->read(); },
      [s](load_atom) { s->load(); },
      [s](read_atom) { s->read(); },
      [s](lead_atom) { s->lead(); },
      [s](wake_atom, uint64_t epoch) { s->wake(epoch); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
