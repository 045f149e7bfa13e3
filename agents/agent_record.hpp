#pragma once

#include "governance/governor.hpp"

#include <deque>
#include <map>
#include <string>

namespace steward::agents {

/// What a tenant's gate keeps of one agent: the document of collection `agent_states`, but for what
/// the governor knows (limits in use, circuit breaker).
struct agent_record {
  std::string name, title, task_type;
  bool declared = true; ///< A pack that is installed has it.
  bool paused = false, shadow = false;
  int64_t interval_minutes = 60;
  uint32_t hourly = 20, daily = 100;
  int64_t cooldown_minutes = 5;
  /// Which of these three were set for this agent; the others follow the rules of all.
  bool own_hourly = false, own_daily = false, own_cooldown = false;
  workflow::value custom = workflow::value::empty_object();

  int64_t last_execution_us = 0, next_scheduled_us = 0, last_heartbeat_us = 0;
  uint64_t event_cursor = 0; ///< Of the tenant's inbox: the newest that it has dealt with.
  uint64_t consecutive_failures = 0;
  double response_ms = 0; ///< Mean, newer ones counting more.

  struct by_type {
    uint64_t count = 0;
    double revenue = 0;
  };
  std::string counters_date; ///< Of the tenant's calendar.
  uint64_t taken = 0, successful = 0, failed = 0;
  double revenue = 0;
  std::map<std::string, by_type> types;

  struct settled {
    int64_t at_us;
    bool good;
  };
  std::deque<settled> last_day; ///< Outcomes of the last 24 hours, the newest 1,000.

  int64_t created_us = 0;

  void count_day(const std::string& date);
  void settle(int64_t now_us, bool good);
  double success_rate(int64_t now_us) const; ///< Of the last 24 hours; 1 without outcomes.

  workflow::value document(const std::string& tenant, governance::governor& g,
                           int64_t now_us) const;
  /// Takes over what was stored, the breaker's state included.
  void restore(const workflow::value& document, governance::governor& g);
};

std::string agent_state_id(const std::string& tenant, const std::string& agent);

} // namespace steward::agents
