#include "actors/agents/gatekeeper.hpp"

#include "actors/agents/agent.hpp"
#include "actors/agents/gatekeeper_state.hpp"
#include "actors/tell_batch.hpp"
#include "agents/documents.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <limits>

namespace steward {

namespace {

using load_atom = caf::atom_constant<caf::atom("load")>;
using next_atom = caf::atom_constant<caf::atom("next")>;
using std::chrono::milliseconds;
using workflow::value;

constexpr size_t waiting_most = 1'000;
/// A reader that does not answer within this time has crashed over the question.
constexpr std::chrono::seconds patience{30};

failure restarting(std::string what) {
  return {ec::unavailable, std::move(what), {}, milliseconds{500}};
}

} // namespace

gatekeeper_state::gatekeeper_state(caf::event_based_actor* self, std::shared_ptr<node> n,
                                   tenant_id id, caf::actor tenant, std::string path)
    : self_(self), node_(std::move(n)), id_(std::move(id)), tenant_(std::move(tenant)),
      path_(std::move(path)) {
  load();
}

// --- turns ---

void gatekeeper_state::line_up(gate_turn turn) {
  if (line_.size() >= waiting_most) {
    if (turn.answer) turn.answer(reply::error(restarting("too many requests wait for the agents")));
    return;
  }
  line_.push_back(std::move(turn));
  next();
}

void gatekeeper_state::next() {
  if (busy_ || !gate_ || line_.empty()) return;
  busy_ = true;
  look_at_pause();
  auto turn = std::move(line_.front());
  line_.pop_front();
  answer_ = std::move(turn.answer);
  turn.begin();
}

void gatekeeper_state::finish(const reply& r) {
  if (const auto answer = std::exchange(answer_, nullptr)) answer(r);
  busy_ = false;
  // Through the mailbox, so that a long line does not hold up what else is said.
  if (!line_.empty()) self_->send(self_, next_atom::value);
}

void gatekeeper_state::load() {
  if (loading_) return;
  loading_ = true;
  gate_.reset();
  const auto desk = node_->desk->get();
  const auto later = [this] {
    loading_ = false;
    self_->delayed_send(self_, milliseconds{200}, load_atom::value);
  };
  if (!desk) return later();
  // However long the line is: asking again would only make it longer.
  self_->request(desk, caf::infinite, read_gate{id_})
      .then(
          [this, later](gate_read& m) {
            if (m.failed) return later();
            loading_ = false;
            gate_.emplace(id_, *m.stored, node_->outside.now_us());
            missing_ = m.missing;
            if (!missing_.empty() && !gate_->packs().empty()) add_missing();
            listen();
            for (const auto& alert : m.stored->alerts)
              if (agents::text_of(alert.get("webhook"), "status") == "pending")
                send_alert(agents::text_of(alert, "id"), gate_->owner_rules().alerts.webhook,
                           alert);
            for (const auto& message : m.stored->unsent)
              deliver_message(agents::text_of(message, "id"), message);
            auto s = new_step();
            gate_->go_on(s);
            after(s); // and the totals of /metrics
            declare_agents();
            remind_me();
            next();
          },
          [later](caf::error&) { later(); });
}

void gatekeeper_state::read_again() {
  if (!gate_) load();
  next();
}

void gatekeeper_state::declare_agents() {
  agents_declared declared;
  for (const auto& [name, a] : gate_->agents())
    if (a.declared) declared.names.push_back(name);
  self_->send(tenant_, std::move(declared));
}

agents::step gatekeeper_state::new_step() {
  return {node_->outside.now_us(), id_, [this] {
            auto& w = node_->outside;
            auto text = run_id::make(w.now_us(), w.random(), w.random()).text();
            std::erase(text, '-');
            return text;
          }};
}

void gatekeeper_state::commit(agents::gate draft, agents::step s, std::vector<write_op> ops,
                              committed_function then) {
  draft.watch(s);
  auto more = s.take_ops();
  ops.insert(ops.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  if (ops.empty()) {
    gate_ = std::move(draft);
    after(s);
    batch_result nothing;
    nothing.what = batch_result::kind::committed;
    then(nothing);
    if (gate_) remind_me();
    return;
  }
  const auto journal = node_->journal->get();
  if (!journal) return fail(restarting("the journal is restarting"));
  under_way_.emplace(committing{++commits_, std::move(draft), std::move(s), std::move(then)});
  caf::anon_send(journal, commit_request{{id_, std::move(ops)},
                                         std::make_shared<tell_batch>(
                                             caf::actor_cast<caf::actor>(self_), commits_)});
}

void gatekeeper_state::settled(const batch_done& m) {
  if (!under_way_ || under_way_->number != m.number) return;
  auto done = std::move(*under_way_);
  under_way_.reset();
  if (m.lost || m.result.what == batch_result::kind::unavailable) {
    // Whether it is there, only the store knows.
    fail(restarting("it could not be stored: " + m.result.reason));
    return load();
  }
  if (m.result.what == batch_result::kind::committed) {
    gate_ = std::move(done.gate);
    after(done.step);
  }
  done.then(m.result);
  if (gate_) remind_me();
}

/// What may leave the server, now that its cause is durable.
void gatekeeper_state::after(agents::step& s) {
  auto& totals = node_->agents_did;
  for (const auto& [name, data] : s.published) totals.count(name, data);
  totals.pending(id_, gate_->approvals_pending());
  for (const auto& [name, a] : gate_->agents())
    totals.breaker(id_, name, static_cast<int>(gate_->breaker_state(name, s.now_us())));
  for (const auto& d : s.deliveries) deliver_message(d.outreach_id, d.document);
  for (const auto& w : s.webhooks) send_alert(w.id, w.url, w.document);
  if (s.told) self_->send(tenant_, inbox_grown{id_});
  for (const auto& decision : s.writes_to_do)
    line_up({[this, decision] { carry_out_writes(decision); }, nullptr});
  for (const auto& r : s.runs) {
    start_run order{
        id_,           r.run.namespace_, r.run.name, r.run.version, workflow::to_json(r.run.input),
        r.decision_id, milliseconds{0}};
    class start_sink final : public reply_sink {
    public:
      start_sink(caf::actor to, std::string decision)
          : to_(std::move(to)), decision_(std::move(decision)) {}
      void answer(reply r) override {
        caf::anon_send(to_, next_atom::value, decision_,
                       r.what == reply::kind::failed ? r.why.detail : std::string{});
      }

    private:
      caf::actor to_;
      std::string decision_;
    };
    self_->send(
        tenant_, std::move(order),
        reply_slot{std::make_shared<start_sink>(caf::actor_cast<caf::actor>(self_), r.decision_id)},
        ticket{});
  }
}

void gatekeeper_state::run_started(const std::string& decision_id, const std::string& error) {
  line_up(
      {[this, decision_id, error] {
         change_gate([&](agents::gate& g, agents::step& s) -> agents::gate::answered {
           g.delivered(s, decision_id, error);
           if (error.empty())
             g.turned_out(s, {decision_id, "success", "workflow started", {}, std::nullopt}, {});
           return value{};
         });
       },
       [this, decision_id, error](const reply& r) {
         if (r.what == reply::kind::failed)
           self_->delayed_send(self_, milliseconds{500}, next_atom::value, decision_id, error);
       }});
}

void gatekeeper_state::consider_plan(consider m, std::function<void(considered&)> then) {
  const auto none = [then] {
    considered c;
    c.unavailable = true;
    c.error = "the agents' reader is restarting";
    then(c);
  };
  const auto desk = node_->desk->get();
  if (!desk) return none();
  self_->request(desk, patience, std::move(m))
      .then([then](considered& c) { then(c); }, [none](caf::error&) { none(); });
}

void gatekeeper_state::read(std::vector<std::pair<std::string, std::string>> which,
                            std::function<void(std::vector<value>&)> then) {
  const auto desk = node_->desk->get();
  if (!desk) return fail(restarting("the agents' reader is restarting"));
  self_->request(desk, patience, read_documents{id_, std::move(which)})
      .then(
          [this, then](documents& d) {
            if (d.failed) return fail(restarting("the store can't be read"));
            then(*d.found);
          },
          [this](caf::error&) { fail(restarting("the agents' reader is restarting")); });
}

void gatekeeper_state::search(search_documents m, std::function<void(std::vector<value>&)> then) {
  const auto desk = node_->desk->get();
  if (!desk) return fail(restarting("the agents' reader is restarting"));
  self_->request(desk, patience, std::move(m))
      .then(
          [this, then](documents& d) {
            if (d.failed) return fail(restarting("the store can't be read"));
            then(*d.found);
          },
          [this](caf::error&) { fail(restarting("the agents' reader is restarting")); });
}

// --- agents ---

caf::result<agent_terms> gatekeeper_state::terms(const ask_terms& m) {
  agent_terms t;
  if (!gate_) {
    t.refusal = "loading";
    t.declared = true;
    t.interval_us = 1'000'000;
    return t;
  }
  for (const auto& p : gate_->packs())
    for (const auto& declared : p->agents)
      if (declared.name == m.agent) {
        t.declared = true;
        t.how = std::shared_ptr<const agents::deciding>{p, &declared.decides};
        t.queue = agents::find_queue(declared.queue);
      }
  if (!t.declared) return t;
  const auto& a = gate_->agents().at(m.agent);
  t.interval_us = a.interval_minutes * 60'000'000;
  t.last_execution_us = a.last_execution_us;
  t.event_cursor = a.event_cursor;
  look_at_pause();
  t.refusal = gate_->refuses_execution(m.agent, node_->outside.now_us()).value_or("");
  t.settings = gate_->settings();
  if (m.executes && t.refusal.empty())
    t.wait_us = queues_.try_emplace(std::string{t.queue->name}, *t.queue)
                    .first->second.begin(m.agent, ticks_us(), node_->outside.now_us());
  return t;
}

/// Queues go by time that really passes, also where the clock is moved by hand.
int64_t gatekeeper_state::ticks_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             self_->clock().now().time_since_epoch())
      .count();
}

