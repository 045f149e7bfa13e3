#pragma once

#include "messages/ids.hpp"
#include "messages/records.hpp"
#include "workflow/machine.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Everything that changes goes through one kind of write: a list of operations of one tenant that
/// commits whole or not at all.
namespace steward {

using workflow::effect_id;
using workflow::run_status;
using workflow::workflow_ref;

/// A run as stored: one row. Its first journal entry (the start) is this row's input and
/// created_us.
struct run_row {
  run_id id;
  int64_t workflow_id = 0; ///< Of the deployed version, `workflow_row::id`.
  workflow_ref workflow;   ///< Filled when read; not stored with the run.
  run_status status = run_status::pending;
  std::string input;                 ///< JSON text.
  std::optional<std::string> output; ///< JSON text, when completed.
  std::optional<std::string> error;  ///< JSON text, when faulted or cancelled.
  int64_t created_us = 0;
  std::optional<int64_t> started_us, ended_us;
  uint64_t attempts = 1;
  std::optional<run_id> parent; ///< The run that started this one as a child, ...
  effect_id parent_effect = 0;  ///< ... and the effect that waits for its end; 0: none waits.
};

/// One deployed version of a workflow.
struct workflow_row {
  int64_t id = 0; ///< Given by the store.
  workflow_ref ref;
  std::string digest; ///< "sha256:<hex>" of the source text.
  std::string source; ///< As deployed, YAML or JSON.
  int64_t created_us = 0;
  /// Of the external resources that the definition was read with: JSON object text, URI -> text.
  /// Empty: none.
  std::string resources = {};
};

// --- operations ---

struct insert_run {
  run_row row;
  std::string idempotency_key; ///< Empty: none. Unique by tenant for a day.
  std::string fingerprint;     ///< Of the request; a second one with another is a conflict.
};
/// `seq` counts from 1 within the run.
struct append_journal {
  run_id run;
  uint64_t seq = 0;
  std::string entry; ///< workflow::encode_event.
};
/// Sets what is given, leaves the rest (unless it `reopens`).
struct update_run {
  run_id run;
  run_status status = run_status::running;
  std::optional<std::string> output, error;
  std::optional<int64_t> ended_us;
  uint64_t attempts = 1;
  /// The run goes on after its end: what was set of these three is cleared first.
  bool reopens = false;
};
struct put_timer {
  run_id run;
  effect_id effect = 0;
  int64_t due_us = 0;
};
struct clear_timer {
  run_id run;
  effect_id effect = 0;
};
/// One event of the tenant's feed; the commit gives it the tenant's next sequence number.
struct publish_event {
  std::string type;    ///< e.g. "io.serverlessworkflow.workflow.completed.v1".
  std::string subject; ///< e.g. "runs/0198...".
  int64_t time_us = 0;
  std::string data; ///< JSON text.
};
struct put_workflow {
  workflow_row row;
};
/// Puts a CloudEvent into the tenant's inbox and gives it the next sequence there: from 1, never
/// used again. While an event with this source and id is kept, it is left as it is. First takes out
/// up to 16 of the events received before `expired_before_us`, oldest first.
struct put_event {
  std::string source, id; ///< Of the event.
  int64_t received_us = 0;
  std::string event; ///< JSON text.
  int64_t expired_before_us = 0;
};
/// A run's effect, or the trigger of a workflow ("namespace/name"; `run` empty, `effect` 0),
/// listens to events. It starts at cursor 0; when it is there already, only its routes change.
struct put_listener {
  run_id run;
  effect_id effect = 0;
  std::string trigger;
  std::string routes; ///< encode_routes
};
/// It has decided on every event up to this one. Never goes back; without the listener: nothing.
struct advance_listener {
  run_id run;
  effect_id effect = 0;
  std::string trigger;
  uint64_t sequence = 0;
};
struct clear_listener {
  run_id run;
  effect_id effect = 0;
  std::string trigger;
};
/// What the schedule of a workflow has come to: JSON text that only its actor reads.
struct put_schedule {
  std::string namespace_, name;
  std::string state;
};
struct clear_schedule {
  std::string namespace_, name;
};
/// The state of a run after its first `seq` journal entries, in place of an older one.
struct put_snapshot {
  run_id run;
  uint64_t seq = 0;
  std::string state; ///< What only its machine reads.
};
/// Takes out ended runs with all that belongs to them: looks at `limit` runs past `after` that were
/// created before `before_us`, oldest first, and removes those that ended before it.
struct purge_runs {
  std::optional<run_id> after;
  int64_t before_us = 0;
  size_t limit = 100;
};
/// Takes out the oldest events of the feed as long as they are from before `before_us`, in at most
/// `limit` commits' worth; the newest stays.
struct purge_feed {
  int64_t before_us = 0;
  size_t limit = 100;
};
/// Takes out at most `limit` events of the inbox that were received before `before_us`.
struct purge_inbox {
  int64_t before_us = 0;
  size_t limit = 100;
};
using write_op =
    std::variant<insert_run, append_journal, update_run, put_timer, clear_timer, publish_event,
                 put_workflow, put_event, put_listener, advance_listener, clear_listener,
                 put_schedule, clear_schedule, put_snapshot, purge_runs, purge_feed, purge_inbox,
                 put_collection, drop_collection, put_record, delete_record>;

struct write_batch {
  tenant_id tenant;
  std::vector<write_op> ops;
};

/// Where a `put_event` found its place.
struct put_event_result {
  uint64_t sequence = 0;  ///< Of the event that is kept.
  bool duplicate = false; ///< It was there already.
  friend bool operator==(const put_event_result&, const put_event_result&) = default;
};

/// How far a `purge_...` came.
struct purge_result {
  uint64_t removed = 0;
  bool more = false; ///< It stopped at its limit.
  run_id last;       ///< purge_runs: the last run that it looked at.
  friend bool operator==(const purge_result&, const purge_result&) = default;
};

/// What became of a batch.
struct batch_result {
  enum class kind : uint8_t {
    committed,
    /// `insert_run`: this key (or run id) has a run already, `run`. `put_workflow`: this version
    /// exists with the same content, `workflow_id`. Nothing of the batch was applied.
    duplicate,
    /// A key with another fingerprint, a version with other content, a journal entry whose place is
    /// taken, what `refusal` says of records. Nothing of the batch was applied.
    conflict,
    /// The store could not write (disk full, ...). Nothing of the batch was applied.
    unavailable,
  };
  kind what = kind::unavailable;
  run_id run;
  int64_t workflow_id = 0;                   ///< put_workflow, when committed or duplicate.
  std::string reason;                        ///< For people, when not committed.
  std::vector<put_event_result> events = {}; ///< One for each `put_event`, when committed.
  std::vector<purge_result> purges = {};     ///< One for each `purge_...`, when committed.
  /// One for each `put_record` and `delete_record`, when committed.
  std::vector<record_result> records = {};
  uint64_t collection_version = 0; ///< put_collection, when committed.
  record_refusal refusal = record_refusal::none;
};

/// One event of a tenant's feed, numbered. `sequence` counts from 1 without holes.
struct feed_event {
  uint64_t sequence = 0;
  std::string type, subject;
  int64_t time_us = 0;
  std::string data; ///< JSON text.
};
/// Consecutive events of one tenant, from one commit.
struct feed_chunk {
  tenant_id tenant;
  std::vector<feed_event> events;
};

} // namespace steward
