#pragma once

#include "governance/action_window.hpp"
#include "governance/autonomy.hpp"
#include "governance/circuit_breaker.hpp"
#include "governance/quiet_hours.hpp"

#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace steward::governance {

struct action_limits {
  uint32_t hourly = 20, daily = 100;                ///< Of an agent.
  uint32_t customer_hourly = 1, customer_daily = 3; ///< Messages to one customer, by all agents.
};

/// What an agent wants to do.
struct action_request {
  std::string agent, decision_type;
  workflow::value details = workflow::value::empty_object(); ///< What value rules look at.
  std::string customer;                                      ///< Who is written to; empty: nobody.
  workflow::schedule::time_zone zone = {};                   ///< The customer's.
};

enum class refusal : uint8_t {
  none,
  paused,       ///< The agent, the tenant or everything.
  circuit_open, ///< Too many errors in a row.
  hourly_limit,
  daily_limit,
  customer_hourly_limit,
  customer_daily_limit,
  quiet_hours,
  opted_out,
};
std::string_view to_string(refusal why);

struct gate_verdict {
  refusal why = refusal::none;
  std::string reason; ///< For people.
  int64_t again_at_us =
      0; ///< When it may be asked again; INT64_MAX: when somebody changes something.
  autonomy level = autonomy::supervised;
  bool may_act() const { return why == refusal::none; }
  bool needs_approval() const { return level != autonomy::full_auto; }
};

enum class action_end : uint8_t {
  succeeded,
  failed,
  never_happened, ///< Nobody was written to, nothing was done: its places are free again.
};

/// The gate of one tenant, through which every action of its agents passes. A state machine without
/// clock, store or thread: who owns it makes what it says durable with the action, and rebuilds it
/// after a restart from the actions of the last day (`restore`) and the agents' breakers.
class governor {
public:
  explicit governor(action_limits limits = {}, autonomy_table table = {}, quiet_hours quiet = {})
      : limits_(limits), table_(std::move(table)), quiet_(quiet) {}

  /// Whether it may; changes nothing.
  gate_verdict judge(const action_request& r, int64_t now_us) const;
  /// The same, and if it may, the action has begun: `id` (unique) has to be settled once.
  gate_verdict begin(const std::string& id, const action_request& r, int64_t now_us);
  /// An id that is not known, or settled already, changes nothing.
  void settle(const std::string& id, action_end how, int64_t now_us, const std::string& error = {});

  /// An action of before the restart: it counts, and if it was `open`, can be settled.
  void restore(const std::string& id, const std::string& agent, const std::string& customer,
               int64_t at_us, bool open);

  void pause(const std::string& agent) { paused_.insert(agent); } ///< Empty: all.
  void resume(const std::string& agent) { paused_.erase(agent); }
  bool is_paused(const std::string& agent) const {
    return paused_.contains("") || paused_.contains(agent);
  }
  void opt_out(const std::string& customer) { opted_out_.insert(customer); }
  void opt_in(const std::string& customer) { opted_out_.erase(customer); }
  void change_limits(action_limits limits);
  /// Of one agent, in place of those of all; `change_limits` takes it back.
  void limit_agent(const std::string& agent, uint32_t hourly, uint32_t daily);
  void change_quiet_hours(quiet_hours quiet) { quiet_ = quiet; }
  void change_table(autonomy_table table) { table_ = std::move(table); }

  circuit_breaker& breaker(const std::string& agent) { return agents_of(agent).breaker; }
  uint32_t used_this_hour(const std::string& agent, int64_t now_us) const;
  uint32_t used_today(const std::string& agent, int64_t now_us) const;

  /// Customers who were not written to for a day are forgotten.
  void forget_old(int64_t now_us);
  size_t customers_known() const { return customers_.size(); }

private:
  struct windows {
    action_window hour, day;
    int64_t room_at(int64_t now_us) const {
      return std::max(hour.room_at(now_us), day.room_at(now_us));
    }
    void add(int64_t at_us) {
      hour.add(at_us);
      day.add(at_us);
    }
    void take_back(int64_t at_us) {
      hour.take_back(at_us);
      day.take_back(at_us);
    }
  };
  struct agent_state {
    windows actions;
    circuit_breaker breaker;
  };
  struct open_action {
    std::string agent, customer;
    int64_t at_us = 0;
  };
  agent_state& agents_of(const std::string& name);
  windows& customer_of(const std::string& name);
  gate_verdict limits_of(const action_request& r, int64_t now_us) const;

  action_limits limits_;
  autonomy_table table_;
  quiet_hours quiet_;
  std::map<std::string, agent_state> agents_;
  std::unordered_map<std::string, windows> customers_;
  std::unordered_map<std::string, open_action> open_;
  std::set<std::string> paused_, opted_out_;
};

} // namespace steward::governance
