#include "actors/agents/agent.hpp"

#include "actors/agents/messages.hpp"
#include "supervision/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <limits>

namespace steward {

namespace {

using retry_atom = caf::atom_constant<caf::atom("retry")>;
using std::chrono::milliseconds;

constexpr unsigned attempts_most = 3;
constexpr std::chrono::seconds patience{60};
constexpr int64_t never = std::numeric_limits<int64_t>::max();
/// After a start, what was missed is made up for within this time, not all at once.
constexpr int64_t make_up_us = 20'000'000;

class agent_state {
public:
  agent_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
              std::string name, std::string path)
      : self_(self), node_(std::move(n)), tenant_(std::move(tenant)), name_(std::move(name)),
        path_(std::move(path)), gate_(node_->services->slot("tenants/" + tenant_ + "/gate")) {
    ask([this](agent_terms& t) { begin_life(t); });
  }

  void due() {
    if (busy_) return;
    execute(0);
  }

  void retry() {
    busy_ = false;
    if (begun_) return execute(0);
    ask([this](agent_terms& t) { begin_life(t); });
  }

private:
  template <class Then>
  void ask(Then then) {
    const auto gate = gate_->get();
    if (!gate) return later();
    self_->request(gate, patience, ask_terms{name_})
        .then(
            [this, then](agent_terms& t) {
              if (t.refusal == "loading") return later();
              then(t);
            },
            [this](caf::error&) { later(); });
  }
  void later() { self_->delayed_send(self_, milliseconds{250}, retry_atom::value); }

  void begin_life(const agent_terms& t) {
    begun_ = true;
    if (!t.declared) return;
    const auto now = node_->outside.now_us();
    const auto last_due = next_after(now, t.interval_us) - t.interval_us;
    const bool missed = t.last_execution_us != 0 && t.last_execution_us < last_due;
    const bool is_new = t.last_execution_us == 0;
    if (is_new || missed)
      return remind_at(now + static_cast<int64_t>(
                                 phase() % static_cast<uint64_t>(is_new ? 1'000'000 : make_up_us)));
    remind_at(next_after(now, t.interval_us));
  }

  uint64_t phase() const { return std::hash<std::string>{}(tenant_ + '/' + name_); }

  /// The first of its moments after that time.
  int64_t next_after(int64_t now_us, int64_t interval_us) const {
    const auto offset = static_cast<int64_t>(phase() % static_cast<uint64_t>(interval_us));
    return ((now_us - offset) / interval_us + 1) * interval_us + offset;
  }

  void remind_at(int64_t due_us) {
    busy_ = false;
    if (const auto agenda = node_->agenda->get()) return self_->send(agenda, remind{path_, due_us});
    later();
  }

  void execute(unsigned attempt) {
    busy_ = true;
    ask([this, attempt](agent_terms& t) {
      if (!t.declared) return remind_at(never);
      const auto now = node_->outside.now_us();
      if (!t.refusal.empty()) return remind_at(next_after(now, t.interval_us));
      think(t, now, attempt);
    });
  }

  void think(const agent_terms& t, int64_t began_us, unsigned attempt) {
    const auto thinker = node_->thinker->get();
    if (!thinker) return later();
    consider m;
    m.tenant = tenant_;
    m.how = t.how;
    m.settings = t.settings;
    m.again = attempt > 0;
    m.trigger = workflow::value::object({{"due", began_us / 1'000'000}});
    self_->request(thinker, patience, std::move(m))
        .then([this, interval = t.interval_us, began_us,
               attempt](considered& c) { hand_over(c, interval, began_us, attempt); },
              [this](caf::error&) { later(); });
  }

  void hand_over(considered& c, int64_t interval_us, int64_t began_us, unsigned attempt) {
    if (c.unavailable) return later();
    node_->counters.agent_executions.fetch_add(1, std::memory_order_relaxed);
    if (!c.error.empty()) {
      node_->counters.agent_failures.fetch_add(1, std::memory_order_relaxed);
      spdlog::warn("agent.failed tenant={} agent={} reason=\"{}\"", tenant_, name_, c.error);
    }
    const auto gate = gate_->get();
    if (!gate) return later();
    const auto next = next_after(node_->outside.now_us(), interval_us);
    self_->request(gate, patience, execution{name_, began_us, next, std::move(c)})
        .then(
            [this, next, attempt](execution_done& done) {
              if (done.conflict && attempt + 1 < attempts_most) return execute(attempt + 1);
              remind_at(next);
            },
            [this](caf::error&) { later(); });
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id tenant_;
  std::string name_, path_;
  node::slot gate_;
  bool begun_ = false, busy_ = false;
};

} // namespace

caf::behavior agent(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                    std::string name, std::string path) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<agent_state>(self, std::move(n), std::move(tenant), std::move(name),
                                         std::move(path));
  return caf::message_handler{
      [s](const reminder_due&) { s->due(); },
      [s](execute_atom) { s->due(); },
      [s](retry_atom) { s->retry(); },
  }
      .or_else(common);
}

} // namespace steward
