#include "actors/agents/agent_totals.hpp"

#include "agents/documents.hpp"

#include <algorithm>

namespace steward {

using agents::number_of;
using agents::text_of;

void agent_totals::count(const std::string& name, const workflow::value& data) {
  const std::lock_guard lock{mutex_};
  const auto type = text_of(data, "decision_type");
  if (name == "AUTONOMOUS_DECISION") ++sums_.decisions[type];
  if (name == "OUTREACH_SENT") ++sums_.sent;
  if (name == "OUTREACH_FAILED") ++sums_.undelivered;
  if (name == "DECISION_CLOSED") {
    const auto status = text_of(data, "status");
    if (status == "success") ++sums_.successes[type];
    if (status == "failed") ++sums_.failures[type];
    sums_.revenue += number_of(data, "revenue_change");
  }
  if (name == "APPROVAL_APPROVED" || name == "APPROVAL_REJECTED") {
    const auto seconds = number_of(data, "response_seconds");
    const auto bucket = std::ranges::lower_bound(figures::bounds, seconds);
    ++sums_.answered[static_cast<size_t>(bucket - figures::bounds.begin())];
    sums_.answer_seconds += seconds;
  }
}

void agent_totals::breaker(const std::string& tenant, const std::string& agent, int state) {
  const std::lock_guard lock{mutex_};
  sums_.breakers.try_emplace(agent, 0);
  if (state == 0)
    breakers_.erase({tenant, agent});
  else
    breakers_[{tenant, agent}] = state;
}

void agent_totals::pending(const std::string& tenant, size_t approvals) {
  const std::lock_guard lock{mutex_};
  if (approvals == 0)
    pending_.erase(tenant);
  else
    pending_[tenant] = approvals;
}

agent_totals::figures agent_totals::read() const {
  const std::lock_guard lock{mutex_};
  auto f = sums_;
  for (const auto& [who, state] : breakers_)
    f.breakers[who.second] = std::max(f.breakers[who.second], state);
  for (const auto& [tenant, count] : pending_) f.pending_approvals += count;
  return f;
}

} // namespace steward
