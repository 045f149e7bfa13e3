#include "agents/documents.hpp"
#include "agents/gate.hpp"
#include "agents/message_template.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace steward::agents {

using governance::second_us;
using workflow::value;

namespace {

constexpr size_t open_decisions_most = 5'000;
constexpr int64_t decision_lasts_us = governance::day_us;
constexpr int64_t message_lasts_us = governance::day_us;
constexpr std::array<const char*, 3> channels{"whatsapp", "sms", "email"};

value list_of(const std::vector<std::string>& texts) {
  auto out = value::empty_array();
  for (const auto& t : texts) out.push_back(t);
  return out;
}

std::string priority_of(const proposal& p) {
  for (const auto* known : {"low", "medium", "high", "urgent"})
    if (p.priority == known) return p.priority;
  return "medium";
}

/// Whether what is done writes to somebody, whom the limits of customers protect.
std::string written_to(const value& made) {
  const auto act = made.get("act");
  if (!act.find("outreach")) return {};
  auto customer = text_of(act.get("outreach"), "customer_id");
  return customer.empty() ? text_of(made.get("context"), "customer_id") : customer;
}

} // namespace

governance::action_request gate::request_of(const value& made,
                                            const customer_facts& customer) const {
  governance::action_request r;
  r.agent = text_of(made, "agent_name");
  r.decision_type = text_of(made, "decision_type");
  r.details = made.get("action_details");
  r.customer = written_to(made);
  r.zone = zone_;
  if (!customer.zone.empty())
    if (auto found = workflow::schedule::time_zone::find(customer.zone)) r.zone = *found;
  return r;
}

void gate::put_decision(step& s, decision& d) {
  d.document.set("updated_at", time_or_null(s.now_us()));
  s.put("autonomous_decisions", text_of(d.document, "id"), d.document);
}

void gate::forget_decision(const std::string& id) {
  auto& open = open_.change();
  const auto at = open.find(id);
  if (at == open.end()) return;
  if (const auto key = text_of(at->second.document, "key"); !key.empty()) keys_.change().erase(key);
  open.erase(at);
}

gate::judged gate::propose(step& s, const std::string& agent, const proposal& p,
                           const customer_facts& customer, bool by_person) {
  if (!p.key.empty() && keys_->contains(p.key))
    return {{}, "decision " + keys_->at(p.key) + " on the same is still open", 0};
  if (open_->size() >= open_decisions_most) return {{}, "too many decisions are open", 0};
  auto& a = agent_of(agent, s.now_us());
  decision d;
  d.customer = customer;
  d.document = value::object(
      {{"id", s.id("dec_")},
       {"salon_id", tenant_},
       {"agent_name", agent},
       {"decision_type", p.decision_type},
       {"autonomy_level", "supervised"},
       {"summary", p.summary},
       {"reasons", list_of(p.reasons)},
       {"priority", priority_of(p)},
       {"key", p.key},
       {"context", p.context},
       {"action_taken", p.action_taken},
       {"action_details", p.details},
       {"revenue_impact",
        value::object({{"potential", money(p.revenue)}, {"actual", 0}, {"currency", currency_}})},
       {"approval", nobody_asked()},
       {"outcome", nothing_came_yet()},
       {"act", p.act},
       {"created_at", time_or_null(s.now_us())},
       {"updated_at", time_or_null(s.now_us())}});
  const auto request = request_of(d.document, customer);
  auto verdict = governor_.judge(request, s.now_us());
  if (by_person && verdict.may_act()) {
    verdict.level = governance::autonomy::full_auto;
    verdict.reason = "a person has decided it";
  }
  // An agent that is refused proposes again while it is worth it.
  if (!verdict.may_act()) return {{}, verdict.reason, verdict.again_at_us};
  if (!request.customer.empty() && !customer.known)
    return {{}, "there is no customer " + request.customer, 0};
  if (!request.customer.empty() && customer.opted_out)
    return {{}, request.customer + " does not want to be written to", 0};
  const bool shadow = !by_person && (a.shadow || rules_.shadow);
  if (verdict.needs_approval() && !shadow) {
    const auto waiting = std::ranges::count_if(*approvals_, [&](const auto& other) {
      return text_of(other.second, "agent_name") == agent;
    });
    // No more questions than there could be actions.
    if (static_cast<uint32_t>(waiting) + governor_.used_this_hour(agent, s.now_us()) >= a.hourly)
      return {{}, "as many approvals are pending as there may be actions", 0};
  }
  const auto id = text_of(d.document, "id");
  const auto expires = time_of(workflow::value{p.expires_at});
  d.document.set("autonomy_level", to_string(verdict.level));
  d.document.set("level_because", verdict.reason);
  d.document.set("expires_at",
                 time_or_null(expires > s.now_us() ? expires : s.now_us() + decision_lasts_us));
  s.publish("AUTONOMOUS_DECISION", "decisions/" + id,
            value::object({{"decision_id", id},
                           {"agent_name", agent},
                           {"decision_type", p.decision_type},
                           {"autonomy_level", to_string(verdict.level)},
                           {"summary", p.summary},
                           {"shadow", shadow},
                           {"potential", money(p.revenue)}}));
  audit(s, "decision_made", "info", agent, "Decision: " + p.decision_type, "decision", id,
        value::object({{"decision_type", p.decision_type},
                       {"autonomy_level", to_string(verdict.level)},
                       {"action_taken", shadow ? "none (shadow mode)" : p.action_taken}}));
  if (shadow) {
    d.document.set("shadow", true);
    d.document.set("action_taken", "none");
    set_inside(d.document, "outcome", "status", "expired");
    set_inside(d.document, "outcome", "result", "shadow mode: decided and recorded, not done");
    set_inside(d.document, "outcome", "completed_at", time_or_null(s.now_us()));
    put_decision(s, d);
    return {id, {}, 0};
  }
  count_day(s, agent, p.decision_type, p.revenue, 0, 1);
  auto& kept = open_.change()[id] = std::move(d);
  if (!p.key.empty()) keys_.change()[p.key] = id;
  if (verdict.needs_approval())
    ask(s, kept, verdict.level, rules_.approval_expires_us);
  else
    begin(s, kept);
  put_agent(s, agent);
  return {id, {}, 0};
}

