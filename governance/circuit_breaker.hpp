#pragma once

#include "governance/action_window.hpp"

#include <string>

namespace steward::governance {

struct breaker_settings {
  uint32_t error_threshold = 5; ///< Errors in a row that open it.
  int64_t cooldown_us = 300 * second_us;
  uint32_t half_open_attempts = 1; ///< Tries under way at once while nobody knows.
  bool auto_recovery = true;       ///< Otherwise it stays open until a person resets it.
};

/// Keeps an agent from failing on and on: closed (it acts), open (it does not, until the cool-down
/// is over), half open (one try; its outcome decides). Pattern: M. Nygard, Release It!
class circuit_breaker {
public:
  enum class state : uint8_t { closed, open, half_open };

  explicit circuit_breaker(breaker_settings s = {}) : settings_(s) {}

  state at(int64_t now_us) const;
  bool may_act(int64_t now_us) const;
  /// When it may act again, as far as time alone decides; INT64_MAX: not by itself.
  int64_t may_act_at(int64_t now_us) const;

  /// An action begins; only when it may. Each has to be settled by one of the next three.
  void begin(int64_t now_us);
  void succeeded();
  void failed(int64_t now_us, std::string error);
  void never_happened();

  void reset();
  /// As it was stored before a restart. `open_until_us` 0: closed. A try that was under way counts
  /// as not made.
  void restore(uint32_t errors, int64_t open_until_us, std::string last_error,
               int64_t last_error_us);
  void change(breaker_settings s) { settings_ = s; }
  const breaker_settings& settings() const { return settings_; }

  uint32_t error_count() const { return errors_; }
  const std::string& last_error() const { return last_error_; }
  int64_t last_error_us() const { return last_error_us_; } ///< 0: never.
  int64_t cooldown_until_us() const { return open_ ? open_until_us_ : 0; }

private:
  breaker_settings settings_;
  uint32_t errors_ = 0; ///< In a row.
  bool open_ = false;   ///< Open, or half open once the cool-down is over.
  int64_t open_until_us_ = 0;
  uint32_t trying_ = 0; ///< Half open: tries under way.
  std::string last_error_;
  int64_t last_error_us_ = 0;
};

} // namespace steward::governance
