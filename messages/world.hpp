#pragma once

#include <cstdint>

namespace steward {

/// Time and chance, as the process sees them. Production reads the machine's; tests and the
/// simulation pass their own, so that one seed is one history. Safe to call from any thread.
class world {
public:
  virtual ~world() = default;
  /// Microseconds since 1970 (UTC).
  virtual int64_t now_us() = 0;
  /// 64 random bits; not for secrets.
  virtual uint64_t random() = 0;
};

/// The machine's own clock and a seeded-from-the-system generator. Lives as long as the process.
world& real_world();

} // namespace steward
