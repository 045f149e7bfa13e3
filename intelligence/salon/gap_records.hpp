#pragma once

#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/salon.hpp"

#include <string>
#include <vector>

namespace steward::intelligence::salon {

/// Free time of a staff member that is recorded, or about to be. It keeps its id while its begin,
/// as it was before the clock ran into it, stays the same: gap_<staff>_<yyyymmddThhmm>. Once it is
/// filled or over, free time at the same place is another gap: ..._2.
struct known_gap {
  gaps::gap found; ///< From the next moment that can be booked on.
  std::string id;
  int64_t version = 0; ///< 0: it is not recorded yet.
  const value* data = nullptr;
  value changes = value::empty_object(); ///< What its record lacks.

  int64_t attempts() const;
  std::optional<int64_t> last_attempt_us() const;
};

/// The gaps into which a service fits, from now until the end of the day that is `days` - 1 days
/// off, by score. `changes` is what has to be written of each; nothing if its record says it.
std::vector<known_gap> find_known_gaps(const skill_input& in, const salon& s, int64_t days);

/// Writes the changes of a gap; GAP_DETECTED if it is new.
void write_gap(plan& p, const known_gap& gap, int64_t now_us);

/// Gaps that are recorded as open and not among those found: filled if an appointment lies there,
/// expired if they are over, else ignored. What was asked about them expires. At most
/// `writes_most` writes of the plan.
void close_gaps(plan& p, const skill_input& in, const salon& s, const std::vector<known_gap>& found,
                const open_questions& asked, size_t writes_most);

/// What is written of a gap that is over, with its event.
void expire_gap(plan& p, const record& gap, int64_t now_us);

} // namespace steward::intelligence::salon
