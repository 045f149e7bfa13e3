#pragma once

#include "actors/local_messages.hpp"
#include "workflow/json.hpp"
#include "workflow/machine.hpp"

/// What is written about a run, and published of it: one place for the runner and the run actor.
namespace steward {

/// The row of a run that is being started, with the machine's present state.
run_row first_row(const start_order& order, const workflow::machine& m);

/// Inserts the run and publishes its start and, when it has ended already, its end.
void write_start(write_batch& batch, const start_order& order, const run_row& row);

/// Brings the row to the machine's status and publishes that. `row` is changed as the store's will
/// be.
void write_status(write_batch& batch, run_row& row, const workflow::machine& m,
                  const workflow::secret_mask& mask, int64_t now_us);

/// What is stored of an effect that is no longer wanted goes.
void write_dropped(write_batch& batch, const run_id& run, const workflow::drop_effect& d);

/// Puts a CloudEvent into the tenant's inbox, where it is kept for so many hours, and on the feed.
void write_event(write_batch& batch, const workflow::value& event, int64_t now_us,
                 uint32_t kept_hours);

/// The run, which had ended, goes on: its row is as if it had not, and that is published.
void write_reopened(write_batch& batch, run_row& row, const workflow::machine& m, int64_t now_us);

/// Identifies a request to start a run: a second one with the same key must be the same.
std::string start_fingerprint(const start_run& request);

/// What the caller of a start is told about the run.
reply start_reply(const run_row& row, bool waited);

/// For an input that is not JSON.
reply not_json(const workflow::json_error& e);

/// For the batch of a start that was refused.
reply refused_start(const batch_result& result);

} // namespace steward
