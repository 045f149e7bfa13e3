#include "actors/agents/agent.hpp"

#include "actors/agents/messages.hpp"
#include "messages/events.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <deque>
#include <limits>

namespace steward {

namespace {

using retry_atom = caf::atom_constant<caf::atom("retry")>;
using std::chrono::milliseconds;

constexpr char listener_prefix[] = "agents:";
constexpr unsigned looks_most = 3;
/// A gate that does not answer within this time has crashed over the question.
constexpr std::chrono::seconds patience{15};
constexpr int64_t never = std::numeric_limits<int64_t>::max();
/// After a start, what was missed is made up for within this time, not all at once.
constexpr int64_t make_up_us = 20'000'000;

class agent_state {
public:
  agent_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
              std::string name, std::string path)
      : self_(self), node_(std::move(n)), tenant_(std::move(tenant)), name_(std::move(name)),
        path_(std::move(path)), gate_(node_->services->slot("tenants/" + tenant_ + "/gate")) {
    ask(false, [this](agent_terms& t) { begin_life(t); });
  }

  /// Its pack was installed anew.
  void begin_anew() {
    ask(false, [this](agent_terms& t) { begin_life(t); });
  }

  /// By the clock, or because somebody wants it now.
  void due() {
    due_ = true;
    go_on();
  }

  void offered(const event_due& m) {
    if (m.sequence <= decided_) return saw();
    const auto queued = offers_.empty() ? decided_ : offers_.back().sequence;
    if (m.sequence <= queued || m.previous > queued) return;
    offers_.push_back(m);
    go_on();
  }

  void retry() {
    busy_ = false;
    if (!begun_) return ask(false, [this](agent_terms& t) { begin_life(t); });
    go_on();
  }

private:
  template <class Then>
  void ask(bool executes, Then then) {
    const auto gate = gate_->get();
    if (!gate) return later();
    self_->request(gate, patience, ask_terms{name_, executes})
        .then(
            [this, then](agent_terms& t) {
              if (t.refusal == "loading") return later();
              then(t);
            },
            [this](caf::error&) { later(); });
  }
  void later(int64_t wait_us = 250'000) {
    self_->delayed_send(self_, std::chrono::microseconds{wait_us}, retry_atom::value);
  }

  void begin_life(const agent_terms& t) {
    begun_ = true;
    decided_ = std::max(decided_, t.event_cursor);
    if (!t.declared) return;
    const auto now = node_->outside.now_us();
    if (t.interval_us == 0) {
      remind_at(never);
    } else {
      const auto last_due = next_after(now, t.interval_us) - t.interval_us;
      const bool missed = t.last_execution_us != 0 && t.last_execution_us < last_due;
      const bool is_new = t.last_execution_us == 0;
      if (is_new || missed)
        remind_at(now + static_cast<int64_t>(
                            phase() % static_cast<uint64_t>(is_new ? 1'000'000 : make_up_us)));
      else
        remind_at(next_after(now, t.interval_us));
    }
    go_on();
  }

  uint64_t phase() const { return std::hash<std::string>{}(tenant_ + '/' + name_); }

  /// The first of its moments after that time.
  int64_t next_after(int64_t now_us, int64_t interval_us) const {
    if (interval_us == 0) return never;
    const auto offset = static_cast<int64_t>(phase() % static_cast<uint64_t>(interval_us));
    return ((now_us - offset) / interval_us + 1) * interval_us + offset;
  }

  void remind_at(int64_t due_us) {
    if (const auto agenda = node_->agenda->get()) return self_->send(agenda, remind{path_, due_us});
    due_ = true; // rather too often than never
    later();
  }

  // --- one execution after the other ---

  void go_on() {
    while (!offers_.empty() && offers_.front().sequence <= decided_) offers_.pop_front();
    if (busy_ || !begun_ || (!due_ && offers_.empty())) return;
    busy_ = true;
    ask(true, [this](agent_terms& t) {
      if (!t.declared) return rest(never);
      if (!t.refusal.empty()) return rest(next_after(node_->outside.now_us(), t.interval_us));
      if (t.wait_us != 0) return later(t.wait_us);
      terms_ = t;
      looks_ = 0;
      event_.reset();
      if (due_)
        due_ = false;
      else
        event_ = offers_.front();
      think();
    });
  }

  /// It may not execute: what is due by the clock is passed by, events are said again.
  void rest(int64_t next_us) {
    offers_.clear();
    busy_ = false;
    if (std::exchange(due_, false)) remind_at(next_us);
  }

