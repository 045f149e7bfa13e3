#pragma once

#include <chrono>
#include <cstdint>

namespace steward::store::postgres {

/// While one lives, its socket is shut down when `most` has passed: whoever waits for an answer on
/// it learns that the connection is lost. libpq itself would wait for ever on a server that is
/// stopped, but whose machine still acknowledges.
class silence_guard {
public:
  /// 0: does nothing.
  silence_guard(int socket, std::chrono::milliseconds most);
  ~silence_guard();
  silence_guard(const silence_guard&) = delete;
  silence_guard& operator=(const silence_guard&) = delete;

private:
  uint64_t number_ = 0;
};

} // namespace steward::store::postgres
