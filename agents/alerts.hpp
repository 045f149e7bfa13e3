#pragma once

#include "workflow/value.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace steward::agents {

/// When an owner wants to be told (the alert rules of the seed).
struct alert_terms {
  double success_rate_below = 0.8;
  int64_t success_rate_for_us = 5 * 60'000'000LL;
  int64_t backlog_above = 10;
  int64_t backlog_for_us = 15 * 60'000'000LL;
  std::string webhook; ///< Where they are sent (Standard Webhooks); empty: nowhere.
};

/// One thing that may be wrong, as it is now.
struct condition {
  std::string name;    ///< "high_failure_rate", "circuit_breaker_open", "approval_backlog".
  std::string subject; ///< The agent; empty: all of the tenant.
  std::string severity;
  bool holds = false;
  int64_t for_us = 0; ///< So long it has to hold.
  std::string detail; ///< For people.
  double measured = 0;
};

/// Which conditions have held for long enough, and which are over. Keeps what was raised as
/// documents of collection `alerts`; since when something holds that was not raised yet is
/// forgotten with a restart.
class alert_watch {
public:
  /// Of one that was stored as raised.
  void restore(const workflow::value& document);

  struct change {
    std::string id;
    workflow::value document;
    bool raised = false; ///< Else resolved.
  };
  /// `new_id` is called for each that is raised. A condition that is not among them any more is
  /// over.
  std::vector<change> look(const std::vector<condition>& now, int64_t now_us,
                           const std::string& tenant, const auto& new_id) {
    std::vector<change> changes;
    for (const auto& c : now)
      if (rises(c, now_us)) changes.push_back(raise(c, new_id(), tenant, now_us));
    resolve(now, now_us, changes);
    return changes;
  }

  bool is_raised(const std::string& name, const std::string& subject) const {
    return raised_.contains({name, subject});
  }

  /// When one is due that holds already; INT64_MAX: none.
  int64_t next_due_us() const;

private:
  using key = std::pair<std::string, std::string>; ///< Name and subject.

  bool rises(const condition& c, int64_t now_us);
  change raise(const condition& c, std::string id, const std::string& tenant, int64_t now_us);
  void resolve(const std::vector<condition>& now, int64_t now_us, std::vector<change>& changes);

  struct rising {
    int64_t since_us = 0, due_us = 0;
  };
  std::map<key, rising> rising_;
  std::map<key, workflow::value> raised_; ///< Documents.
};

} // namespace steward::agents
