#include "actors/tenant.hpp"

#include "actors/agents/agent.hpp"
#include "actors/agents/gatekeeper.hpp"
#include "actors/agents/messages.hpp"
#include "actors/batch_start.hpp"
#include "actors/inbox.hpp"
#include "actors/local_messages.hpp"
#include "actors/quarantine.hpp"
#include "actors/run.hpp"
#include "actors/run_ids.hpp"
#include "actors/runner.hpp"
#include "actors/schedule_messages.hpp"
#include "actors/schedules.hpp"
#include "actors/tell_batch.hpp"
#include "messages/run_document.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <set>
#include <unordered_map>

namespace steward {

namespace {

using recover_atom = caf::atom_constant<caf::atom("recover")>;
using std::chrono::milliseconds;

constexpr size_t remembered_workflows = 1000;

supervision::supervisor_spec tenant_spec(const std::shared_ptr<node>& n, const tenant_id& id) {
  using namespace supervision;
  supervisor_spec spec;
  spec.name = id;
  // Runs are given up one by one (crash_limit); they never bring their tenant down.
  spec.intensity = 1'000'000;
  child_spec r;
  r.name = "runner";
  r.start = [n](const child_start& c) {
    auto tenant = caf::actor_cast<caf::actor>(c.parent);
    return c.parent->spawn(
        [n, tenant](caf::event_based_actor* self) { return runner(self, n, tenant); });
  };
  spec.children.push_back(std::move(r));
  child_spec events;
  events.name = "inbox";
  events.start = [n, id](const child_start& c) {
    auto tenant = caf::actor_cast<caf::actor>(c.parent);
    return c.parent->spawn(
        [n, id, tenant](caf::event_based_actor* self) { return inbox(self, n, id, tenant); });
  };
  spec.children.push_back(std::move(events));
  child_spec starts;
  starts.name = "schedules";
  starts.start = [n, id](const child_start& c) { return c.parent->spawn(schedules, n, id); };
  spec.children.push_back(std::move(starts));
  child_spec gate;
  gate.name = "gate";
  gate.start = [n, id](const child_start& c) {
    auto tenant = caf::actor_cast<caf::actor>(c.parent);
    return c.parent->spawn(gatekeeper, n, id, tenant, "tenants/" + id + "/gate");
  };
  spec.children.push_back(std::move(gate));
  return spec;
}

class tenant_state {
public:
  tenant_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id id,
               std::string path)
      : self_(self), node_(std::move(n)), id_(std::move(id)),
        core_(self, tenant_spec(node_, id_), std::move(path), node_->services) {
    core_.on_crash = [this](const std::string& name, unsigned, const std::string& reason) {
      return may_restart(name, reason);
    };
    core_.on_gone = [this](const std::string& name, const caf::error&) { gone(name); };
    core_.start();
    node_->tenant_doors->open(id_, node_->settings.tenant.admission)
        ->set_actor(caf::actor_cast<caf::actor>(self_));
    recover();
  }

  ~tenant_state() {
    if (const auto d = node_->tenant_doors->find(id_)) d->actor_gone(self_->id());
  }

  caf::message_handler supervision_handlers() { return core_.handlers(); }
  const node& shared() const { return *node_; }

  /// Wakes what was running when the node, or this actor, stopped. Waiting runs sleep on: their
  /// timers wake them.
  void recover() {
    if (!ask_settled(*node_, id_, caf::actor_cast<caf::actor>(self_))) recover_later();
  }

  void settled(const batch_done& m) {
    if (m.lost || m.result.what != batch_result::kind::committed) return recover_later();
    find_active({});
  }

  void find_active(const std::optional<run_id>& after) {
    const auto loader = node_->loader->get();
    if (!loader) return recover_later();
    self_->request(loader, caf::infinite, find_unfinished{id_, after})
        .then(
            [this](unfinished_runs& found) {
              if (found.failed) return recover_later();
              wake_in_turn(*found.runs);
              if (!found.last) find_active(found.runs->back());
            },
            [this](caf::error&) { recover_later(); });
  }