void gate::ask(step& s, decision& d, governance::autonomy level, int64_t lasts_us) {
  const auto id = s.id("apr_"), decision_id = text_of(d.document, "id");
  const auto context = d.document.get("context");
  const auto until = std::min(s.now_us() + lasts_us, time_of(d.document.get("expires_at")));
  auto details = d.document.get("action_details");
  for (const auto& m : context.members())
    if (!details.find(m.key.as_string())) details.set(m.key.as_string(), m.item);
  details.set("potential_revenue", d.document.get("revenue_impact").get("potential"));
  if (!d.customer.name.empty()) details.set("customer_name", d.customer.name);
  auto approval =
      value::object({{"id", id},
                     {"salon_id", tenant_},
                     {"decision_id", decision_id},
                     {"agent_name", d.document.get("agent_name")},
                     {"action_type", d.document.get("decision_type")},
                     {"decision_type", d.document.get("decision_type")},
                     {"autonomy_level", to_string(level)},
                     {"action_summary", d.document.get("summary")},
                     {"reasons", d.document.get("reasons")},
                     {"action_details", details},
                     {"priority", d.document.get("priority")},
                     {"status", "pending"},
                     {"expires_at", time_or_null(until)},
                     {"escalated_at", nullptr},
                     {"assigned_to", nullptr},
                     {"notifications_sent",
                      value::object({{"whatsapp", false}, {"push", false}, {"email", false}})},
                     {"response", value::object({{"action", nullptr},
                                                 {"responded_by", nullptr},
                                                 {"responded_at", nullptr},
                                                 {"notes", nullptr}})},
                     {"created_at", time_or_null(s.now_us())},
                     {"updated_at", time_or_null(s.now_us())}});
  set_inside(d.document, "approval", "required", true);
  set_inside(d.document, "approval", "status", "pending");
  set_inside(d.document, "approval", "approval_id", id);
  put_decision(s, d);
  s.put("approvals", id, approval);
  approvals_.change()[id] = approval;
  s.publish("APPROVAL_REQUESTED", "approvals/" + id,
            value::object({{"approval_id", id},
                           {"decision_id", decision_id},
                           {"agent_name", d.document.get("agent_name")},
                           {"summary", d.document.get("summary")},
                           {"priority", d.document.get("priority")},
                           {"expires_at", time_or_null(until)}}));
  audit(s, "approval_requested", "info", text_of(d.document, "agent_name"),
        "Approval requested: " + text_of(d.document, "decision_type"), "approval", id,
        value::object({{"decision_id", decision_id}}));
}

