#include "actors/agents/desk.hpp"

#include "actors/agents/messages.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"

#include <array>
#include <deque>
#include <functional>
#include <map>

namespace steward {

namespace {

using look_atom = caf::atom_constant<caf::atom("look")>;
using std::chrono::milliseconds;

constexpr size_t of_one_tenant_most = thinkers / 2;
constexpr size_t of_agents_most = thinkers / 2;
/// Longer than any decision may take.
constexpr std::chrono::seconds patience{50};

struct job {
  tenant_id tenant;
  /// Gives it to the thinker; the second function is called once it is done, however.
  std::function<void(const caf::actor&, std::function<void()>)> give;
};

/// Whoever asked is told also when the desk crashes: nobody else would tell them.
template <class Answer>
struct owed_answer {
  explicit owed_answer(caf::typed_response_promise<Answer> p) : promise(std::move(p)) {}
  ~owed_answer() {
    if (promise.pending()) promise.deliver(caf::make_error(caf::sec::request_receiver_down));
  }
  owed_answer(const owed_answer&) = delete;
  owed_answer& operator=(const owed_answer&) = delete;

  caf::typed_response_promise<Answer> promise;
};

/// Jobs of many tenants, who take turns.
class line {
public:
  size_t size() const { return size_; }

  void add(job j) {
    ++size_;
    auto& of_tenant = jobs_[j.tenant];
    if (of_tenant.empty()) turns_.push_back(j.tenant);
    of_tenant.push_back(std::move(j));
  }

  /// The next of a tenant that may have one more in work.
  template <class May>
  std::optional<job> take(May may) {
    for (size_t i = 0; i < turns_.size(); ++i) {
      const auto tenant = std::move(turns_.front());
      turns_.pop_front();
      if (!may(tenant)) {
        turns_.push_back(tenant);
        continue;
      }
      const auto at = jobs_.find(tenant);
      auto j = std::move(at->second.front());
      at->second.pop_front();
      if (at->second.empty())
        jobs_.erase(at);
      else
        turns_.push_back(tenant);
      --size_;
      return j;
    }
    return std::nullopt;
  }

private:
  size_t size_ = 0;
  std::map<tenant_id, std::deque<job>> jobs_;
  std::deque<tenant_id> turns_; ///< Those that have some.
};

class desk_state {
public:
  desk_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    for (size_t i = 0; i < thinkers; ++i)
      slots_[i] = node_->services->slot("agents/thinker" + std::to_string(i + 1));
  }

  template <class Answer, class Question>
  caf::result<Answer> ask(const Question& question, bool of_agent) {
    auto promise = self_->make_response_promise<Answer>();
    const auto owed = std::make_shared<owed_answer<Answer>>(promise);
    add({question.tenant,
         [this, question, owed](const caf::actor& thinker, std::function<void()> done) {
           self_->request(thinker, patience, question)
               .then(
                   [owed, done](Answer& a) {
                     owed->promise.deliver(std::move(a));
                     done();
                   },
                   [owed, done](caf::error& e) {
                     owed->promise.deliver(std::move(e));
                     done();
                   });
         }},
        of_agent);
    return promise;
  }

  void ask_figures(const ask_agents& question, const reply_slot& slot) {
    if (waiting_[0].size() >= node_->settings.store.query_queue)
      return slot.answer(
          reply::error({ec::unavailable, "too many queries are waiting", {}, milliseconds{1000}}));
    add({question.tenant,
         [this, question, slot](const caf::actor& thinker, std::function<void()> done) {
           self_->request(thinker, patience, question, slot)
               .then([done] { done(); }, [done](caf::error&) { done(); });
         }},
        false);
  }

  void look() {
    looking_ = false;
    go_on();
  }

private:
  void add(job j, bool of_agent) {
    waiting_[of_agent ? 1 : 0].add(std::move(j));
    go_on();
  }

  void go_on() {
    for (const bool of_agent : {false, true})
      while (!of_agent || of_agents_ < of_agents_most) {
        auto& waits = waiting_[of_agent ? 1 : 0];
        if (waits.size() == 0) break;
        const auto seat = free_seat();
        if (!seat) return;
        auto j = waits.take([this](const tenant_id& t) {
          const auto at = in_work_.find(t);
          return at == in_work_.end() || at->second < of_one_tenant_most;
        });
        if (!j) break;
        give(std::move(*j), *seat, of_agent);
      }
  }

  /// One that is idle and there. While some are restarting, it looks again a moment later.
  std::optional<size_t> free_seat() {
    bool restarting = false;
    for (size_t i = 0; i < thinkers; ++i) {
      if (busy_[i]) continue;
      if (slots_[i]->get()) return i;
      restarting = true;
    }
    if (restarting && !std::exchange(looking_, true))
      self_->delayed_send(self_, milliseconds{20}, look_atom::value);
    return std::nullopt;
  }

  void give(job j, size_t seat, bool of_agent) {
    busy_[seat] = true;
    ++in_work_[j.tenant];
    of_agents_ += of_agent;
    j.give(slots_[seat]->get(), [this, seat, of_agent, tenant = j.tenant] {
      busy_[seat] = false;
      of_agents_ -= of_agent;
      if (--in_work_[tenant] == 0) in_work_.erase(tenant);
      go_on();
    });
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::array<node::slot, thinkers> slots_;
  std::array<bool, thinkers> busy_{};
  std::array<line, 2> waiting_; ///< Whom somebody waits for; agents by themselves.
  std::map<tenant_id, size_t> in_work_;
  size_t of_agents_ = 0;
  bool looking_ = false;
};

} // namespace

caf::behavior desk(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<desk_state>(self, std::move(n));
  return caf::message_handler{
      [s](const consider& m) { return s->ask<considered>(m, m.by_itself); },
      [s](const read_documents& m) { return s->ask<documents>(m, false); },
      [s](const search_documents& m) { return s->ask<documents>(m, false); },
      [s](const read_gate& m) { return s->ask<gate_read>(m, true); },
      [s](const ask_agents& m, const reply_slot& slot) { s->ask_figures(m, slot); },
      [s](look_atom) { s->look(); },
  }
      .or_else(common);
}

} // namespace steward
