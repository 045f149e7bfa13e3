#pragma once

#include "workflow/duration.hpp"
#include "workflow/outcome.hpp"
#include "workflow/schedule/cron.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace steward::workflow::schedule {

/// Starts a run whenever `length` has passed since the schedule started, in phase with that moment
/// however long runs take: at start + length, start + 2 * length, ... Months are calendar units.
struct every {
  duration length; ///< Must be positive: `check`.
  friend bool operator==(const every&, const every&) = default;
};
/// Starts a run when the zone's clock matches.
struct cron {
  cron_expression expression;
  time_zone zone;
  friend bool operator==(const cron&, const cron&) = default;
};
/// Starts the first run at once, and each further one `delay` after the end of the one before it.
struct after {
  duration delay;
  friend bool operator==(const after&, const after&) = default;
};
/// Starts runs on events, which are kept elsewhere; time has no part in it.
struct on_events {
  friend bool operator==(const on_events&, const on_events&) = default;
};

/// What happens at a due time while a run of the schedule is still going on.
enum class overlap : uint8_t {
  allow, ///< Another run starts beside it, as the language asks for.
  skip,  ///< The due time passes.
  queue, ///< It starts when the one before it has ended.
};
/// What happens after a pause (the server was down) to the due times that passed in it.
enum class catch_up : uint8_t {
  none, ///< They are left out.
  one,  ///< The latest of them is made up for.
  all,  ///< They are made up for, oldest first, up to a limit.
};

/// By the names above; the error is a sentence with the names that there are.
outcome<overlap, std::string> parse_overlap(std::string_view name);
outcome<catch_up, std::string> parse_catch_up(std::string_view name);
std::string_view to_string(overlap value);
std::string_view to_string(catch_up value);

/// Due times that passed without a run.
struct missed_dues {
  std::vector<int64_t> due_us;       ///< To make up for, oldest first.
  uint64_t left_out = 0;             ///< Those that the policy or the limit leaves out.
  bool left_out_more = false;        ///< There are more than `left_out`: counting stopped there.
  std::optional<int64_t> through_us; ///< The latest due time that passed: all up to it is handled.
  friend bool operator==(const missed_dues&, const missed_dues&) = default;
};

/// What a schedule means over time. Pure: it reads no clock and keeps no state. All times are
/// microseconds since 1970, UTC.
struct schedule_plan {
  /// Most due times that `catch_up::all` makes up for, and most that are counted beyond.
  static constexpr size_t catch_up_limit = 1'000;
  static constexpr uint64_t count_limit = 10'000;

  std::variant<every, cron, after, on_events> trigger;
  overlap overlapping = overlap::allow;
  catch_up catching_up = catch_up::one;
  duration jitter{}; ///< Each run starts up to this much later than it is due; 0: never.

  /// A sentence when the plan makes no sense: an interval of no length.
  std::optional<std::string> check() const;

  /// The first due time of a schedule that starts at `started_us`: that moment for `after`. None
  /// when time never brings one.
  std::optional<int64_t> first_due(int64_t started_us) const;

  /// The due time that follows `last_us`, strictly later; none when there is none. `last_us` is the
  /// last due time that was handled (or `started_us`), but for `after` the end of the last run.
  std::optional<int64_t> next_due(int64_t started_us, int64_t last_us) const;

  /// The due times after `last_us` (as in `next_due`) up to and including `now_us`, with the
  /// catch-up policy applied. `after` has at most one, which is made up for under every policy:
  /// the chain of runs would end there otherwise.
  missed_dues missed(int64_t started_us, int64_t last_us, int64_t now_us,
                     size_t limit = catch_up_limit) const;

  /// When a run starts that is due at `due_us`: later by less than `jitter` (or exactly then,
  /// without jitter). Depends on nothing but its arguments, so a restart changes nothing;
  /// `identity` is what tells the schedule from others, so that they spread.
  int64_t start_of(std::string_view identity, int64_t due_us) const;

  friend bool operator==(const schedule_plan&, const schedule_plan&) = default;
};

} // namespace steward::workflow::schedule
