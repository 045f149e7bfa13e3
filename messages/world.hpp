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
  /// Sets a clock that is moved by hand; false: this one moves by itself, or that time is past.
  virtual bool move_to(int64_t) { return false; }
};

/// The machine's own clock and a seeded-from-the-system generator. Lives as long as the process.
world& real_world();

/// A world whose clock stands until it is moved: for demonstrations that live a day in a minute.
/// One for the process, as real_world().
world& stepped_world(int64_t begin_us);

} // namespace steward