/// A server that is newer than what was installed has more collections.
void gatekeeper_state::add_missing() {
  line_.push_front({[this] {
                      commit(*gate_, new_step(), missing_collections(),
                             [this](const batch_result& r) {
                               if (r.what == batch_result::kind::committed) missing_.clear();
                               finish({});
                             });
                    },
                    nullptr});
}

void gatekeeper_state::apply(agents::gate& draft, agents::step& s, const std::string& agent,
                             const considered& c) {
  for (const auto& o : c.plan->outcomes) {
    const auto stored = c.decisions->find(o.decision_id);
    draft.turned_out(s, o, stored == c.decisions->end() ? value{} : stored->second);
  }
  const auto customer = [&](const std::string& id) {
    const auto known = c.customers->find(id);
    return known == c.customers->end() ? agents::customer_facts{} : known->second;
  };
  for (const auto& m : c.plan->messages) draft.tell(s, m, customer(m.customer_id));
  for (const auto& p : c.plan->proposals) draft.propose(s, agent, p, customer(p.customer_id()));
  for (const auto& e : c.plan->events) s.publish(e.name, e.subject, e.data);
}

caf::result<execution_done> gatekeeper_state::executed(const execution& m) {
  auto promise = self_->make_response_promise<execution_done>();
  const std::function<void(execution_done)> tell = [promise](execution_done done) mutable {
    if (promise.pending()) promise.deliver(done);
  };
  for (auto& [name, queue] : queues_) queue.end(m.agent);
  line_up({[this, m, tell] {
             auto draft = *gate_;
             auto s = new_step();
             // A pause that came while the agent was thinking counts.
             const bool acts =
                 m.result.error.empty() && !draft.refuses_execution(m.agent, s.now_us());
             std::vector<write_op> ops;
             if (m.event != 0) {
               if (!acts && m.result.error.empty()) {
                 tell({false, true});
                 return finish({});
               }
               if (!draft.saw_event(s, m.agent, m.event)) {
                 tell({});
                 return finish({});
               }
               ops.emplace_back(advance_listener{{}, 0, listener_of_agent(m.agent), m.event});
             }
             if (m.next_us != 0) draft.scheduled(m.agent, m.next_us);
             draft.executed(s, m.agent, m.began_us, m.result.took_ms, m.result.error);
             if (acts) apply(draft, s, m.agent, m.result);
             if (acts) ops.insert(ops.end(), m.result.ops->begin(), m.result.ops->end());
             commit(std::move(draft), std::move(s), std::move(ops),
                    [this, tell](const batch_result& r) {
                      tell({r.what != batch_result::kind::committed, false});
                      finish({});
                    });
           },
           // It could not be stored, or not now: as if it had not been there.
           [tell](const reply&) {
             tell({false, true});
           }});
  return promise;
}

