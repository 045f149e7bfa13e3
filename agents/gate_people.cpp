#include "agents/documents.hpp"
#include "agents/gate.hpp"

namespace steward::agents {

using governance::second_us;
using workflow::value;

namespace {

steward::failed<failure> refuse(ec code, std::string detail) {
  return steward::failed{failure{code, std::move(detail), {}, {}}};
}
steward::failed<failure> wrong(std::string pointer, std::string detail, std::string expected) {
  return steward::failed{failure{ec::invalid_request,
                                 pointer + ": " + detail,
                                 {{pointer, detail, std::move(expected), 0, 0, -1}},
                                 {}}};
}

} // namespace

gate::answered gate::act_on_approval(step& s, const std::string& id, const value& body,
                                     const value& stored, const customer_facts& customer) {
  if (!approvals_->contains(id)) {
    if (!stored.is_object()) return refuse(ec::not_found, "there is no approval '" + id + "'");
    const auto status = text_of(stored, "status");
    return refuse(ec::conflict, status == "expired"
                                    ? "this approval has expired"
                                    : "this approval was answered already: it is " + status);
  }
  auto& approval = approvals_.change().at(id);
  const auto action = text_of(body, "action");
  const auto who = text_of(body, "responded_by").empty() ? "owner" : text_of(body, "responded_by");
  const auto notes = text_of(body, "notes");
  if (who.size() > 200 || notes.size() > 2'000)
    return wrong("/notes", "this is too long", "at most 2000 bytes");
  if (time_of(approval.get("expires_at")) <= s.now_us())
    return refuse(ec::conflict, "this approval has expired");
  if (action == "delegate") {
    const auto to = text_of(body, "to");
    if (to.empty() || to.size() > 200) return wrong("/to", "nobody is named", "who shall answer");
    approval.set("assigned_to", to);
    approval.set("updated_at", time_or_null(s.now_us()));
    s.put("approvals", id, approval);
    s.publish("APPROVAL_DELEGATED", "approvals/" + id,
              value::object({{"approval_id", id}, {"assigned_to", to}, {"by", who}}));
    audit(s, "manual_override", "info", who, "Approval delegated", "approval", id,
          value::object({{"to", to}}));
    return approval;
  }
  const bool approves = action == "approve";
  if (!approves && action != "reject")
    return wrong("/action", "this is no answer", "approve, reject or delegate");
  const auto decision_id = text_of(approval, "decision_id");
  const auto type = text_of(approval, "decision_type");
  const bool counts = text_of(approval, "autonomy_level") != "manual_only";
  auto result = approval;
  result.set("status", approves ? "approved" : "rejected");
  result.set("updated_at", time_or_null(s.now_us()));
  result.set("response", value::object({{"action", action},
                                        {"responded_by", who},
                                        {"responded_at", time_or_null(s.now_us())},
                                        {"notes", notes.empty() ? value{} : value{notes}}}));
  s.put("approvals", id, result);
  approvals_.change().erase(id);
  const auto details =
      value::object({{"approval_id", id}, {"decision_id", decision_id}, {"responded_by", who}});
  auto told = details;
  told.set("response_seconds", (s.now_us() - time_of(result.get("created_at"))) / second_us);
  s.publish(approves ? "APPROVAL_APPROVED" : "APPROVAL_REJECTED", "approvals/" + id, told);
  audit(s, approves ? "approval_granted" : "approval_rejected", "info", who,
        (approves ? "Approved: " : "Rejected: ") + type, "approval", id, details);
  if (counts) earn(s, type, earned_[type].answered(approves, rules_.earning));
  auto& all = open_.change();
  if (const auto open = all.find(decision_id); open != all.end()) {
    auto& d = open->second;
    set_inside(d.document, "approval", "status", approves ? "approved" : "rejected");
    set_inside(d.document, "approval", "approved_by", approves ? value{who} : value{});
    set_inside(d.document, "approval", "approved_at",
               approves ? time_or_null(s.now_us()) : value{});
    if (d.document.find("question")) set_inside(d.document, "approval", "responded_by", who);
    d.customer = customer;
    if (approves && d.document.find("question"))
      close(s, d, "success", notes.empty() ? "approved by " + who : notes);
    else if (approves)
      begin(s, d);
    else
      close(s, d, "rejected", notes.empty() ? "rejected by " + who : notes);
  }
  return result;
}

gate::answered gate::change_agent(step& s, const std::string& name, const value& body) {
  const auto known = agents_.find(name);
  if (known == agents_.end()) return refuse(ec::not_found, "there is no agent '" + name + "'");
  for (const auto& m : body.members())
    if (m.key.as_string() != "status")
      return wrong("/" + std::string{m.key.as_string()}, "this can't be changed here", "status");
  const auto status = text_of(body, "status");
  if (status != "active" && status != "paused")
    return wrong("/status", "this is no status that can be set", "active or paused");
  auto& a = known->second;
  a.paused = status == "paused";
  if (a.paused)
    governor_.pause(name);
  else
    governor_.resume(name);
  put_agent(s, name);
  s.publish("AGENT_CHANGED", "agents/" + name,
            value::object({{"agent_name", name}, {"status", status}}));
  audit(s, "manual_override", a.paused ? "warning" : "info", "owner",
        a.paused ? "Agent paused" : "Agent resumed", "agent", name, body);
  return a.document(tenant_, governor_, s.now_us());
}

gate::answered gate::configure_agent(step& s, const std::string& name, const value& body) {
  const auto known = agents_.find(name);
  if (known == agents_.end()) return refuse(ec::not_found, "there is no agent '" + name + "'");
  auto changed = known->second;
  for (const auto& m : body.members()) {
    const auto key = m.key.as_string();
    const auto at = "/" + std::string{key};
    const auto whole = [&](int64_t least, int64_t most) {
      return m.item.is_int() && m.item.as_int() >= least && m.item.as_int() <= most;
    };
    if (key == "max_hourly_actions" || key == "max_daily_actions") {
      if (!whole(0, 100'000))
        return wrong(at, "this is no limit", "a whole number from 0 to 100000");
      (key == "max_hourly_actions" ? changed.hourly : changed.daily) =
          static_cast<uint32_t>(m.item.as_int());
      (key == "max_hourly_actions" ? changed.own_hourly : changed.own_daily) = true;
    } else if (key == "cooldown_minutes") {
      if (!whole(1, 1'440)) return wrong(at, "this is no time", "minutes, from 1 to 1440");
      changed.cooldown_minutes = m.item.as_int();
      changed.own_cooldown = true;
    } else if (key == "interval_minutes") {
      if (!whole(1, 10'080)) return wrong(at, "this is no interval", "minutes, from 1 to 10080");
      changed.interval_minutes = m.item.as_int();
    } else if (key == "shadow") {
      if (!m.item.is_bool()) return wrong(at, "this is no boolean", "true or false");
      changed.shadow = m.item.as_bool();
    } else if (key == "custom") {
      if (!m.item.is_object() || m.item.weight() > 16'384)
        return wrong(at, "this is no small object", "an object of at most 16 KiB");
      changed.custom = m.item;
    } else {
      return wrong(at, "this is not known here",
                   "max_hourly_actions, max_daily_actions, cooldown_minutes, interval_minutes, "
                   "shadow or custom");
    }
  }
  auto& a = known->second = std::move(changed);
  auto breaker = rules_.breaker;
  breaker.cooldown_us = a.cooldown_minutes * 60 * second_us;
  governor_.breaker(name).change(breaker);
  governor_.limit_agent(name, a.hourly, a.daily);
  put_agent(s, name);
  s.publish("AGENT_CHANGED", "agents/" + name, value::object({{"agent_name", name}}));
  audit(s, "config_changed", "info", "owner", "Agent configured", "agent", name, body);
  return a.document(tenant_, governor_, s.now_us());
}

gate::answered gate::reset_breaker(step& s, const std::string& name) {
  const auto known = agents_.find(name);
  if (known == agents_.end()) return refuse(ec::not_found, "there is no agent '" + name + "'");
  governor_.breaker(name).reset();
  known->second.consecutive_failures = 0;
  put_agent(s, name);
  s.publish("AGENT_CHANGED", "agents/" + name,
            value::object({{"agent_name", name}, {"status", "active"}}));
  audit(s, "manual_override", "warning", "owner", "Circuit breaker reset", "agent", name,
        value::empty_object());
  return known->second.document(tenant_, governor_, s.now_us());
}

} // namespace steward::agents
