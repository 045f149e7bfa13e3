#include "workflow/simulation/services.hpp"

#include <algorithm>

namespace steward::workflow::simulation {

namespace {

constexpr int64_t second = 1'000'000;
constexpr int64_t patience = 30 * second; ///< Of whoever sends the requests.

const service_answer& empty_answer() {
  static const auto answer = [] {
    auto a = service_answer{};
    a.headers.emplace_back("content-type", "application/json");
    return a;
  }();
  return answer;
}

http_failed timeout(effect_id effect) {
  return {effect, true, "no answer came in time (simulated)", {}};
}
http_failed unreachable(effect_id effect) {
  return {effect, false, "the service can't be reached (simulated)", {}};
}

} // namespace

const service_answer& services::declared(const http_call& call) {
  auto again = call.idempotency_key + " " + std::to_string(call.attempt);
  if (auto given = given_.find(again); given != given_.end()) return *given->second;
  const auto* answer = &empty_answer();
  for (size_t i = 0; i < scenario_.services.size(); ++i) {
    const auto& s = scenario_.services[i];
    if (!s.match.matches(call.method, call.url)) continue;
    answer = &s.answers[std::min(used_[i]++, s.answers.size() - 1)];
    break;
  }
  given_.emplace(std::move(again), answer);
  return *answer;
}

services::reply services::answer(const http_call& call) {
  const auto& rates = scenario_.faults;
  auto draw = [this](double rate) { return faulty_ && dice_.chance(rate); };
  if (draw(rates.unreachable))
    return {dice_.between(1000, 2 * second), {0, unreachable(call.effect)}, "unreachable"};
  if (draw(rates.timeout)) return {patience, {0, timeout(call.effect)}, "timeout"};
  if (draw(rates.server_error)) {
    constexpr int statuses[] = {500, 502, 503, 504};
    auto status = statuses[dice_.below(std::size(statuses))];
    return {dice_.between(1000, 2 * second),
            {0, http_answered{call.effect, status, {{"content-type", "text/plain"}}, "simulated"}},
            "status " + std::to_string(status)};
  }
  const auto& a = declared(call);
  auto after = a.delay.after(0);
  if (a.fails == service_answer::failure::timeout)
    return {std::max(after, patience), {0, timeout(call.effect)}, {}};
  if (a.fails == service_answer::failure::unreachable)
    return {after, {0, unreachable(call.effect)}, {}};
  auto answered = http_answered{call.effect, a.status, a.headers, a.body};
  auto fault = std::string{};
  if (draw(rates.broken_json)) {
    answered.headers = {{"content-type", "application/json"}};
    answered.body = "{\"broken";
    fault = "broken JSON";
  } else if (draw(rates.slow)) {
    after += dice_.spread(second, 6 * 3600 * second);
    fault = "slow";
  }
  return {after, {0, std::move(answered)}, std::move(fault)};
}

} // namespace steward::workflow::simulation