void gate::begin(step& s, decision& d) {
  const auto id = text_of(d.document, "id");
  const auto request = request_of(d.document, d.customer);
  if (!request.customer.empty() && (!d.customer.known || d.customer.opted_out))
    return close(s, d, "failed",
                 d.customer.known ? "the customer does not want to be written to"
                                  : "there is no such customer any more");
  const auto verdict = governor_.begin(id, request, s.now_us());
  if (!verdict.may_act()) {
    // Somebody has approved it: it is done as soon as it may be, unless it is too late by then.
    d.waits = true;
    const bool by_itself = verdict.again_at_us != std::numeric_limits<int64_t>::max();
    d.again_us = by_itself ? verdict.again_at_us : s.now_us() + 60 * second_us;
    d.document.set("waits_for", verdict.reason);
    return put_decision(s, d);
  }
  d.waits = false;
  d.document.erase("waits_for");
  d.document.set("acted_us", s.now_us());
  d.document.set("acted_at", time_or_null(s.now_us()));
  d.document.set("limits_customer", request.customer);
  d.document.set("settled", false);
  auto& a = agent_of(request.agent, s.now_us());
  a.count_day(day_of(s.now_us()));
  ++a.taken;
  ++a.types[request.decision_type].count;
  act(s, d);
  put_agent(s, request.agent);
}

void gate::act(step& s, decision& d) {
  const auto id = text_of(d.document, "id");
  auto planned = read_action(d.document.get("act"), d.document.get("context"));
  if (!planned) { // it was read when it was proposed
    delivered(s, id, planned.error());
    return;
  }
  if (planned->outreach) {
    const auto why = write_message(s, *planned->outreach, d.customer, id, {});
    if (!why.empty()) {
      governor_.settle(id, governance::action_end::never_happened, s.now_us());
      d.document.set("settled", true);
      d.document.erase("acted_us");
      auto& a = agent_of(text_of(d.document, "agent_name"), s.now_us());
      --a.taken;
      --a.types[text_of(d.document, "decision_type")].count;
      return close(s, d, "failed", why);
    }
  }
  put_decision(s, d);
  if (planned->run) s.runs.push_back({id, *planned->run});
  if (!planned->writes.empty()) s.writes_to_do.push_back(id);
  // Nothing is left for us: whoever proposed it does it, and tells what came of it.
  if (!planned->run && planned->writes.empty() && !planned->outreach) delivered(s, id, {});
}

void gate::go_on(step& s) const {
  for (const auto& [id, d] : *open_) {
    const auto settled = d.document.get("settled");
    if (!settled.is_bool() || settled.as_bool()) continue;
    const auto planned = read_action(d.document.get("act"), d.document.get("context"));
    if (!planned) continue;
    if (planned->run) s.runs.push_back({id, *planned->run});
    if (!planned->writes.empty()) s.writes_to_do.push_back(id);
  }
}

