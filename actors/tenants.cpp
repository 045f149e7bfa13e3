#include "actors/tenants.hpp"

#include "actors/cluster/messages.hpp"
#include "actors/inbox_messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/tell_batch.hpp"
#include "actors/tenant.hpp"
#include "actors/timers.hpp"
#include "supervision/supervisor.hpp"

#include <set>

namespace steward {

namespace {

using recover_atom = caf::atom_constant<caf::atom("recover")>;
using std::chrono::milliseconds;

class tenants_state {
public:
  tenants_state(caf::event_based_actor* self, std::shared_ptr<node> n, std::string path)
      : self_(self), node_(std::move(n)),
        core_(self, {"tenants", supervision::strategy::one_for_one, 100, milliseconds{10'000}, {}},
              std::move(path), node_->services) {
    core_.on_gone = [this](const std::string& name, const caf::error&) { gone(name); };
    core_.start();
    recover();
  }

  caf::message_handler supervision_handlers() { return core_.handlers(); }

  /// After a crash of this actor or of a tenant, what they had committed may not have been told
  /// yet: timers that nobody armed, and runs that wait for nothing else.
  void recover() {
    if (!ask_settled(*node_, {}, caf::actor_cast<caf::actor>(self_))) recover_later();
  }

  void settled(const batch_done& m) {
    const auto loader = node_->loader->get();
    if (!loader || m.lost || m.result.what != batch_result::kind::committed) return recover_later();
    read_timers_again();
    self_->request(loader, caf::infinite, find_busy{})
        .then(
            [this](busy_tenants& found) {
              if (found.failed) return recover_later();
              for (const auto& tenant : *found.tenants)
                if (node_->shards.here(tenant)) open(tenant);
            },
            [this](caf::error&) { recover_later(); });
  }

  /// Invalid only while the tenant is between two incarnations.
  caf::actor open(const tenant_id& tenant) {
    if (auto handle = core_.child(tenant)) return handle;
    if (!opened_.insert(tenant).second) return {};
    supervision::child_spec spec;
    spec.name = tenant;
    spec.is_supervisor = true;
    spec.start = [this, n = node_, tenant](const supervision::child_start& c) {
      if (c.crashes > 0) recover();
      return c.parent->spawn([n, tenant, path = c.path](caf::event_based_actor* self) {
        return steward::tenant(self, n, tenant, path);
      });
    };
    return core_.add(std::move(spec));
  }

  /// Ends the tenants of shards that go elsewhere.
  void close(const close_shards& m) {
    closing_ = m;
    leaving_.clear();
    for (const auto& tenant : opened_)
      if (m.which[shard_of(tenant)]) leaving_.insert(tenant);
    for (const auto& tenant : std::set{leaving_}) core_.remove(tenant);
    say_closed();
  }

  /// Passes the tenant's door on the sender's behalf, who did not know of it yet. A tenant that is
  /// on another node is asked there.
  template <class Message>
  void enter(Message& m, const reply_slot& slot) {
    if (!node_->shards.here(m.tenant)) {
      if (const auto router = node_->router->get())
        self_->send(router, passed_on(m, m.tenant, slot));
      return; // without a router the slot answers
    }
    const auto handle = open(m.tenant);
    if (!handle) return; // the slot answers
    auto admitted = node_->tenant_doors->open(m.tenant, node_->settings.tenant.admission)
                        ->try_enter(node_->outside.now_us());
    if (!admitted)
      return slot.answer(
          reply::error({ec::overloaded, "the tenant is at its limit", {}, admitted.retry_after}));
    self_->send(handle, std::move(m), slot, std::move(admitted.pass));
  }

  /// What is for a tenant that is elsewhere, its node will say to it again.
  template <class Message>
  void forward(Message& m) {
    if (!node_->shards.here(m.tenant)) return;
    if (const auto handle = open(m.tenant)) self_->send(handle, std::move(m));
  }

private:
  void read_timers_again() {
    if (const auto timers = node_->timers->get()) self_->send(timers, read_again_atom::value);
  }

  void gone(const tenant_id& tenant) {
    opened_.erase(tenant);
    if (leaving_.erase(tenant) > 0) say_closed();
  }

  void say_closed() {
    if (!closing_ || !leaving_.empty()) return;
    self_->send(closing_->author, shards_closed{});
    closing_.reset();
    read_timers_again(); // Theirs are forgotten.
  }

  void recover_later() { self_->delayed_send(self_, milliseconds{200}, recover_atom::value); }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  supervision::supervisor core_;
  std::set<tenant_id> opened_;
  std::optional<close_shards> closing_;
  std::set<tenant_id> leaving_; ///< Of those to be closed: they have not ended yet.
};

} // namespace

caf::behavior tenants(caf::event_based_actor* self, std::shared_ptr<node> n, std::string path) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<tenants_state>(self, std::move(n), std::move(path));
  return caf::message_handler{
      [s](start_run& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](start_runs& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](control_run& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](retry_run& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](publish_events& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](deploy_workflow& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](declare_collection& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](remove_collection& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](write_record& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](write_records& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](remove_record& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](change_agents& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](open_listener& m) { s->forward(m); },
      [s](close_listener& m) { s->forward(m); },
      [s](event_seen& m) { s->forward(m); },
      [s](inbox_grown& m) { s->forward(m); },
      [s](list_schedules& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](control_schedule& m, const reply_slot& slot) { s->enter(m, slot); },
      [s](workflow_changed& m) { s->forward(m); },
      [s](timer_due& m) { s->forward(m); },
      [s](spawn_child& m) { s->forward(m); },
      [s](child_done& m) { s->forward(m); },
      [s](cancel_child& m) { s->forward(m); },
      [s](confirm_child& m) { s->forward(m); },
      [s](const close_shards& m) { s->close(m); },
      [s](shards_gained) { s->recover(); },
      [s](recover_atom) { s->recover(); },
      [s](const batch_done& m) { s->settled(m); },
  }
      .or_else(s->supervision_handlers())
      .or_else(common);
}

} // namespace steward
