#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace steward::agents {

/// What a queue of tasks allows, of one tenant.
struct queue_terms {
  std::string_view name;
  size_t concurrent; ///< Executions at once.
  size_t per_second; ///< Executions that begin within any second.
  unsigned attempts; ///< Of an execution that fails, before its next time.
  int64_t backoff_least_us, backoff_most_us;

  /// How long the one after that many failed attempts waits: twice as long each time.
  int64_t backoff_us(unsigned failed) const;
};

/// "autonomous-agents", "analytics", "cleanup"; null: there is no such queue. Messages to customers
/// have the fourth, which is the courier's.
const queue_terms* find_queue(std::string_view name);

/// Who of a tenant's agents may begin when. One that begins again without having ended (it crashed)
/// takes its own place.
class task_queue {
public:
  explicit task_queue(const queue_terms& terms) : terms_(&terms) {}

  const queue_terms& terms() const { return *terms_; }
  /// 0: it has begun. Else how long it has to wait before it asks again. `now_us` is time that
  /// really passes, `clock_us` the time of the server's clock, which may be moved by hand: a second
  /// is over when it is over by either, so that simulated days do not last as long as real ones.
  int64_t begin(const std::string& agent, int64_t now_us, int64_t clock_us);
  void end(const std::string& agent) { running_.erase(agent); }

private:
  const queue_terms* terms_;
  std::map<std::string, int64_t> running_; ///< Since when.
  struct moment {
    int64_t now_us, clock_us;
  };
  std::deque<moment> begun_; ///< Within the last second.
};

} // namespace steward::agents
