#include "agents/agent_record.hpp"

#include "agents/documents.hpp"

#include <algorithm>
#include <cmath>

namespace steward::agents {

namespace {

using governance::circuit_breaker;
using workflow::value;

std::string_view name_of(circuit_breaker::state s) {
  switch (s) {
  case circuit_breaker::state::open:
    return "open";
  case circuit_breaker::state::half_open:
    return "half_open";
  default:
    return "closed";
  }
}

value rate_limit(uint32_t limit, uint32_t used) {
  return value::object(
      {{"limit", limit}, {"current", used}, {"remaining", limit > used ? limit - used : 0}});
}

uint64_t count_of(const value& v, std::string_view member) {
  const auto n = v.get(member);
  return n.is_int() && n.as_int() > 0 ? static_cast<uint64_t>(n.as_int()) : 0;
}

} // namespace

std::string agent_state_id(const std::string& tenant, const std::string& agent) {
  return "state_" + tenant + "_" + agent;
}

void agent_record::count_day(const std::string& date) {
  if (counters_date == date) return;
  counters_date = date;
  taken = successful = failed = 0;
  revenue = 0;
  types.clear();
}

void agent_record::settle(int64_t now_us, bool good) {
  last_day.push_back({now_us, good});
  while (last_day.size() > 1'000 || last_day.front().at_us <= now_us - governance::day_us)
    last_day.pop_front();
}

double agent_record::success_rate(int64_t now_us) const {
  size_t all = 0, good = 0;
  for (const auto& s : last_day)
    if (s.at_us > now_us - governance::day_us) {
      ++all;
      good += s.good;
    }
  return all == 0 ? 1 : static_cast<double>(good) / static_cast<double>(all);
}

value agent_record::document(const std::string& tenant, governance::governor& g,
                             int64_t now_us) const {
  const auto& breaker = g.breaker(name);
  const auto state = breaker.at(now_us);
  const auto* status = paused                                  ? "paused"
                       : state == circuit_breaker::state::open ? "circuit_breaker"
                       : consecutive_failures > 0              ? "error"
                                                               : "active";
  auto by = value::empty_object();
  for (const auto& [type, count] : types)
    by.set(type, value::object({{"count", count.count}, {"revenue", money(count.revenue)}}));
  auto own = value::empty_array();
  if (own_hourly) own.push_back("max_hourly_actions");
  if (own_daily) own.push_back("max_daily_actions");
  if (own_cooldown) own.push_back("cooldown_minutes");
  return value::object(
      {{"id", agent_state_id(tenant, name)},
       {"own_config", own},
       {"salon_id", tenant},
       {"agent_name", name},
       {"title", title},
       {"task_type", task_type},
       {"status", status},
       {"shadow", shadow},
       {"interval_minutes", interval_minutes},
       {"event_cursor", event_cursor},
       {"last_execution", time_or_null(last_execution_us)},
       {"next_scheduled", time_or_null(next_scheduled_us)},
       {"circuit_breaker",
        value::object(
            {{"state", name_of(state)},
             {"error_count", breaker.error_count()},
             {"last_error", breaker.last_error().empty() ? value{} : value{breaker.last_error()}},
             {"last_error_time", time_or_null(breaker.last_error_us())},
             {"cooldown_until", time_or_null(breaker.cooldown_until_us())},
             {"auto_recovery", breaker.settings().auto_recovery}})},
       {"config", value::object({{"max_hourly_actions", hourly},
                                 {"max_daily_actions", daily},
                                 {"cooldown_minutes", cooldown_minutes},
                                 {"custom", custom}})},
       {"counters", value::object({{"date", counters_date},
                                   {"actions_taken", taken},
                                   {"actions_successful", successful},
                                   {"actions_failed", failed},
                                   {"revenue_generated", money(revenue)},
                                   {"by_type", by}})},
       {"rate_limits",
        value::object({{"hourly_actions", rate_limit(hourly, g.used_this_hour(name, now_us))},
                       {"daily_actions", rate_limit(daily, g.used_today(name, now_us))}})},
       {"health",
        value::object({{"last_heartbeat", time_or_null(last_heartbeat_us)},
                       {"consecutive_failures", consecutive_failures},
                       {"average_response_time_ms", std::round(response_ms * 10) / 10},
                       {"success_rate_24h", std::round(success_rate(now_us) * 10'000) / 10'000}})},
       {"created_at", time_or_null(created_us)},
       {"updated_at", time_or_null(now_us)}});
}

void agent_record::restore(const value& d, governance::governor& g) {
  const auto config = d.get("config"), counters = d.get("counters"), health = d.get("health"),
             breaker = d.get("circuit_breaker");
  paused = text_of(d, "status") == "paused";
  const auto shadowed = d.get("shadow");
  shadow = shadowed.is_bool() && shadowed.as_bool();
  interval_minutes = static_cast<int64_t>(count_of(d, "interval_minutes"));
  event_cursor = count_of(d, "event_cursor");
  hourly = static_cast<uint32_t>(count_of(config, "max_hourly_actions"));
  daily = static_cast<uint32_t>(count_of(config, "max_daily_actions"));
  if (const auto n = count_of(config, "cooldown_minutes"))
    cooldown_minutes = static_cast<int64_t>(n);
  if (const auto c = config.get("custom"); c.is_object()) custom = c;
  if (const auto own = d.get("own_config"); own.is_array())
    for (const auto& which : own.items()) {
      own_hourly |= which == value{"max_hourly_actions"};
      own_daily |= which == value{"max_daily_actions"};
      own_cooldown |= which == value{"cooldown_minutes"};
    }
  last_execution_us = time_of(d.get("last_execution"));
  next_scheduled_us = time_of(d.get("next_scheduled"));
  last_heartbeat_us = time_of(health.get("last_heartbeat"));
  consecutive_failures = count_of(health, "consecutive_failures");
  response_ms = number_of(health, "average_response_time_ms");
  counters_date = text_of(counters, "date");
  taken = count_of(counters, "actions_taken");
  successful = count_of(counters, "actions_successful");
  failed = count_of(counters, "actions_failed");
  revenue = number_of(counters, "revenue_generated");
  types.clear();
  if (const auto by = counters.get("by_type"); by.is_object())
    for (const auto& m : by.members())
      types[std::string{m.key.as_string()}] = {count_of(m.item, "count"),
                                               number_of(m.item, "revenue")};
  created_us = time_of(d.get("created_at"));
  auto settings = g.breaker(name).settings();
  settings.cooldown_us = cooldown_minutes * 60 * governance::second_us;
  g.breaker(name).change(settings);
  g.breaker(name).restore(static_cast<uint32_t>(count_of(breaker, "error_count")),
                          time_of(breaker.get("cooldown_until")), text_of(breaker, "last_error"),
                          time_of(breaker.get("last_error_time")));
  g.limit_agent(name, hourly, daily);
}

} // namespace steward::agents
