#pragma once

#include "app/demo/salon_api.hpp"
#include "demo/salon.hpp"

#include <map>

namespace steward::app {

enum class owner_kind : uint8_t {
  never,  ///< Looks at nothing.
  always, ///< Approves everything at once.
  human,  ///< Takes a while, sleeps at night, says no now and then.
};

/// Whoever answers the agents' questions.
class salon_owner {
public:
  salon_owner(const demo::salon& s, salon_api& api, owner_kind kind)
      : s_(&s), api_(&api), kind_(kind) {}

  /// Looks at what is pending at that moment, and answers what is due.
  void look(int64_t now_us);

  uint64_t asked() const { return plans_.size(); }
  uint64_t approved() const { return approved_; }
  uint64_t rejected() const { return rejected_; }
  uint64_t too_late() const { return too_late_; }
  /// Answers that the server should have taken.
  const std::vector<std::string>& surprises() const { return surprises_; }

private:
  struct plan {
    int64_t due_us = 0;
    bool approves = true, done = false;
  };
  plan make_plan(const workflow::value& approval, int64_t now_us) const;
  void answer(const std::string& id, plan& p);

  const demo::salon* s_;
  salon_api* api_;
  owner_kind kind_;
  std::map<std::string, plan> plans_;
  uint64_t approved_ = 0, rejected_ = 0, too_late_ = 0;
  std::vector<std::string> surprises_;
};

} // namespace steward::app
