#include "agents/documents.hpp"
#include "agents/gate.hpp"

#include <algorithm>
#include <limits>

namespace steward::agents {

using workflow::value;

namespace {

std::string more_urgent(const std::string& priority) {
  if (priority == "low") return "medium";
  if (priority == "medium") return "high";
  return "urgent";
}

int64_t escalates_at(const value& approval, int64_t after_us) {
  if (after_us == 0 || !approval.get("escalated_at").is_null())
    return std::numeric_limits<int64_t>::max();
  return time_of(approval.get("created_at")) + after_us;
}

} // namespace

int64_t gate::next_due_us() const {
  constexpr auto never = std::numeric_limits<int64_t>::max();
  const auto of_approvals = approvals_.first_due([&](const auto& all) {
    auto due = never;
    for (const auto& [id, approval] : all)
      due = std::min({due, time_of(approval.get("expires_at")),
                      escalates_at(approval, rules_.approval_escalates_us)});
    return due;
  });
  const auto of_decisions = open_.first_due([&](const auto& all) {
    auto due = never;
    for (const auto& [id, d] : all) {
      due = std::min(due, time_of(d.document.get("expires_at")));
      if (d.waits) due = std::min(due, d.again_us);
    }
    return due;
  });
  return std::min({alerts_.next_due_us(), of_approvals, of_decisions});
}

std::map<std::string, std::string> gate::waiting_for(int64_t now_us) const {
  std::map<std::string, std::string> found;
  for (const auto& [id, d] : *open_)
    if (d.waits && d.again_us <= now_us)
      found[id] = text_of(d.document.get("context"), "customer_id");
  return found;
}

void gate::time_passes(step& s, const std::map<std::string, customer_facts>& customers) {
  const auto now = s.now_us();
  std::vector<std::string> expired, escalated, over, waiting;
  for (const auto& [id, approval] : *approvals_) {
    if (time_of(approval.get("expires_at")) <= now)
      expired.push_back(id);
    else if (escalates_at(approval, rules_.approval_escalates_us) <= now)
      escalated.push_back(id);
  }
  for (const auto& id : escalated) {
    auto& approval = approvals_.change().at(id);
    approval.set("escalated_at", time_or_null(now));
    approval.set("priority", more_urgent(text_of(approval, "priority")));
    approval.set("updated_at", time_or_null(now));
    s.put("approvals", id, approval);
    s.publish("APPROVAL_ESCALATED", "approvals/" + id,
              value::object({{"approval_id", id}, {"priority", approval.get("priority")}}));
    audit(s, "approval_requested", "warning", "governance", "Approval escalated", "approval", id,
          value::object({{"priority", approval.get("priority")}}));
  }
  for (const auto& id : expired) {
    const auto decision_id = text_of(approvals_->at(id), "decision_id");
    s.publish("APPROVAL_EXPIRED", "approvals/" + id,
              value::object({{"approval_id", id}, {"decision_id", decision_id}}));
    audit(s, "approval_rejected", "warning", "governance", "Approval expired", "approval", id,
          value::object({{"decision_id", decision_id}}));
    auto& all = open_.change();
    if (const auto open = all.find(decision_id); open != all.end()) {
      close(s, open->second, "expired", "nobody answered in time");
    } else {
      auto approval = approvals_->at(id);
      approval.set("status", "expired");
      approval.set("updated_at", time_or_null(now));
      s.put("approvals", id, std::move(approval));
      approvals_.change().erase(id);
    }
  }
  for (const auto& [id, d] : *open_) {
    if (time_of(d.document.get("expires_at")) <= now)
      over.push_back(id);
    else if (d.waits && d.again_us <= now)
      waiting.push_back(id);
  }
  for (const auto& id : over) {
    auto& all = open_.change();
    const auto open = all.find(id);
    if (open == all.end()) continue;
    close(s, open->second, "expired",
          open->second.waits
              ? "it could not be done in time: " + text_of(open->second.document, "waits_for")
              : "nothing came of it in time");
  }
  for (const auto& id : waiting) {
    auto& all = open_.change();
    const auto open = all.find(id);
    if (open == all.end()) continue;
    const auto customer = customers.find(id);
    open->second.customer = customer == customers.end() ? customer_facts{} : customer->second;
    begin(s, open->second);
  }
}

} // namespace steward::agents
