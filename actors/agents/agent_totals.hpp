#pragma once

#include "workflow/value.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace steward {

/// What the agents of all tenants of this node did since it started, for /metrics. Thread-safe.
class agent_totals {
public:
  /// An event that was committed, as steps publish them.
  void count(const std::string& name, const workflow::value& data);
  /// 0 closed, 1 half open, 2 open.
  void breaker(const std::string& tenant, const std::string& agent, int state);
  void pending(const std::string& tenant, size_t approvals);

  struct figures {
    std::map<std::string, uint64_t> decisions, successes, failures; ///< By decision type.
    double revenue = 0;
    std::map<std::string, int> breakers; ///< By agent: the worst state of any tenant.
    uint64_t sent = 0, undelivered = 0, pending_approvals = 0;
    /// Seconds from an approval's request to its answer: how many within each of `bounds`.
    static constexpr std::array<double, 6> bounds{10, 60, 300, 900, 3'600, 86'400};
    std::array<uint64_t, bounds.size() + 1> answered{};
    double answer_seconds = 0;
  };
  figures read() const;

private:
  mutable std::mutex mutex_;
  figures sums_;
  std::map<std::pair<std::string, std::string>, int> breakers_; ///< Those that are not closed.
  std::map<std::string, size_t> pending_;
};

} // namespace steward
