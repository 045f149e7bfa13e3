#include "actors/agents/gatekeeper_state.hpp"
#include "agents/documents.hpp"
#include "messages/digest.hpp"
#include "messages/record_bodies.hpp"
#include "workflow/json.hpp"

namespace steward {

namespace {

using agents::text_of;
using workflow::value;

constexpr unsigned attempts_most = 5;
constexpr int64_t results_last_us = governance::day_us;
constexpr int64_t clear_every_us = 600 * governance::second_us;
constexpr size_t cleared_at_once = 500;

failure wrong(std::string pointer, std::string detail, std::string expected) {
  return {ec::invalid_request,
          pointer + ": " + detail,
          {{pointer, detail, std::move(expected), 0, 0, -1}},
          {}};
}

reply shown(const value& document) { return reply::ok(workflow::to_json(document)); }
reply made(const value& document, const std::string& location) {
  auto r = shown(document);
  r.what = reply::kind::created;
  r.location = location;
  return r;
}

bool has_body(agents_action what) {
  return what != agents_action::get_rules && what != agents_action::reset_breaker &&
         what != agents_action::install_pack;
}

} // namespace

void gatekeeper_state::request(change_agents& m, const reply_slot& slot, const ticket& pass) {
  line_up({[this, what = m.what, name = m.name, body = m.body, key = m.idempotency_key] {
             perform(what, name, body, key);
           },
           [slot, pass](const reply& r) { slot.answer(r); }});
}

void gatekeeper_state::perform(const agents_action what, const std::string& name,
                               const std::string& body, const std::string& key) {
  if (what == agents_action::install_pack) return install(name, body);
  if (what == agents_action::get_rules) return finish(shown(gate_->rules_document()));
  value read = value::empty_object();
  if (has_body(what)) {
    auto parsed = workflow::parse_json(body);
    if (!parsed)
      return fail(wrong("", "the body is no JSON: " + parsed.error().reason, "an object"));
    if (!parsed->is_object()) return fail(wrong("", "the body is no object", "an object"));
    if (auto kept = read_record(body); !kept) return fail(kept.error()); // no NUL, not too large
    read = std::move(*parsed);
  }
  using kind = agents_action;
  switch (what) {
  case kind::create_decision:
    return create_decision(read);
  case kind::patch_decision:
    return patch_decision(name, read);
  case kind::change_agent:
    return change_gate([&](auto& g, auto& s) { return g.change_agent(s, name, read); });
  case kind::configure_agent:
    return change_gate([&](auto& g, auto& s) { return g.configure_agent(s, name, read); });
  case kind::reset_breaker:
    return change_gate([&](auto& g, auto& s) { return g.reset_breaker(s, name); });
  case kind::answer_approval:
    return answer_approval(name, read);
  case kind::create_outreach:
    return create_outreach(read);
  case kind::patch_outreach:
    return patch_outreach(name, read);
  case kind::change_rules:
    if (gate_->packs().empty())
      return fail({ec::conflict, "no pack is installed, so there are no agents to rule", {}, {}});
    return change_gate([&](auto& g, auto& s) { return g.change_rules(s, read); });
  case kind::perform:
    return perform_action(name, read, key);
  case kind::execute_task:
    return execute_task(name, read);
  case kind::send_notification:
    return send_notification(read);
  case kind::twilio_status:
  case kind::twilio_incoming:
  case kind::twilio_voice:
    return called_back(what, read);
  default:
    return fail({ec::invalid_request, "this can't be asked of agents", {}, {}});
  }
}

void gatekeeper_state::change_gate(const gate_change& f) {
  auto draft = *gate_;
  auto s = new_step();
  auto answered = f(draft, s);
  if (!answered) return fail(answered.error());
  commit(std::move(draft), std::move(s), {}, [this, document = *answered](const batch_result& r) {
    if (r.what != batch_result::kind::committed)
      return fail({ec::conflict, "it could not be stored: " + r.reason, {}, {}});
    finish(shown(document));
  });
}

// --- decisions ---

void gatekeeper_state::propose(const std::string& agent, agents::proposal p,
                               const std::string& customer, const std::string& shown_as,
                               bool by_person) {
  read({{"customers", customer.empty() ? "none" : customer}},
       [this, agent, p = std::move(p), shown_as, by_person](std::vector<value>& found) {
         auto draft = *gate_;
         auto s = new_step();
         const auto judged = draft.propose(s, agent, p, agents::facts_of(found.front()), by_person);
         if (judged.id.empty()) {
           failure why{ec::conflict, judged.passed_over, {}, {}};
           if (judged.again_at_us > s.now_us() &&
               judged.again_at_us < s.now_us() + 7 * governance::day_us) {
             why.code = ec::overloaded;
             why.retry_after =
                 std::chrono::milliseconds{(judged.again_at_us - s.now_us()) / 1'000 + 1};
           }
           return fail(why);
         }
         const auto* decision = s.find("autonomous_decisions", judged.id);
         auto document = decision ? *decision : value{};
         auto location = "/api/v1/autonomous/decisions/" + judged.id;
         if (shown_as == "outreach") {
           const auto id = text_of(document, "outreach_id");
           const auto* outreach = s.find("outreach", id);
           if (!outreach)
             return fail({ec::conflict, text_of(document.get("outcome"), "result"), {}, {}});
           document = *outreach;
           location = "/api/v1/autonomous/outreach/" + id;
         }
         commit(std::move(draft), std::move(s), {},
                [this, document, location](const batch_result& r) {
                  if (r.what != batch_result::kind::committed)
                    return fail({ec::conflict, "it could not be stored: " + r.reason, {}, {}});
                  finish(made(document, location));
                });
       });
}

void gatekeeper_state::create_decision(const value& body) {
  if (gate_->packs().empty())
    return fail({ec::conflict, "no pack is installed, so there are no agents", {}, {}});
  const auto agent = text_of(body, "agent_name");
  if (!is_collection_name(agent))
    return fail(wrong("/agent_name", agent.empty() ? "this is missing" : "this is no name",
                      "an agent's name"));
  if (agent == "governance" || agent == "owner" || agent == "answers")
    return fail(wrong("/agent_name", "nobody proposes in this name", "an agent's name"));
  auto v = body;
  if (const auto details = body.get("action_details"); details.is_object())
    v.set("details", details);
  if (const auto impact = body.get("revenue_impact").get("potential"); impact.is_number())
    v.set("revenue", impact);
  if (!v.find("summary")) v.set("summary", body.get("decision_type"));
  auto plan = agents::read_plan(value::object({{"proposals", value::array({v})}}));
  if (!plan) return fail(wrong("", plan.error(), "a decision, as docs/agents.md has it"));
  auto p = std::move(plan->proposals.front());
  const auto customer = p.customer_id();
  propose(agent, std::move(p), customer, "decision", false);
}

void gatekeeper_state::patch_decision(const std::string& id, const value& body) {
  const auto outcome = body.get("outcome");
  const auto status = text_of(outcome, "status");
  const auto actual = body.get("revenue_impact").get("actual");
  for (const auto& m : body.members())
    if (m.key.as_string() != "outcome" && m.key.as_string() != "revenue_impact")
      return fail(wrong("/" + std::string{m.key.as_string()}, "this can't be changed",
                        "outcome, revenue_impact"));
  if (status != "success" && status != "failed" && status != "expired" && status != "rejected")
    return fail(
        wrong("/outcome/status", "this is no outcome", "success, failed, expired or rejected"));
  if (!actual.is_null() &&
      (!actual.is_number() || !(actual.as_double() >= 0 && actual.as_double() <= 1e12)))
    return fail(wrong("/revenue_impact/actual", "this is no amount", "a number from 0 to 1e12"));
  read({{"autonomous_decisions", id}}, [=, this](std::vector<value>& found) {
    if (!found.front().is_object())
      return fail({ec::not_found, "there is no decision '" + id + "'", {}, {}});
    if (found.front().find("question"))
      return fail({ec::conflict, "a workflow waits for its approval: answer that", {}, {}});
    auto draft = *gate_;
    auto s = new_step();
    agents::planned_outcome o{id, status, text_of(outcome, "result"),
                              text_of(outcome, "booking_created_id"), std::nullopt};
    if (actual.is_number()) o.revenue = actual.as_double();
    draft.turned_out(s, o, found.front());
    const auto* put = s.find("autonomous_decisions", id);
    auto document = put ? *put : found.front();
    commit(std::move(draft), std::move(s), {}, [this, document](const batch_result& r) {
      if (r.what != batch_result::kind::committed)
        return fail({ec::conflict, "it could not be stored: " + r.reason, {}, {}});
      finish(shown(document));
    });
  });
}

void gatekeeper_state::answer_approval(const std::string& id, const value& body) {
  const auto* pending = gate_->pending_approval(id);
  const auto decision = pending ? text_of(*pending, "decision_id") : std::string{};
  const auto* open = gate_->open_decision(decision);
  const auto customer = open ? text_of(open->get("context"), "customer_id") : std::string{};
  read({{"approvals", is_record_id(id) ? id : "none"},
        {"customers", customer.empty() ? "none" : customer}},
       [this, id, body](std::vector<value>& found) {
         change_gate([&](auto& g, auto& s) {
           return g.act_on_approval(s, id, body, found[0], agents::facts_of(found[1]));
         });
       });
}

// --- outreach ---

void gatekeeper_state::create_outreach(const value& body) {
  if (gate_->packs().empty())
    return fail({ec::conflict, "no pack is installed, so there is nobody to write to", {}, {}});
  auto act = value::object({{"outreach", body}});
  const auto read_act = agents::read_action(act, value::empty_object());
  if (!read_act) return fail(wrong("", read_act.error(), "an outreach, as docs/agents.md has it"));
  const auto& m = *read_act->outreach;
  agents::proposal p;
  p.decision_type = m.outreach_type;
  p.summary = "A message to " + m.customer_id;
  p.action_taken = "outreach_initiated";
  p.context = value::object({{"customer_id", m.customer_id}});
  if (!m.trigger_id.empty()) p.context.set("trigger_id", m.trigger_id);
  if (!m.trigger_type.empty()) p.context.set("trigger_type", m.trigger_type);
  p.act = std::move(act);
  propose("owner", std::move(p), m.customer_id, "outreach", true);
}

void gatekeeper_state::patch_outreach(const std::string& id, const value& body) {
  if (!is_record_id(id)) return fail({ec::not_found, "there is no outreach '" + id + "'", {}, {}});
  read({{"outreach", id}}, [this, id, body](std::vector<value>& found) {
    if (!found.front().is_object())
      return fail({ec::not_found, "there is no outreach '" + id + "'", {}, {}});
    outreach_changed(id, found.front(), body);
  });
}

void gatekeeper_state::outreach_changed(const std::string& id, const value& stored,
                                        const value& body, unsigned attempt,
                                        const std::string& undecided) {
  const auto status = text_of(body, "status"), was = text_of(stored, "status");
  const auto now = agents::time_or_null(node_->outside.now_us());
  const auto text = text_of(body.get("response"), "text");
  auto change = value::object({{"status", status}, {"updated_at", now}});
  const auto* event = "";
  if (status == "delivered" || status == "read") {
    change.set("delivery", value::object({{status == "read" ? "read_at" : "delivered_at", now}}));
    event = status == "delivered" ? "OUTREACH_DELIVERED" : "OUTREACH_READ";
    // Reports come late and in any order: what is known better stays.
    if (was == "responded" || was == "expired" || was == "failed" ||
        (was == "read" && status == "delivered"))
      change.erase("status");
  } else if (status == "failed" || status == "expired") {
    if (was == "responded")
      return fail({ec::conflict, "this message was answered already", {}, {}});
    const auto error = text_of(body.get("delivery"), "error");
    if (status == "failed") event = "OUTREACH_FAILED";
    if (status == "failed")
      change.set("delivery", value::object({{"error", error.empty() ? "not delivered" : error}}));
  } else if (status == "responded") {
    if (text.empty() || text.size() > 4'000)
      return fail(wrong("/response/text", text.empty() ? "this is missing" : "this is too long",
                        "what was answered, at most 4000 bytes"));
    if (was == "responded")
      return fail({ec::conflict, "this message was answered already", {}, {}});
    auto response = value::object({{"received", true}, {"text", text}, {"responded_at", now}});
    if (const auto inbound = text_of(body.get("response"), "inbound_id"); !inbound.empty())
      response.set("inbound_id", inbound);
    change.set("response", response);
    event = "OUTREACH_RESPONDED";
  } else {
    return fail(wrong("/status", "this is no status that can be set",
                      "delivered, read, responded, failed or expired"));
  }
  consider m;
  m.tenant = id_;
  m.settings = gate_->settings();
  m.again = attempt > 0;
  const auto merged = merge_patch(stored, change);
  m.first = {{agents::planned_write::kind::merge, "outreach", id, change, std::nullopt}};
  if (status == "responded" && gate_->answers() && undecided.empty()) {
    m.trigger = value::object({{"outreach", merged}, {"text", text}});
    for (const auto& p : gate_->packs())
      if (p->answers) m.how = {p, &*p->answers};
  }
  const auto decision = text_of(stored, "decision_id");
  consider_plan(std::move(m), [=, this, decides = m.how != nullptr](considered& c) {
    if (!c.error.empty() && !c.unavailable && decides) // a customer's words are kept all the same
      return outreach_changed(id, stored, body, attempt, c.error);
    if (!c.error.empty())
      return fail({c.unavailable ? ec::unavailable : ec::unprocessable, c.error, {}, {}});
    auto draft = *gate_;
    auto s = new_step();
    if (!undecided.empty())
      draft.audit(s, "external_call", "error", "answers",
                  "An answer was not understood: the pack's rule failed", "outreach", id,
                  value::object({{"error", agents::shortened(undecided, 500)}}));
    if (*event)
      s.publish(event, "outreach/" + id,
                value::object({{"outreach_id", id},
                               {"customer_id", stored.get("customer_id")},
                               {"outreach_type", stored.get("outreach_type")},
                               {"text", text}}));
    if (status == "failed" && !decision.empty())
      draft.delivered(s, decision, "the message could not be delivered");
    if (status == "expired" && !decision.empty())
      draft.turned_out(s, {decision, "expired", "the offer expired", {}, std::nullopt}, {});
    apply(draft, s, "answers", c);
    auto document = merged;
    for (const auto& op : *c.ops)
      if (const auto* put = std::get_if<put_record>(&op);
          put && put->collection == "outreach" && put->id == id)
        if (auto read = workflow::parse_json(put->data)) document = std::move(*read);
    commit(std::move(draft), std::move(s), std::move(*c.ops), [=, this](const batch_result& r) {
      if (r.what == batch_result::kind::committed) return finish(shown(document));
      if (attempt + 1 < attempts_most && gate_)
        return outreach_changed(id, stored, body, attempt + 1, undecided);
      fail({ec::conflict, "others change the same things too often: " + r.reason, {}, {}});
    });
  });
}

// --- actions of packs ---

void gatekeeper_state::perform_action(const std::string& name, const value& body,
                                      const std::string& key) {
  const auto* declared = gate_->action(name);
  if (!declared)
    return fail({ec::not_found, "no installed pack has an action '" + name + "'", {}, {}});
  if (auto problems = judge_record(declared->schema, body, ""); !problems.empty())
    return fail(broken_schema(std::move(problems)));
  auto& w = node_->outside;
  auto fresh = run_id::make(w.now_us(), w.random(), w.random()).text();
  std::erase(fresh, '-');
  if (key.empty()) return carry_out_action(name, body, fresh, {}, 0);
  if (w.now_us() - cleared_us_ > clear_every_us) {
    cleared_us_ = w.now_us();
    line_up({[this] { forget_results(); }, nullptr});
  }
  // What was answered under this key is answered again, for a day.
  const auto id = sha256_digest(name + '\n' + key).substr(7, 32);
  const auto digest = sha256_digest(workflow::to_json(body));
  read({{"action_results", id}}, [=, this](std::vector<value>& found) {
    const auto& known = found.front();
    const bool counts =
        agents::time_of(known.get("created_at")) > node_->outside.now_us() - results_last_us;
    if (!known.is_object() || !counts) return carry_out_action(name, body, id, digest, 0);
    if (text_of(known, "digest") != digest)
      return fail({ec::unprocessable, "this Idempotency-Key was used with another body", {}, {}});
    finish(shown(known.get("answer")));
  });
}

/// Answers that nobody can ask for again.
void gatekeeper_state::forget_results() {
  const auto before = node_->outside.now_us() - results_last_us;
  const auto filter =
      value::object({{"created_at", value::object({{"lt", agents::time_or_null(before)}})}});
  search({id_, "action_results", workflow::to_json(filter), "created_at", cleared_at_once},
         [this](std::vector<value>& found) {
           std::vector<write_op> ops;
           for (const auto& d : found)
             if (const auto id = text_of(d, "id"); !id.empty())
               ops.emplace_back(delete_record{"action_results", id, node_->outside.now_us(), {}});
           if (ops.size() == cleared_at_once) cleared_us_ = 0;
           commit(*gate_, new_step(), std::move(ops), [this](const batch_result&) { finish({}); });
         });
}

void gatekeeper_state::carry_out_action(const std::string& name, const value& body,
                                        const std::string& id, const std::string& digest,
                                        unsigned attempt) {
  consider m;
  m.tenant = id_;
  m.again = attempt > 0;
  m.settings = gate_->settings();
  for (const auto& p : gate_->packs())
    if (const auto found = p->actions.find(name); found != p->actions.end())
      m.how = {p, &found->second.decides};
  m.trigger = value::object({{"body", body}, {"id", id}});
  consider_plan(std::move(m), [=, this](considered& c) {
    if (!c.error.empty())
      return fail({c.unavailable ? ec::unavailable : ec::unprocessable, c.error, {}, {}});
    if (c.plan->refused) {
      const auto& r = *c.plan->refused;
      failure why{r.status == 404   ? ec::not_found
                  : r.status == 422 ? ec::unprocessable
                                    : ec::conflict,
                  r.detail,
                  {},
                  {}};
      if (!r.field.empty()) why.problems.push_back({r.field, r.detail, {}, 0, 0, -1});
      return fail(why);
    }
    auto draft = *gate_;
    auto s = new_step();
    apply(draft, s, name, c);
    if (!digest.empty())
      s.put("action_results", id,
            value::object(
                {{"id", id},
                 {"action", name},
                 {"digest", digest},
                 {"answer", c.plan->answer.is_null() ? value::empty_object() : c.plan->answer},
                 {"created_at", agents::time_or_null(s.now_us())}}));
    commit(std::move(draft), std::move(s), std::move(*c.ops),
           [=, this, answer = c.plan->answer](const batch_result& r) {
             if (r.what == batch_result::kind::committed)
               return finish(shown(answer.is_null() ? value::empty_object() : answer));
             if (attempt + 1 < attempts_most && gate_)
               return carry_out_action(name, body, id, digest, attempt + 1);
             fail({ec::conflict, "others change the same things too often: " + r.reason, {}, {}});
           });
  });
}

void gatekeeper_state::carry_out_writes(const std::string& decision_id) {
  const auto* open = gate_->open_decision(decision_id);
  if (!open) return finish({});
  auto planned = agents::read_action(open->get("act"), open->get("context"));
  consider m;
  m.tenant = id_;
  if (planned) m.first = std::move(planned->writes);
  consider_plan(std::move(m), [this, decision_id](considered& c) {
    if (c.unavailable) { // the decision stands; it is carried out once the store can be read
      fail({ec::unavailable, c.error, {}, {}});
      return load();
    }
    auto draft = *gate_;
    auto s = new_step();
    draft.delivered(s, decision_id, c.error);
    if (c.error.empty())
      draft.turned_out(s, {decision_id, "success", "written", {}, std::nullopt}, {});
    auto ops = c.error.empty() ? std::move(*c.ops) : std::vector<write_op>{};
    commit(std::move(draft), std::move(s), std::move(ops),
           [this, decision_id](const batch_result& r) {
             if (r.what == batch_result::kind::committed) return finish({});
             finish({});
             run_started(decision_id, "it could not be written: " + r.reason);
           });
  });
}

} // namespace steward
