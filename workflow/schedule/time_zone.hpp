#pragma once

#include "workflow/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace steward::workflow::schedule {

/// A time zone of the system's IANA database, such as Europe/Berlin; UTC unless one is found. Times
/// are microseconds since 1970; a local time counts the same way on the zone's wall clock, so it
/// has meaning only together with its zone.
///
/// A handle to data that is loaded once for each process and never changes: cheap to copy, safe to
/// share between threads. The database is read from the system (package tzdata), never downloaded.
/// Its tables end in 2037; later instants keep the offset that holds then.
class time_zone {
public:
  /// A stretch of time with one offset: [begin_us, end_us) in UTC; local = UTC + offset_us. The
  /// first and the last stretch reach to the limits of int64_t.
  struct stretch {
    int64_t begin_us;
    int64_t end_us;
    int64_t offset_us;
  };

  time_zone() = default; ///< UTC, which needs no database.

  /// By its exact IANA name. The error is a sentence, with the nearest name if one is near.
  static outcome<time_zone, std::string> find(std::string_view name);

  std::string_view name() const;

  stretch at(int64_t utc_us) const;
  int64_t to_local(int64_t utc_us) const;
  /// A local time that occurs twice (clocks went back) means its first occurrence; one that does
  /// not occur (clocks went forward) means the first instant after the gap.
  int64_t to_utc(int64_t local_us) const;

  friend bool operator==(const time_zone&, const time_zone&) = default;

private:
  const date::time_zone* zone_ = nullptr; // owned by the database, for the process's life
};

} // namespace steward::workflow::schedule
