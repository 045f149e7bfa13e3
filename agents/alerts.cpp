#include "agents/alerts.hpp"

#include "agents/documents.hpp"

#include <algorithm>
#include <limits>

namespace steward::agents {

using workflow::value;

void alert_watch::restore(const value& document) {
  raised_[{text_of(document, "name"), text_of(document, "subject")}] = document;
}

bool alert_watch::rises(const condition& c, int64_t now_us) {
  const key k{c.name, c.subject};
  if (!c.holds || raised_.contains(k)) {
    rising_.erase(k);
    return false;
  }
  const auto [at, is_new] = rising_.try_emplace(k, rising{now_us, 0});
  at->second.due_us = at->second.since_us + c.for_us;
  return at->second.due_us <= now_us;
}

alert_watch::change alert_watch::raise(const condition& c, std::string id,
                                       const std::string& tenant, int64_t now_us) {
  const key k{c.name, c.subject};
  const auto since = rising_.at(k).since_us;
  rising_.erase(k);
  auto document = value::object({{"id", id},
                                 {"salon_id", tenant},
                                 {"name", c.name},
                                 {"subject", c.subject},
                                 {"severity", c.severity},
                                 {"status", "raised"},
                                 {"detail", c.detail},
                                 {"measured", c.measured},
                                 {"since", time_or_null(since)},
                                 {"raised_at", time_or_null(now_us)},
                                 {"resolved_at", nullptr},
                                 {"created_at", time_or_null(now_us)}});
  raised_[k] = document;
  return {std::move(id), std::move(document), true};
}

void alert_watch::resolve(const std::vector<condition>& now, int64_t now_us,
                          std::vector<change>& changes) {
  const auto holds = [&](const key& k) {
    return std::ranges::any_of(now, [&](const condition& c) {
      return c.holds && c.name == k.first && c.subject == k.second;
    });
  };
  std::erase_if(rising_, [&](const auto& r) { return !holds(r.first); });
  for (auto at = raised_.begin(); at != raised_.end();) {
    if (holds(at->first)) {
      ++at;
      continue;
    }
    auto document = std::move(at->second);
    document.set("status", "resolved");
    document.set("resolved_at", time_or_null(now_us));
    changes.push_back({text_of(document, "id"), std::move(document), false});
    at = raised_.erase(at);
  }
}

int64_t alert_watch::next_due_us() const {
  auto due = std::numeric_limits<int64_t>::max();
  for (const auto& [k, r] : rising_) due = std::min(due, r.due_us);
  return due;
}

} // namespace steward::agents