// --- time ---

void gatekeeper_state::remind_me() {
  const auto agenda = node_->agenda->get();
  if (!agenda) return;
  const auto due = gate_ ? gate_->next_due_us() : std::numeric_limits<int64_t>::max();
  if (due == reminded_for_) return;
  reminded_for_ = due;
  self_->send(agenda, remind{path_, due});
}

void gatekeeper_state::reminded() {
  reminded_for_ = 0; // the agenda has forgotten it
  line_up({[this] {
             const auto waiting = gate_->waiting_for(node_->outside.now_us());
             std::vector<std::pair<std::string, std::string>> which;
             for (const auto& [decision, customer] : waiting)
               which.emplace_back("customers", customer.empty() ? "none" : customer);
             read(std::move(which), [this, waiting](std::vector<value>& found) {
               std::map<std::string, agents::customer_facts> customers;
               size_t i = 0;
               for (const auto& [decision, customer] : waiting)
                 customers[decision] = agents::facts_of(found[i++]);
               change_gate([&](agents::gate& g, agents::step& s) -> agents::gate::answered {
                 g.time_passes(s, customers);
                 return value{};
               });
             });
           },
           [this](const reply&) { remind_me(); }});
}

// --- the actor ---

caf::behavior gatekeeper(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id id,
                         caf::actor tenant, std::string path) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<gatekeeper_state>(self, std::move(n), std::move(id), std::move(tenant),
                                              std::move(path));
  self->set_down_handler([s](const caf::down_msg&) { s->courier_down(); });
  return caf::message_handler{
      [s](change_agents& m, const reply_slot& slot, const ticket& pass) {
        s->request(m, slot, pass);
      },
      [s](const ask_terms& m) { return s->terms(m); },
      [s](const execution& m) { return s->executed(m); },
      [s](const reminder_due&) { s->reminded(); },
      [s](const delivery_report& m) { s->reported(m); },
      [s](const event_due& m) { s->asked(m); },
      [s](const gate_told& m) { s->told(m); },
      [s](const batch_done& m) { s->settled(m); },
      [s](courier_atom) { s->courier_down(); },
      [s](load_atom) { s->read_again(); },
      [s](next_atom) { s->read_again(); },
      [s](next_atom, const std::string& decision, const std::string& error) {
        s->run_started(decision, error);
      },
  }
      .or_else(common);
}

} // namespace steward