std::string gate::write_message(step& s, const planned_message& m, const customer_facts& customer,
                                const std::string& decision_id, const std::string& notice) {
  if (!customer.known) return "there is no customer " + m.customer_id + " any more";
  if (customer.opted_out) return "the customer does not want to be written to";
  std::string channel = m.channel.empty() ? "whatsapp" : m.channel;
  if (customer.refused_channels.contains(channel)) {
    const auto other = std::ranges::find_if(channels, [&](const char* c) {
      return m.channel.empty() && !customer.refused_channels.contains(c);
    });
    if (other == channels.end()) return "the customer does not want to be written to by " + channel;
    channel = *other;
  }
  auto text = m.text;
  if (text.empty()) {
    const texts_by_language* found = nullptr;
    for (const auto& p : packs_)
      if (const auto at = p->templates.find(m.template_name); at != p->templates.end())
        found = &at->second;
    if (!found) return "there is no template " + m.template_name;
    const auto& language = m.language.empty() ? customer.language : m.language;
    auto filled =
        rendered(m.template_name, *found, language, text_of(settings(), "language"), m.fields);
    if (!filled) return filled.error();
    text = std::move(*filled);
  }
  const auto id = s.id("out_");
  const bool connected = connected_channels.contains(channel);
  const auto until = time_of(value{m.expires_at});
  auto document = value::object(
      {{"id", id},
       {"salon_id", tenant_},
       {"customer_id", m.customer_id},
       {"customer_name", m.customer_name.empty() ? customer.name : m.customer_name},
       {"customer_phone", m.customer_phone.empty() ? customer.phone : m.customer_phone},
       {"customer_email", customer.email},
       {"outreach_type", m.outreach_type},
       {"channel", channel},
       {"language", m.language.empty() ? customer.language : m.language},
       {"status", connected ? "pending" : "sent"},
       {"message", text},
       {"trigger_id", m.trigger_id.empty() ? value{} : value{m.trigger_id}},
       {"trigger_type", m.trigger_type.empty() ? value{} : value{m.trigger_type}},
       {"decision_id", decision_id.empty() ? value{} : value{decision_id}},
       {"reply_to", m.reply_to.empty() ? value{} : value{m.reply_to}},
       {"notice", !notice.empty()},
       {"offer_details", m.offer_details},
       {"expires_at", time_or_null(until > s.now_us() ? until : s.now_us() + message_lasts_us)},
       {"attempts", 1},
       {"last_attempt_at", time_or_null(s.now_us())},
       {"response", value::object({{"received", false},
                                   {"action", nullptr},
                                   {"text", nullptr},
                                   {"responded_at", nullptr},
                                   {"booking_id", nullptr}})},
       {"delivery", value::object({{"message_id", connected ? value{} : value{"outbox-" + id}},
                                   {"sent_at", connected ? value{} : time_or_null(s.now_us())},
                                   {"delivered_at", nullptr},
                                   {"read_at", nullptr},
                                   {"error", nullptr}})},
       {"created_at", time_or_null(s.now_us())},
       {"updated_at", time_or_null(s.now_us())}});
  s.put("outreach", id, document);
  auto& open = open_.change();
  if (const auto at = open.find(decision_id); at != open.end())
    at->second.document.set("outreach_id", id);
  if (connected) {
    s.deliveries.push_back({id, std::move(document)});
    return {};
  }
  s.publish("OUTREACH_SENT", "outreach/" + id,
            value::object({{"outreach_id", id},
                           {"customer_id", m.customer_id},
                           {"outreach_type", m.outreach_type},
                           {"channel", channel}}));
  if (!decision_id.empty()) delivered(s, decision_id, {});
  return {};
}

void gate::tell(step& s, const planned_message& m, const customer_facts& customer) {
  const auto why = write_message(s, m, customer, {}, "reply");
  if (!why.empty())
    audit(s, "external_call", "warning", "server", "Message not written", "customer", m.customer_id,
          value::object({{"reason", why}, {"template", m.template_name}}));
}

void gate::delivered(step& s, const std::string& decision_id, const std::string& error) {
  using governance::action_end;
  governor_.settle(decision_id, error.empty() ? action_end::succeeded : action_end::failed,
                   s.now_us(), error);
  auto& open = open_.change();
  const auto at = open.find(decision_id);
  if (at == open.end()) return;
  auto& d = at->second;
  d.document.set("settled", true);
  if (!error.empty()) return close(s, d, "failed", error);
  put_decision(s, d);
}

void gate::close(step& s, decision& d, const std::string& status, const std::string& result) {
  settle(s, {text_of(d.document, "id"), status, result, {}, std::nullopt}, {});
}

void gate::turned_out(step& s, const planned_outcome& o, const value& document) {
  const auto* open = open_decision(o.decision_id);
  const auto& known = open ? *open : document;
  if (known.is_object() && known.find("question")) return;
  settle(s, o, document);
}

