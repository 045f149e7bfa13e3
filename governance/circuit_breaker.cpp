#include "governance/circuit_breaker.hpp"

#include <limits>

namespace steward::governance {

circuit_breaker::state circuit_breaker::at(int64_t now_us) const {
  if (!open_) return state::closed;
  return settings_.auto_recovery && now_us >= open_until_us_ ? state::half_open : state::open;
}

bool circuit_breaker::may_act(int64_t now_us) const {
  const auto now = at(now_us);
  return now == state::closed ||
         (now == state::half_open && trying_ < settings_.half_open_attempts);
}

int64_t circuit_breaker::may_act_at(int64_t now_us) const {
  if (may_act(now_us)) return now_us;
  const bool waits = at(now_us) == state::open && settings_.auto_recovery;
  return waits ? open_until_us_ : std::numeric_limits<int64_t>::max();
}

void circuit_breaker::begin(int64_t now_us) {
  if (at(now_us) == state::half_open) ++trying_;
}

void circuit_breaker::succeeded() {
  errors_ = 0;
  trying_ = 0;
  open_ = false;
}

void circuit_breaker::failed(int64_t now_us, std::string error) {
  last_error_ = std::move(error);
  last_error_us_ = now_us;
  if (trying_ > 0) --trying_;
  if (++errors_ < settings_.error_threshold && !open_) return;
  // The one that opens it, a try that failed, or a straggler of those before.
  if (!open_ || at(now_us) == state::half_open) open_until_us_ = now_us + settings_.cooldown_us;
  open_ = true;
}

void circuit_breaker::never_happened() {
  if (trying_ > 0) --trying_;
}

void circuit_breaker::restore(uint32_t errors, int64_t open_until_us, std::string last_error,
                              int64_t last_error_us) {
  errors_ = errors;
  trying_ = 0;
  open_ = open_until_us != 0;
  open_until_us_ = open_until_us;
  last_error_ = std::move(last_error);
  last_error_us_ = last_error_us;
}

void circuit_breaker::reset() {
  errors_ = 0;
  trying_ = 0;
  open_ = false;
  open_until_us_ = 0;
}

} // namespace steward::governance
