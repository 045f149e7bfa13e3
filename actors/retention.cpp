#include "actors/retention.hpp"

#include "actors/inbox_messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/tell_batch.hpp"
#include "supervision/supervisor.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using pass_atom = caf::atom_constant<caf::atom("pass")>;
using step_atom = caf::atom_constant<caf::atom("step")>;
using std::chrono::milliseconds;

constexpr milliseconds between_passes{600'000};
constexpr milliseconds between_steps{20};
constexpr milliseconds when_refused{5'000};
// A step of this size holds up the next commit by a few milliseconds.
constexpr size_t runs_in_step = 100;
constexpr size_t events_in_step = 200;

class retention_state {
public:
  retention_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    self_->delayed_send(self_, between_passes, pass_atom::value);
  }

  void begin_pass() {
    const auto loader = node_->loader->get();
    if (!loader) return later(pass_atom::value, when_refused);
    self_->request(loader, caf::infinite, find_tenants{})
        .then(
            [this](known_tenants& found) {
              if (found.failed) return later(pass_atom::value, when_refused);
              tenants_ = *found.tenants;
              begun_us_ = node_->outside.now_us();
              removed_ = 0;
              after_.reset();
              step();
            },
            [this](caf::error& e) {
              spdlog::warn("retention.postponed reason=\"{}\"", self_->system().render(e));
              later(pass_atom::value, when_refused);
            });
  }

  void step() {
    while (!tenants_.empty() && !node_->shards.here(tenants_.back())) tenants_.pop_back();
    if (tenants_.empty()) return end_pass();
    const auto journal = node_->journal->get();
    if (!journal) return later(step_atom::value, when_refused);
    commit_request request;
    request.batch.tenant = tenants_.back();
    auto& ops = request.batch.ops;
    const auto& keeps = node_->settings.retention;
    if (keeps.run_hours > 0)
      ops.emplace_back(purge_runs{after_, before(keeps.run_hours), runs_in_step});
    if (keeps.feed_hours > 0)
      ops.emplace_back(purge_feed{before(keeps.feed_hours), events_in_step});
    ops.emplace_back(purge_inbox{before(node_->settings.tenant.inbox_hours), events_in_step});
    runs_are_asked_ = keeps.run_hours > 0;
    request.completion = std::make_shared<tell_batch>(caf::actor_cast<caf::actor>(self_));
    self_->send(journal, std::move(request));
  }

  void stepped(const batch_done& m) {
    if (m.lost || m.result.what != batch_result::kind::committed)
      return later(step_atom::value, when_refused);
    bool more = false;
    for (const auto& purged : m.result.purges) {
      removed_ += purged.removed;
      more = more || purged.more;
    }
    if (runs_are_asked_ && !m.result.purges.front().last.empty())
      after_ = m.result.purges.front().last;
    if (!more) {
      tenants_.pop_back();
      after_.reset();
    }
    later(step_atom::value, between_steps);
  }

private:
  int64_t before(uint32_t hours) const { return begun_us_ - int64_t{hours} * 3'600'000'000; }

  void end_pass() {
    if (removed_ > 0) spdlog::info("retention.pass removed={}", removed_);
    later(pass_atom::value, between_passes);
  }

  template <class Atom>
  void later(Atom what, milliseconds when) {
    self_->delayed_send(self_, when, what);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::vector<tenant_id> tenants_; ///< Still to come; the last one is at work.
  std::optional<run_id> after_;    ///< How far its runs were looked at.
  bool runs_are_asked_ = false;
  int64_t begun_us_ = 0;
  uint64_t removed_ = 0;
};

} // namespace

caf::behavior retention(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto state = std::make_shared<retention_state>(self, std::move(n));
  return caf::message_handler{
      [state](pass_atom) { state->begin_pass(); },
      [state](step_atom) { state->step(); },
      [state](const batch_done& m) { state->stepped(m); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