  /// Wakes them as fast as others leave memory; half of the room is left to what happens meanwhile.
  void wake_in_turn(const std::vector<run_id>& runs) {
    to_wake_.insert(to_wake_.end(), runs.begin(), runs.end());
    wake_next();
  }

  // --- starting runs ---

  void start(start_run& request, const reply_slot& slot, const ticket& pass) {
    auto order = std::make_shared<start_order>();
    order->request = std::move(request);
    auto& input = order->request.input;
    if (input.starts_with("\xEF\xBB\xBF")) input.erase(0, 3); // a byte order mark is no JSON
    if (input.empty()) input = "null";
    order->slot = slot;
    order->pass = pass;
    admit(std::move(order));
  }

  void start_many(start_runs& request, const reply_slot& slot, const ticket& pass) {
    auto order = std::make_shared<batch_order>();
    order->request = std::move(request);
    order->slot = slot;
    order->pass = pass;
    const auto& r = order->request;
    find(
        {r.namespace_, r.name, r.version},
        [this, order](const deployed_ptr& workflow) {
          order->workflow = workflow;
          order->created_us = node_->outside.now_us();
          name_runs(*order, run_id::make(order->created_us, node_->outside.random(),
                                         node_->outside.random()));
          if (auto runner = core_.child("runner")) self_->send(runner, run_batch{order});
          // without a runner the slot answers
        },
        [order](const failure& why) { order->slot.answer(reply::error(why)); });
  }

  void start_child_run(const spawn_child& m) {
    auto order = std::make_shared<start_order>();
    order->request = {
        m.tenant, m.namespace_, m.name,         m.version == "latest" ? "" : m.version,
        m.input,  {},           milliseconds{0}};
    order->parent = m.parent;
    order->parent_effect = m.effect;
    order->id = derived_run_id(m.parent, m.idempotency_key);
    if (const auto known = awake_.find(order->id); known != awake_.end()) {
      known->second.asked_again = order;
      return;
    }
    admit_child(order);
  }

  void start_fixed(const start_due& m) {
    const auto& order = m.order;
    if (awake_.contains(order->id))
      return tell_run(order->id, await_end{order->slot, milliseconds{0}});
    admit(order);
  }

  void admit_child(const start_order_ptr& order) {
    if (children_to_come_.insert(order->id).second) admit(order);
  }

  void admit(start_order_ptr order) {
    if (order->parent && !children_to_come_.contains(order->id)) return; // cancelled meanwhile
    const auto& r = order->request;
    find(
        {r.namespace_, r.name, r.version},
        [this, order](const deployed_ptr& workflow) {
          order->workflow = workflow;
          dispatch(order);
        },
        [this, order](const failure& why) { refuse(order, why); });
  }

  /// The workflow as it is remembered or as the library has it: now or later, to one of the two.
  template <class Found, class Refused>
  void find(const workflow_ref& ref, Found found, Refused refused) {
    const auto known = workflows_.find(workflow_key(ref));
    if (known != workflows_.end() && !known->second->outdated(node_->outside.now_us()))
      return found(known->second);
    const auto restarting = [refused] {
      refused({ec::unavailable, "the workflow library is restarting", {}, milliseconds{1000}});
    };
    const auto library = node_->library->get();
    if (!library) return restarting();
    self_->request(library, caf::infinite, find_workflow{id_, ref, 0})
        .then(
            [this, ref, found, refused](found_workflow& answer) {
              if (!answer.workflow) return refused(answer.why);
              if (workflows_.size() >= remembered_workflows) workflows_.clear();
              workflows_[workflow_key(ref)] = answer.workflow;
              found(answer.workflow);
            },
            [restarting](caf::error&) { restarting(); });
  }

  /// The order needs an actor: it is long, or it broke the runner.
  void alone(const run_alone& m) {
    if (!m.crash.empty())
      spdlog::warn("run.crashed tenant={} run={} where=runner reason=\"{}\"", id_,
                   m.order->id.text(), m.crash);
    spawn_run(m.order->id, m.order);
  }

