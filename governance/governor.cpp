#include "governance/governor.hpp"

#include <algorithm>
#include <limits>

namespace steward::governance {

namespace {

constexpr int64_t never = std::numeric_limits<int64_t>::max();

gate_verdict refused(refusal why, std::string reason, int64_t again_at_us) {
  gate_verdict verdict;
  verdict.why = why;
  verdict.reason = std::move(reason);
  verdict.again_at_us = again_at_us;
  return verdict;
}

} // namespace

std::string_view to_string(refusal why) {
  switch (why) {
  case refusal::none:
    return "none";
  case refusal::paused:
    return "paused";
  case refusal::circuit_open:
    return "circuit_open";
  case refusal::hourly_limit:
    return "hourly_limit";
  case refusal::daily_limit:
    return "daily_limit";
  case refusal::customer_hourly_limit:
    return "customer_hourly_limit";
  case refusal::customer_daily_limit:
    return "customer_daily_limit";
  case refusal::quiet_hours:
    return "quiet_hours";
  case refusal::opted_out:
    return "opted_out";
  }
  return "none";
}

gate_verdict governor::judge(const action_request& r, int64_t now_us) const {
  auto verdict = limits_of(r, now_us);
  const auto level = table_.judge(r.decision_type, r.details);
  verdict.level = level.level;
  if (verdict.may_act()) verdict.reason = level.because;
  return verdict;
}

gate_verdict governor::limits_of(const action_request& r, int64_t now_us) const {
  if (is_paused(r.agent)) return refused(refusal::paused, r.agent + " is paused", never);
  const bool writes = !r.customer.empty();
  if (writes && opted_out_.contains(r.customer))
    return refused(refusal::opted_out, r.customer + " does not want to be written to", never);
  if (const auto known = agents_.find(r.agent); known != agents_.end()) {
    const auto& [actions, breaker] = known->second;
    if (!breaker.may_act(now_us))
      return refused(refusal::circuit_open,
                     r.agent + " failed " + std::to_string(breaker.error_count()) +
                         " times in a row: " + breaker.last_error(),
                     breaker.may_act_at(now_us));
    if (!actions.day.has_room(now_us))
      return refused(refusal::daily_limit,
                     r.agent + " did " + std::to_string(actions.day.used(now_us)) +
                         " actions within a day",
                     actions.room_at(now_us));
    if (!actions.hour.has_room(now_us))
      return refused(refusal::hourly_limit,
                     r.agent + " did " + std::to_string(actions.hour.used(now_us)) +
                         " actions within an hour",
                     actions.room_at(now_us));
  } else if (limits_.daily == 0 || limits_.hourly == 0) {
    return refused(limits_.daily == 0 ? refusal::daily_limit : refusal::hourly_limit,
                   r.agent + " may do nothing", never);
  }
  if (!writes) return {};
  if (const auto known = customers_.find(r.customer); known != customers_.end()) {
    const auto& written = known->second;
    if (!written.day.has_room(now_us))
      return refused(refusal::customer_daily_limit,
                     r.customer + " was written to " + std::to_string(written.day.used(now_us)) +
                         " times within a day",
                     written.room_at(now_us));
    if (!written.hour.has_room(now_us))
      return refused(refusal::customer_hourly_limit, r.customer + " was written to within the hour",
                     written.room_at(now_us));
  } else if (limits_.customer_daily == 0 || limits_.customer_hourly == 0) {
    return refused(limits_.customer_daily == 0 ? refusal::customer_daily_limit
                                               : refusal::customer_hourly_limit,
                   "nobody may be written to", never);
  }
  if (quiet_.is_quiet(now_us, r.zone))
    return refused(refusal::quiet_hours, "it is night where " + r.customer + " is",
                   quiet_.ends_at(now_us, r.zone));
  return {};
}

gate_verdict governor::begin(const std::string& id, const action_request& r, int64_t now_us) {
  auto verdict = judge(r, now_us);
  if (!verdict.may_act()) return verdict;
  auto& [actions, breaker] = agents_of(r.agent);
  breaker.begin(now_us);
  actions.add(now_us);
  if (!r.customer.empty()) customer_of(r.customer).add(now_us);
  open_[id] = {r.agent, r.customer, now_us};
  return verdict;
}

void governor::settle(const std::string& id, action_end how, int64_t now_us,
                      const std::string& error) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  const auto action = std::move(found->second);
  open_.erase(found);
  auto& [actions, breaker] = agents_of(action.agent);
  switch (how) {
  case action_end::succeeded:
    return breaker.succeeded();
  case action_end::failed:
    return breaker.failed(now_us, error);
  case action_end::never_happened:
    breaker.never_happened();
    actions.take_back(action.at_us);
    if (!action.customer.empty()) customer_of(action.customer).take_back(action.at_us);
  }
}

void governor::restore(const std::string& id, const std::string& agent, const std::string& customer,
                       int64_t at_us, bool open) {
  agents_of(agent).actions.add(at_us);
  if (!customer.empty()) customer_of(customer).add(at_us);
  if (open) open_[id] = {agent, customer, at_us};
}

void governor::limit_agent(const std::string& agent, uint32_t hourly, uint32_t daily) {
  auto& actions = agents_of(agent).actions;
  actions.hour.limit_to(hourly);
  actions.day.limit_to(daily);
}

void governor::change_limits(action_limits limits) {
  limits_ = limits;
  for (auto& [name, a] : agents_) {
    a.actions.hour.limit_to(limits.hourly);
    a.actions.day.limit_to(limits.daily);
  }
  for (auto& [name, written] : customers_) {
    written.hour.limit_to(limits.customer_hourly);
    written.day.limit_to(limits.customer_daily);
  }
}

uint32_t governor::used_this_hour(const std::string& agent, int64_t now_us) const {
  const auto known = agents_.find(agent);
  return known == agents_.end() ? 0 : known->second.actions.hour.used(now_us);
}

uint32_t governor::used_today(const std::string& agent, int64_t now_us) const {
  const auto known = agents_.find(agent);
  return known == agents_.end() ? 0 : known->second.actions.day.used(now_us);
}

void governor::forget_old(int64_t now_us) {
  std::erase_if(customers_, [&](const auto& each) { return each.second.day.used(now_us) == 0; });
}

governor::agent_state& governor::agents_of(const std::string& name) {
  const auto known = agents_.find(name);
  if (known != agents_.end()) return known->second;
  return agents_
      .emplace(name,
               agent_state{{{limits_.hourly, hour_us}, {limits_.daily, day_us}}, circuit_breaker{}})
      .first->second;
}

governor::windows& governor::customer_of(const std::string& name) {
  const auto known = customers_.find(name);
  if (known != customers_.end()) return known->second;
  return customers_
      .emplace(name, windows{{limits_.customer_hourly, hour_us}, {limits_.customer_daily, day_us}})
      .first->second;
}

} // namespace steward::governance
