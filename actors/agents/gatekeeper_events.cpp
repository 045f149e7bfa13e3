#include "actors/agents/agent.hpp"
#include "actors/agents/gatekeeper.hpp"
#include "actors/agents/gatekeeper_state.hpp"
#include "agents/base_collections.hpp"
#include "agents/documents.hpp"
#include "messages/record_bodies.hpp"
#include "workflow/json.hpp"

/// The gate and the inbox: which events agents want, what workflows ask, and the alerts that leave
/// by webhook.
namespace steward {

namespace {

using agents::text_of;
using workflow::value;

const char* const question_type = "dev.steward.approval.wanted.v1";

std::string routes_of(const std::vector<std::string>& types) {
  std::vector<workflow::event_route> routes;
  for (const auto& type : types) routes.push_back({type, {}});
  return encode_routes(routes);
}

std::map<std::string, std::string> listeners_of(const std::vector<agents::pack_ptr>& packs) {
  std::map<std::string, std::string> found;
  for (const auto& p : packs)
    for (const auto& a : p->agents)
      if (!a.on.empty()) found[listener_of_agent(a.name)] = routes_of(a.on);
  return found;
}

} // namespace

std::vector<write_op> gatekeeper_state::missing_collections() const {
  std::vector<write_op> ops;
  for (const auto& c : agents::base_collections()) {
    if (!missing_.contains(c.name)) continue;
    auto op = read_collection(c.name, c.declaration);
    op->row.updated_us = node_->outside.now_us();
    ops.emplace_back(std::move(*op));
  }
  if (!ops.empty())
    ops.emplace_back(put_listener{{}, 0, listener_of_gate, routes_of({question_type})});
  return ops;
}

void gatekeeper_state::listen() {
  self_->send(tenant_,
              open_listener{id_, {{}, 0, listener_of_gate}, routes_of({question_type}), 0});
}

// --- agents that look at events ---

/// What changes with the packs. A new listener begins after `newest`: what happened before its
/// agent was there is none of its business.
std::vector<write_op> gatekeeper_state::listener_ops(agents::gate& draft, agents::step& s,
                                                     uint64_t newest) const {
  const auto before = listeners_of(gate_->packs()), after = listeners_of(draft.packs());
  std::vector<write_op> ops;
  for (const auto& [who, routes] : after) {
    ops.emplace_back(put_listener{{}, 0, who, routes});
    if (before.contains(who)) continue;
    draft.saw_event(s, agent_of_listener(who), newest);
    ops.emplace_back(advance_listener{{}, 0, who, newest});
  }
  for (const auto& [who, routes] : before)
    if (!after.contains(who)) ops.emplace_back(clear_listener{{}, 0, who});
  return ops;
}

void gatekeeper_state::tell_listeners(const std::vector<agents::pack_ptr>& before) {
  const auto old = listeners_of(before), now = listeners_of(gate_->packs());
  for (const auto& [who, routes] : now)
    self_->send(tenant_, open_listener{id_,
                                       {{}, 0, who},
                                       routes,
                                       gate_->agents().at(agent_of_listener(who)).event_cursor});
  for (const auto& [who, routes] : old)
    if (!now.contains(who)) self_->send(tenant_, close_listener{id_, {{}, 0, who}});
}

void gatekeeper_state::find_newest(std::function<void(uint64_t)> then) {
  const auto loader = node_->loader->get();
  const failure restarting{
      ec::unavailable, "the store's reader is restarting", {}, std::chrono::milliseconds{500}};
  if (!loader) return fail(restarting);
  self_->request(loader, std::chrono::seconds{30}, read_listeners{id_, {}})
      .then(
          [this, then, restarting](listener_page& page) {
            if (page.failed) return fail(restarting);
            then(page.newest_event);
          },
          [this, restarting](caf::error&) { fail(restarting); });
}

// --- what workflows ask ---

/// One after the other: the inbox counts those before one that was taken as taken.
void gatekeeper_state::asked(const event_due& m) {
  if (m.sequence <= answered_)
    return self_->send(tenant_, event_seen{id_, {{}, 0, listener_of_gate}, answered_});
  const auto newest = asked_.empty() ? answered_ : asked_.back().sequence;
  if (m.sequence <= newest || m.previous > newest) return;
  asked_.push_back(m);
  next_question();
}

void gatekeeper_state::next_question() {
  if (asking_ || asked_.empty()) return;
  asking_ = true;
  line_up({[this] {
             const auto& m = asked_.front();
             const auto event = workflow::parse_json(m.event);
             if (!event) return question_seen(m.sequence);
             if (!missing_.empty()) return put_question(*event, m.sequence); // so it is the first
             read({{"autonomous_decisions", agents::question_id(*event)}},
                  [this, event = *event, sequence = m.sequence](std::vector<value>& found) {
                    if (found.front().is_object()) return question_seen(sequence);
                    put_question(event, sequence);
                  });
           },
           [this](const reply& r) {
             asking_ = false;
             if (r.what == reply::kind::failed)
               asked_.clear(); // the inbox says them again
             else
               next_question();
           }});
}

void gatekeeper_state::put_question(const value& event, uint64_t sequence) {
  auto draft = *gate_;
  auto s = new_step();
  draft.ask_for_run(s, event);
  auto ops = missing_collections();
  ops.emplace_back(advance_listener{{}, 0, listener_of_gate, sequence});
  commit(std::move(draft), std::move(s), std::move(ops), [this, sequence](const batch_result& r) {
    if (r.what != batch_result::kind::committed)
      return fail({ec::unavailable, "it could not be stored: " + r.reason, {}, {}});
    missing_.clear();
    question_seen(sequence);
  });
}

void gatekeeper_state::question_seen(uint64_t sequence) {
  answered_ = sequence;
  asked_.pop_front();
  self_->send(tenant_, event_seen{id_, {{}, 0, listener_of_gate}, sequence});
  finish({});
}

// --- alerts ---

void gatekeeper_state::send_alert(const std::string& id, const std::string& url,
                                  const value& document) {
  const auto courier = find_courier();
  if (!courier) return;
  if (url.empty())
    return self_->send(
        self_,
        delivery_report{id + "." + text_of(document, "status"), {}, "no webhook is set any more"});
  const auto raised = text_of(document, "status") == "raised";
  auto data = document;
  data.erase("webhook");
  const auto body = value::object(
      {{"type", raised ? "dev.steward.alert.raised.v1" : "dev.steward.alert.resolved.v1"},
       {"timestamp", document.get(raised ? "raised_at" : "resolved_at")},
       {"data", std::move(data)}});
  self_->send(courier,
              deliver{id_, id + (raised ? ".raised" : ".resolved"),
                      value::object({{"channel", "webhook"}, {"url", url}, {"body", body}}),
                      value{}});
}

void gatekeeper_state::alert_reported(const delivery_report& m) {
  const auto id = m.outreach_id.substr(0, m.outreach_id.rfind('.'));
  const auto status = m.outreach_id.substr(id.size() + 1);
  line_up({[this, id, status, error = m.error] {
             read({{"alerts", id}}, [this, id, status, error](std::vector<value>& found) {
               auto document = found.front();
               // What was sent first says nothing about what is to be sent now.
               if (text_of(document, "status") != status) return finish({});
               document.set("webhook",
                            value::object({{"status", error.empty() ? "delivered" : "failed"},
                                           {"error", error.empty() ? value{} : value{error}}}));
               auto s = new_step();
               s.put("alerts", id, std::move(document));
               commit(*gate_, std::move(s), {}, [this](const batch_result&) { finish({}); });
             });
           },
           [this, m](const reply& r) { tell_again(m, r); }});
}

} // namespace steward