  void existing(const answer_existing& m) {
    const auto& order = *m.order;
    if (order.request.wait.count() > 0)
      return tell_run(m.run, await_end{order.slot, order.request.wait});
    if (const auto queries = node_->queries->get())
      self_->send(queries, get_run{id_, m.run}, order.slot);
  }

  void forget_workflow(const workflow_changed& m) {
    const auto prefix = m.namespace_ + '/' + m.name + '/';
    for (auto it = workflows_.lower_bound(prefix);
         it != workflows_.end() && it->first.starts_with(prefix);)
      it = workflows_.erase(it);
    tell_child("schedules", m);
  }

  // --- what happens to runs ---

  template <class... Message>
  void tell_run(const run_id& run, Message&&... message) {
    if (auto handle = wake(run)) self_->send(handle, std::forward<Message>(message)...);
  }

  /// A child that is between two incarnations misses it: it reads what is stored when it is back,
  /// and whoever waits for an answer is told to try again.
  template <class... Message>
  void tell_child(const char* name, Message&&... message) {
    if (auto handle = core_.child(name)) self_->send(handle, std::forward<Message>(message)...);
  }

  /// What changes records or workflows has passed the tenant's door, and is another actor's.
  template <class Message>
  void pass_to(const node::slot& to, Message& m, const reply_slot& slot, const ticket& pass) {
    if (auto handle = to->get()) self_->send(handle, std::move(m), slot, pass);
  }

  /// An event of the inbox reaches a run, the trigger of a workflow, an agent or the gate.
  void offer(const event_due& m) {
    if (m.who.trigger.empty()) return tell_run(m.who.run, m);
    if (m.who.trigger == listener_of_gate) return tell_child("gate", m);
    if (const auto agent = agent_of_listener(m.who.trigger); !agent.empty())
      return tell_child(agent.c_str(), m);
    tell_child("schedules", m);
  }

  /// The agents that the installed packs declare.
  void declare_agents(const agents_declared& m) {
    std::set<std::string> wanted{m.names.begin(), m.names.end()};
    for (const auto& name : agents_)
      if (!wanted.contains(name)) core_.remove(name);
    for (const auto& name : wanted) {
      if (agents_.contains(name)) continue;
      supervision::child_spec spec;
      spec.name = name;
      spec.start = [n = node_, id = id_, name](const supervision::child_start& c) {
        return c.parent->spawn(agent, n, id, name, "tenants/" + id + "/" + name);
      };
      core_.add(std::move(spec));
    }
    agents_ = std::move(wanted);
  }

  void cancel_child_run(const cancel_child& m) {
    const auto child = derived_run_id(m.parent, m.idempotency_key);
    if (children_to_come_.erase(child) > 0)
      return tell_run(m.parent, child_done{id_, m.parent, m.effect, run_status::cancelled, {}, {}});
    tell_run(child, m); // between two incarnations nobody hears it; its parent says it again
  }

private:
  struct awake_run {
    start_order_ptr order; ///< Of one that was started here; null for one that was woken.
    std::shared_ptr<std::atomic<uint64_t>> progress;
    uint64_t progress_at_crash = 0;
    unsigned crashes = 0;        ///< In a row, without a durable step between.
    std::string condemned;       ///< Why it is given up.
    start_order_ptr asked_again; ///< By its parent, which may have missed its end.
  };

  void dispatch(start_order_ptr order) {
    auto& outside = node_->outside;
    order->created_us = outside.now_us();
    if (order->parent) {
      // Never by the runner: whoever is lost there is told so, and a parent can't ask again.
      if (children_to_come_.erase(order->id) > 0) spawn_run(order->id, order);
      return;
    }
    if (order->id.empty())
      order->id = run_id::make(order->created_us, outside.random(), outside.random());
    if (!order->workflow->definition->may_wait) {
      if (auto r = core_.child("runner")) self_->send(r, run_now{std::move(order)});
      return; // without a runner the slot answers
    }
    if (awake_.size() >= node_->settings.tenant.active_runs)
      return refuse(order, {ec::overloaded, "too many runs are active", {}, milliseconds{1000}});
    spawn_run(order->id, order);
  }

