#include "agents/documents.hpp"
#include "agents/gate.hpp"

#include <cstdio>

namespace steward::agents {

using workflow::value;

namespace {

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f %%", share * 100);
  return text;
}

} // namespace

/// What the owner wants to be told of, as it is now.
std::vector<condition> gate::conditions(int64_t now_us) {
  const auto& terms = rules_.alerts;
  std::vector<condition> found;
  size_t outcomes = 0, good = 0;
  for (auto& [name, a] : agents_) {
    for (const auto& settled : a.last_day)
      if (settled.at_us > now_us - governance::day_us) {
        ++outcomes;
        good += settled.good;
      }
    // One that half opens is not well yet.
    if (const auto state = breaker_state(name, now_us); state != breaker_now::closed)
      found.push_back(
          {"circuit_breaker_open", name, "critical",
           state == breaker_now::open || alerts_.is_raised("circuit_breaker_open", name), 0,
           name + " failed too often in a row: " + governor_.breaker(name).last_error(), 1});
  }
  const auto rate = outcomes == 0 ? 1.0 : static_cast<double>(good) / static_cast<double>(outcomes);
  found.push_back({"high_failure_rate",
                   {},
                   "warning",
                   rate < terms.success_rate_below,
                   terms.success_rate_for_us,
                   "only " + percent(rate) + " of " + std::to_string(outcomes) +
                       " decisions of the last 24 hours turned out well",
                   rate});
  const auto pending = static_cast<int64_t>(approvals_->size());
  found.push_back({"approval_backlog",
                   {},
                   "warning",
                   pending > terms.backlog_above,
                   terms.backlog_for_us,
                   std::to_string(pending) + " approvals wait for an answer",
                   static_cast<double>(pending)});
  return found;
}

void gate::watch(step& s) {
  if (packs_.empty()) return;
  for (auto& change :
       alerts_.look(conditions(s.now_us()), s.now_us(), tenant_, [&] { return s.id("alt_"); })) {
    auto& d = change.document;
    const bool sent = !rules_.alerts.webhook.empty();
    d.set("webhook", value::object({{"status", sent ? "pending" : "none"}, {"error", nullptr}}));
    if (sent) s.webhooks.push_back({change.id, rules_.alerts.webhook, d});
    s.publish(change.raised ? "ALERT_RAISED" : "ALERT_RESOLVED", "alerts/" + change.id,
              value::object({{"alert_id", change.id},
                             {"name", d.get("name")},
                             {"subject", d.get("subject")},
                             {"severity", d.get("severity")},
                             {"detail", d.get("detail")}}));
    s.put("alerts", change.id, std::move(d));
  }
}

} // namespace steward::agents