void gate::settle(step& s, const planned_outcome& o, const value& document) {
  auto& all = open_.change();
  const auto at = all.find(o.decision_id);
  decision closed;
  if (at == all.end()) {
    if (!document.is_object()) return;
    closed.document = document;
  }
  auto& d = at == all.end() ? closed : at->second;
  const auto agent = text_of(d.document, "agent_name"), type = text_of(d.document, "decision_type");
  const auto level = text_of(d.document, "autonomy_level");
  const auto before = text_of(d.document.get("outcome"), "status");
  const auto earned_before = number_of(d.document.get("revenue_impact"), "actual");
  const auto earned_now = o.revenue ? *o.revenue : (o.status == "success" ? earned_before : 0.0);
  const bool same = before == o.status && earned_before == earned_now &&
                    (o.result.empty() || text_of(d.document.get("outcome"), "result") == o.result);
  if (same) return;
  set_inside(d.document, "outcome", "status", o.status);
  if (!o.result.empty()) set_inside(d.document, "outcome", "result", o.result);
  set_inside(d.document, "outcome", "completed_at", time_or_null(s.now_us()));
  if (!o.booking_id.empty()) set_inside(d.document, "outcome", "booking_created_id", o.booking_id);
  set_inside(d.document, "revenue_impact", "actual", money(earned_now));
  if (text_of(d.document.get("approval"), "status") == "pending") {
    // Nothing is left to approve.
    const auto approval_id = text_of(d.document.get("approval"), "approval_id");
    auto& pending = approvals_.change();
    if (const auto open = pending.find(approval_id); open != pending.end()) {
      const auto end = o.status == "rejected" || o.status == "expired" ? o.status : "cancelled";
      open->second.set("status", end);
      open->second.set("updated_at", time_or_null(s.now_us()));
      s.put("approvals", approval_id, open->second);
      set_inside(d.document, "approval", "status", end == "cancelled" ? "expired" : end);
      pending.erase(open);
    }
  }
  auto& a = agent_of(agent, s.now_us());
  a.count_day(day_of(s.now_us()));
  a.revenue += earned_now - earned_before;
  a.types[type].revenue += earned_now - earned_before;
  if (o.status == "success" && before != "success") ++a.successful;
  if (o.status == "failed" && before != "failed") ++a.failed;
  if (o.status == "success" || o.status == "failed") a.settle(s.now_us(), o.status == "success");
  if (earned_now != earned_before) count_day(s, agent, type, 0, earned_now - earned_before, 0);
  put_decision(s, d);
  put_agent(s, agent);
  if (d.document.find("question")) answer_run(s, d.document);
  s.publish("DECISION_CLOSED", "decisions/" + o.decision_id,
            value::object({{"decision_id", o.decision_id},
                           {"agent_name", agent},
                           {"decision_type", type},
                           {"status", o.status},
                           {"revenue", money(earned_now)},
                           {"revenue_change", money(earned_now - earned_before)}}));
  using governance::action_end; // of one that never began nothing is known there
  governor_.settle(o.decision_id, o.status == "failed" ? action_end::failed : action_end::succeeded,
                   s.now_us(), o.result);
  forget_decision(o.decision_id);
  const bool counts = level != "manual_only" && agent != "owner" &&
                      (o.status == "success" || o.status == "failed" || o.status == "rejected");
  if (counts) {
    auto& record = earned_[type];
    const auto move = record.turned_out(o.status == "success", rules_.earning);
    earn(s, type, move);
  }
}

void gate::earn(step& s, const std::string& type, governance::earned_autonomy::move move) {
  using kind = governance::earned_autonomy::move;
  put_rules(s);
  if (move == kind::none) return;
  const auto* to = move == kind::up ? "full_auto" : "supervised";
  const auto explanation = earned_[type].explain(rules_.earning);
  apply_rules();
  // The move is a decision of its own.
  const auto id = s.id("dec_");
  const auto summary = type + " moves to " + to;
  s.put("autonomous_decisions", id,
        value::object(
            {{"id", id},
             {"salon_id", tenant_},
             {"agent_name", "governance"},
             {"decision_type", "autonomy_change"},
             {"autonomy_level", "full_auto"},
             {"summary", summary},
             {"reasons", value::array({explanation})},
             {"context", value::object({{"trigger_type", "earned_autonomy"}})},
             {"action_taken", "level_changed"},
             {"action_details", value::object({{"type", type}, {"level", to}})},
             {"revenue_impact",
              value::object({{"potential", 0}, {"actual", 0}, {"currency", currency_}})},
             {"approval", value::object({{"required", false}, {"status", "not_required"}})},
             {"outcome",
              value::object({{"status", "success"}, {"completed_at", time_or_null(s.now_us())}})},
             {"created_at", time_or_null(s.now_us())},
             {"updated_at", time_or_null(s.now_us())},
             {"expires_at", nullptr}}));
  s.publish("AUTONOMOUS_DECISION", "decisions/" + id,
            value::object({{"decision_id", id},
                           {"agent_name", "governance"},
                           {"decision_type", "autonomy_change"},
                           {"summary", summary}}));
  audit(s, "config_changed", move == kind::up ? "info" : "warning", "governance", summary,
        "decision", id, value::object({{"explanation", explanation}}));
}

} // namespace steward::agents