  void refuse(const start_order_ptr& order, const failure& why) {
    if (!order->parent) return order->slot.answer(reply::error(why));
    if (why.code == ec::unavailable) // its parent waits: it must come to be
      return self_->delayed_send(self_, milliseconds{200}, admit_again{order});
    if (children_to_come_.erase(order->id) == 0) return;
    const workflow::run_error error{workflow::error_type("configuration"), 404, "",
                                    "The workflow can't be started", why.detail};
    tell_run(*order->parent, child_done{id_,
                                        *order->parent,
                                        order->parent_effect,
                                        run_status::faulted,
                                        {},
                                        workflow::to_json(workflow::to_value(error))});
  }

  static std::string workflow_key(const workflow_ref& ref) {
    return ref.namespace_ + '/' + ref.name + '/' + ref.version;
  }

  // --- runs as children ---

  void wake_next() {
    const auto room = std::max<size_t>(1, node_->settings.tenant.active_runs / 2);
    for (; !to_wake_.empty() && awake_.size() < room; to_wake_.pop_front()) wake(to_wake_.front());
  }

  caf::actor wake(const run_id& run) {
    const auto known = awake_.find(run);
    if (known == awake_.end()) return spawn_run(run, nullptr);
    if (!known->second.condemned.empty()) return {};
    return core_.child(run.text());
  }

  caf::actor spawn_run(const run_id& run, const start_order_ptr& order) {
    auto progress = std::make_shared<std::atomic<uint64_t>>(0);
    awake_[run] = {order, progress, 0, 0, {}, {}};
    supervision::child_spec spec;
    spec.name = run.text();
    spec.restart = supervision::restart::transient;
    spec.listed = false;
    spec.start = [n = node_, tenant = id_, run, order,
                  progress](const supervision::child_start& c) {
      run_birth birth{tenant, run, order, c.crashes == 0, progress};
      return c.parent->spawn([n, birth = std::move(birth)](caf::event_based_actor* self) mutable {
        return run_actor(self, n, std::move(birth));
      });
    };
    return core_.add(std::move(spec));
  }

  bool may_restart(const std::string& name, const std::string& reason) {
    const auto id = run_id::parse(name);
    if (!id) return true;
    auto& run = awake_.at(*id);
    const auto progress = run.progress->load();
    run.crashes = progress == run.progress_at_crash ? run.crashes + 1 : 1;
    run.progress_at_crash = progress;
    spdlog::warn("run.crashed tenant={} run={} crashes={} reason=\"{}\"", id_, name, run.crashes,
                 reason);
    if (run.crashes < node_->settings.tenant.crash_limit) return true;
    run.condemned = reason.empty() ? "unknown" : reason;
    return false;
  }

  void gone(const std::string& name) {
    auto id = run_id::parse(name);
    if (!id && name.starts_with(quarantine_prefix))
      id = run_id::parse(std::string_view{name}.substr(quarantine_prefix.size()));
    const auto known = id ? awake_.find(*id) : awake_.end();
    if (known == awake_.end()) return;
    if (known->second.condemned.empty() || name.starts_with(quarantine_prefix)) {
      const auto asked_again = std::move(known->second.asked_again);
      awake_.erase(known);
      if (asked_again) admit_child(asked_again);
      return wake_next();
    }
    supervision::child_spec spec;
    spec.name = std::string{quarantine_prefix} + name;
    spec.restart = supervision::restart::transient;
    spec.listed = false;
    spec.start = [n = node_, tenant = id_, run = *id, order = known->second.order,
                  reason = known->second.condemned](const supervision::child_start& c) {
      return c.parent->spawn([=](caf::event_based_actor* self) {
        return quarantine(self, n, tenant, run, order, reason);
      });
    };
    core_.add(std::move(spec));
  }

  void recover_later() { self_->delayed_send(self_, milliseconds{200}, recover_atom::value); }