  void think() {
    const auto desk = node_->desk->get();
    if (!desk) return again();
    began_us_ = node_->outside.now_us();
    consider m;
    m.tenant = tenant_;
    m.how = terms_.how;
    m.settings = terms_.settings;
    m.by_itself = true;
    m.again = looks_ > 0;
    m.trigger = workflow::value::object({{"due", began_us_ / 1'000'000}});
    if (event_)
      if (auto event = workflow::parse_json(event_->event))
        m.trigger.set("event", std::move(*event));
    self_
        ->request(desk, caf::infinite, std::move(m)) // the desk answers, or is gone
        .then([this](considered& c) { hand_over(c); }, [this](caf::error&) { again(); });
  }

  /// From the beginning, when what it needs is there.
  void again() {
    if (!event_) due_ = true;
    later();
  }

  void hand_over(considered& c) {
    if (c.unavailable) return again();
    node_->counters.agent_executions.fetch_add(1, std::memory_order_relaxed);
    const bool failed = !c.error.empty();
    if (failed) {
      node_->counters.agent_failures.fetch_add(1, std::memory_order_relaxed);
      spdlog::warn("agent.failed tenant={} agent={} reason=\"{}\"", tenant_, name_, c.error);
    }
    auto& failures = event_ ? event_failures_ : clock_failures_;
    failures = failed ? failures + 1 : 0;
    const bool tries_again = failed && failures < terms_.queue->attempts;
    const auto now = node_->outside.now_us();
    execution m{name_, began_us_, 0, std::move(c), 0};
    auto next = next_after(now, terms_.interval_us);
    if (tries_again) next = std::min(next, now + terms_.queue->backoff_us(failures));
    if (event_) {
      if (!tries_again) m.event = event_->sequence;
    } else {
      m.next_us = next == never ? 0 : next;
    }
    if (failed && !tries_again) failures = 0;
    const auto gate = gate_->get();
    if (!gate) return again();
    const auto backoff_us = tries_again ? terms_.queue->backoff_us(failures) : 0;
    self_->request(gate, patience, std::move(m))
        .then(
            [this, next, backoff_us](execution_done& done) {
              if (done.conflict && ++looks_ < looks_most) return think();
              ended(done, next, backoff_us);
            },
            [this](caf::error&) { again(); });
  }

  void ended(const execution_done& done, int64_t next_us, int64_t backoff_us) {
    if (!event_) {
      remind_at(next_us);
    } else if (done.refused) {
      offers_.clear(); // they are said again
    } else if (backoff_us != 0 || done.conflict) {
      return later(std::max<int64_t>(backoff_us, 250'000));
    } else {
      decided_ = event_->sequence;
      if (!offers_.empty()) offers_.pop_front();
      saw();
    }
    busy_ = false;
    go_on();
  }

  void saw() {
    if (const auto tenant = node_->tenant_or_loader(tenant_))
      self_->send(tenant, event_seen{tenant_, {{}, 0, listener_of_agent(name_)}, decided_});
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id tenant_;
  std::string name_, path_;
  node::slot gate_;
  bool begun_ = false, busy_ = false;
  bool due_ = false;                                 ///< By the clock.
  std::deque<event_due> offers_;                     ///< The inbox has a bound for them.
  uint64_t decided_ = 0;                             ///< The newest event that it has dealt with.
  unsigned clock_failures_ = 0, event_failures_ = 0; ///< In a row.

  // Of the execution under way:
  agent_terms terms_;
  std::optional<event_due> event_; ///< None: by the clock.
  int64_t began_us_ = 0;
  unsigned looks_ = 0;
};

} // namespace

std::string listener_of_agent(const std::string& agent) { return listener_prefix + agent; }

std::string agent_of_listener(const std::string& trigger) {
  return trigger.starts_with(listener_prefix) ? trigger.substr(sizeof listener_prefix - 1)
                                              : std::string{};
}

caf::behavior agent(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                    std::string name, std::string path) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<agent_state>(self, std::move(n), std::move(tenant), std::move(name),
                                         std::move(path));
  return caf::message_handler{
      [s](const reminder_due&) { s->due(); },    [s](execute_atom) { s->due(); },
      [s](begin_anew_atom) { s->begin_anew(); }, [s](const event_due& m) { s->offered(m); },
      [s](retry_atom) { s->retry(); },
  }
      .or_else(common);
}

} // namespace steward
