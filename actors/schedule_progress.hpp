#pragma once

#include "messages/ids.hpp"
#include "workflow/definition.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steward {

/// How far the schedule of a workflow has come: what is stored of it. Times are microseconds since
/// 1970, UTC. Written when the workflow is deployed, from then on by the schedule's actor alone.
struct schedule_progress {
  std::string timing;     ///< What it was made for, `timing_of`: another one starts anew.
  int64_t anchor_us = 0;  ///< When it started.
  int64_t handled_us = 0; ///< All due times up to this one are done with.
  std::optional<int64_t> last_due_us; ///< Of the last run that was started ...
  std::optional<run_id> last_run;     ///< ... and that run.
  std::optional<int64_t> queued_us;   ///< A due time whose run waits for the end of the last one.
  uint64_t missed = 0;                ///< Due times without a run, since it started.
  uint64_t cursor = 0;                ///< The last event that was taken.
  std::vector<workflow::value> collected; ///< Events taken for the next run, in order.
  bool paused = false;
  friend bool operator==(const schedule_progress&, const schedule_progress&) = default;
};

std::string encode_progress(const schedule_progress& p);
/// Nothing when the text is not what `encode_progress` writes.
std::optional<schedule_progress> decode_progress(std::string_view json);

/// A schedule that starts at this moment; events up to `newest_event` do not concern it.
schedule_progress new_progress(const workflow::definition& d, int64_t now_us,
                               uint64_t newest_event);

/// What decides when runs are due: as long as it stays equal, a new version of the workflow goes on
/// where the old one was. Policies are not part of it.
std::string timing_of(const workflow::definition& d);

/// The id of the run for one occasion ("due <time>", "event <sequence>") of a schedule: always the
/// same one, so that asking for it twice, in whatever life of the server, gives one run. `workflow`
/// is namespace/name.
run_id scheduled_run_id(const tenant_id& tenant, std::string_view workflow, int64_t time_us,
                        std::string_view occasion);

} // namespace steward