  static constexpr std::string_view quarantine_prefix = "quarantine-";

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id id_;
  supervision::supervisor core_;
  std::map<std::string, deployed_ptr, std::less<>> workflows_; ///< By namespace/name/version asked.
  std::unordered_map<run_id, awake_run> awake_;
  std::deque<run_id> to_wake_; ///< Stored as running, and not woken yet.
  std::set<std::string> agents_;
  std::set<run_id> children_to_come_; ///< Asked for by their parents, not started yet.
};

} // namespace

caf::behavior tenant(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id id,
                     std::string path) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<tenant_state>(self, std::move(n), std::move(id), std::move(path));
  return caf::message_handler{
      [s](start_run& m, const reply_slot& slot, const ticket& pass) { s->start(m, slot, pass); },
      [s](start_runs& m, const reply_slot& slot, const ticket& pass) {
        s->start_many(m, slot, pass);
      },
      [s](const wake_runs& m) { s->wake_in_turn(*m.runs); },
      [s](const control_run& m, const reply_slot& slot, const ticket& pass) {
        s->tell_run(m.run, m, slot, pass);
      },
      [s](const retry_run& m, const reply_slot& slot, const ticket& pass) {
        s->tell_run(m.run, m, slot, pass);
      },
      [s](const await_run& m, const reply_slot& slot) {
        s->tell_run(m.run, await_end{slot, m.wait});
      },
      [s](const timer_due& m) { s->tell_run(m.run, m); },
      [s](const child_done& m) { s->tell_run(m.parent, m); },
      [s](const spawn_child& m) { s->start_child_run(m); },
      [s](const cancel_child& m) { s->cancel_child_run(m); },
      [s](const confirm_child& m) { s->tell_run(m.parent, m); },
      [s](const publish_events& m, const reply_slot& slot, const ticket& pass) {
        s->tell_child("inbox", m, slot, pass);
      },
      [s](const open_listener& m) { s->tell_child("inbox", m); },
      [s](const close_listener& m) { s->tell_child("inbox", m); },
      [s](const event_seen& m) { s->tell_child("inbox", m); },
      [s](const inbox_grown& m) { s->tell_child("inbox", m); },
      [s](const event_due& m) { s->offer(m); },
      [s](const admit_again& m) { s->admit(m.order); },
      [s](const run_alone& m) { s->alone(m); },
      [s](const answer_existing& m) { s->existing(m); },
      [s](const workflow_changed& m) { s->forget_workflow(m); },
      [s](const start_due& m) { s->start_fixed(m); },
      [s](const list_schedules& m, const reply_slot& slot, const ticket& pass) {
        s->tell_child("schedules", m, slot, pass);
      },
      [s](const control_schedule& m, const reply_slot& slot, const ticket& pass) {
        s->tell_child("schedules", m, slot, pass);
      },
      [s](declare_collection& m, const reply_slot& slot, const ticket& pass) {
        s->pass_to(s->shared().records, m, slot, pass);
      },
      [s](remove_collection& m, const reply_slot& slot, const ticket& pass) {
        s->pass_to(s->shared().records, m, slot, pass);
      },
      [s](write_record& m, const reply_slot& slot, const ticket& pass) {
        s->pass_to(s->shared().records, m, slot, pass);
      },
      [s](write_records& m, const reply_slot& slot, const ticket& pass) {
        s->pass_to(s->shared().records, m, slot, pass);
      },
      [s](remove_record& m, const reply_slot& slot, const ticket& pass) {
        s->pass_to(s->shared().records, m, slot, pass);
      },
      [s](deploy_workflow& m, const reply_slot& slot, const ticket& pass) {
        s->pass_to(s->shared().library, m, slot, pass);
      },
      [s](change_agents& m, const reply_slot& slot, const ticket& pass) {
        s->tell_child("gate", std::move(m), slot, pass);
      },
      [s](const agents_declared& m) { s->declare_agents(m); },
      [s](recover_atom) { s->recover(); },
      [s](const batch_done& m) { s->settled(m); },
  }
      .or_else(s->supervision_handlers())
      .or_else(common);
}

} // namespace steward
