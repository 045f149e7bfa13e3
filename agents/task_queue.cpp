#include "agents/task_queue.hpp"

#include <algorithm>
#include <array>

namespace steward::agents {

namespace {

constexpr int64_t second_us = 1'000'000;
/// An execution that says nothing for so long has come to nothing.
constexpr int64_t lost_after_us = 300 * second_us;
constexpr int64_t ask_again_us = second_us / 5;

constexpr std::array queues{
    queue_terms{"autonomous-agents", 10, 5, 3, 10 * second_us, 300 * second_us},
    queue_terms{"analytics", 5, 2, 1, 10 * second_us, 300 * second_us},
    queue_terms{"cleanup", 3, 1, 1, 10 * second_us, 300 * second_us},
};

} // namespace

int64_t queue_terms::backoff_us(unsigned failed) const {
  auto wait = backoff_least_us;
  for (unsigned i = 1; i < failed && wait < backoff_most_us; ++i) wait *= 2;
  return std::min(wait, backoff_most_us);
}

const queue_terms* find_queue(std::string_view name) {
  const auto* found = std::ranges::find(queues, name, &queue_terms::name);
  return found == queues.end() ? nullptr : found;
}

int64_t task_queue::begin(const std::string& agent, int64_t now_us, int64_t clock_us) {
  std::erase_if(running_, [&](const auto& r) {
    return r.first == agent || r.second <= now_us - lost_after_us;
  });
  std::erase_if(begun_, [&](const moment& m) {
    return m.now_us <= now_us - second_us || m.clock_us <= clock_us - second_us;
  });
  if (running_.size() >= terms_->concurrent) return ask_again_us;
  if (begun_.size() >= terms_->per_second) return begun_.front().now_us + second_us - now_us;
  running_[agent] = now_us;
  begun_.push_back({now_us, clock_us});
  return 0;
}

} // namespace steward::agents
