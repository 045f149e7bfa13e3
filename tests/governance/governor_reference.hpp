#pragma once

#include "governance/governor.hpp"

#include <random>
#include <vector>

/// The rules of governance told once more, as slowly and plainly as can be: a list of all that was
/// done, counted anew for each question.
namespace steward::governance::testing {

struct done_action {
  std::string id, agent, customer;
  int64_t at_us = 0;
  bool counts = true, open = true;
};

struct reference_breaker {
  std::vector<int> ends; ///< 1: an error, 0: a success, since it was last closed or reset.
  int64_t open_until_us = 0;
  bool open = false;
  int trying = 0;
};

class reference {
public:
  explicit reference(action_limits limits) : limits_(limits) {}

  refusal judge(const action_request& r, int64_t now_us) const {
    if (paused.contains("") || paused.contains(r.agent)) return refusal::paused;
    if (!r.customer.empty() && opted_out.contains(r.customer)) return refusal::opted_out;
    const auto known = breakers_.find(r.agent);
    if (known != breakers_.end() && known->second.open &&
        (now_us < known->second.open_until_us || known->second.trying > 0))
      return refusal::circuit_open;
    const auto count = [&](int64_t length_us, auto same) {
      uint32_t sum = 0;
      for (const auto& a : actions)
        if (a.counts && same(a) && a.at_us > now_us - length_us) ++sum;
      return sum;
    };
    const auto of_agent = [&](const done_action& a) { return a.agent == r.agent; };
    const auto of_customer = [&](const done_action& a) { return a.customer == r.customer; };
    if (count(day_us, of_agent) >= limits_.daily) return refusal::daily_limit;
    if (count(hour_us, of_agent) >= limits_.hourly) return refusal::hourly_limit;
    if (r.customer.empty()) return refusal::none;
    if (count(day_us, of_customer) >= limits_.customer_daily) return refusal::customer_daily_limit;
    if (count(hour_us, of_customer) >= limits_.customer_hourly)
      return refusal::customer_hourly_limit;
    return refusal::none;
  }

  void begin(const std::string& id, const action_request& r, int64_t now_us) {
    actions.push_back({id, r.agent, r.customer, now_us, true, true});
    auto& b = breakers_[r.agent];
    if (b.open && now_us >= b.open_until_us) ++b.trying;
  }

  void settle(size_t which, action_end how, int64_t now_us) {
    auto& a = actions.at(which);
    if (!a.open) return;
    a.open = false;
    auto& b = breakers_[a.agent];
    if (how == action_end::never_happened) {
      a.counts = false;
      b.trying = std::max(0, b.trying - 1);
    } else if (how == action_end::succeeded) {
      b = {};
    } else {
      b.trying = std::max(0, b.trying - 1);
      b.ends.push_back(1);
      if (b.ends.size() < 5 && !b.open) return;
      if (!b.open || now_us >= b.open_until_us) b.open_until_us = now_us + 300 * second_us;
      b.open = true;
    }
  }

  /// What matters no more goes, or the tests would never end.
  void forget_old(int64_t now_us) {
    std::erase_if(actions, [&](const auto& a) { return !a.open && a.at_us < now_us - 2 * day_us; });
  }

  std::vector<done_action> actions;
  std::set<std::string> paused, opted_out;

private:
  action_limits limits_;
  std::map<std::string, reference_breaker> breakers_;
};

} // namespace steward::governance::testing
