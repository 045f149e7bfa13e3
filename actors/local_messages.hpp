#pragma once

#include "messages/commit.hpp"
#include "messages/type_ids.hpp"
#include "store/store.hpp"
#include "workflow/definition.hpp"
#include "workflow/secret_mask.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the actors of one node say among themselves: payloads that are shared rather than copied,
/// so none of it can leave the node. A tenant, its runs, its writer and its readers live together.
namespace steward {

/// A workflow version that can be run.
struct deployed {
  int64_t id = 0; ///< workflow_row::id
  std::shared_ptr<const workflow::definition> definition;
  workflow::value secrets = workflow::value::empty_object(); ///< Those that it declares, by name.
  workflow::secret_mask mask = {};                           ///< Of these.
  int64_t secrets_us = 0;                                    ///< When they were read.

  /// Secrets change while the server runs: what was read a minute ago is to be read again.
  bool outdated(int64_t now_us) const {
    return !definition->secrets.empty() && now_us - secrets_us >= 60'000'000;
  }
};
using deployed_ptr = std::shared_ptr<const deployed>;

// --- to the library ---

/// -> found_workflow. By reference (version empty: the newest) or, when `id` is set, by id.
struct find_workflow {
  tenant_id tenant;
  workflow_ref ref;
  int64_t id = 0;
};
struct found_workflow {
  deployed_ptr workflow; ///< Null when there is none, or `why` says what failed.
  failure why;
  int64_t created_us = 0; ///< When it was deployed; known when asked by reference.
};
/// To a tenant: what it remembers of that name may be out of date.
struct workflow_changed {
  tenant_id tenant;
  std::string namespace_, name;
  uint64_t newest_event = 0; ///< Of the inbox, when a version that starts on events came.
};

// --- to the loader ---

/// -> loaded_run
struct load_run {
  tenant_id tenant;
  run_id run;
  store::run_part part = store::run_part::history;
};
struct loaded_run {
  std::shared_ptr<store::stored_run> run; ///< Null when there is none.
  std::optional<failure> why;             ///< The store could not say.
};
/// -> unfinished_runs: those of the tenant that nobody would wake, oldest first.
struct find_unfinished {
  tenant_id tenant;
  std::optional<run_id> after;
};
struct unfinished_runs {
  std::shared_ptr<std::vector<run_id>> runs;
  bool last = true;
  bool failed = false;
};
/// -> timer_page, soonest first.
struct read_timers {
  std::optional<store::stored_timer> after;
};
struct timer_page {
  std::shared_ptr<std::vector<store::stored_timer>> timers;
  bool last = true;
  bool failed = false;
};
/// -> feed_page
struct read_feed {
  tenant_id tenant;
  uint64_t after = 0;
  size_t limit = 0; ///< 0: only the bounds.
};
struct feed_page {
  std::shared_ptr<std::vector<feed_event>> events;
  store::feed_bounds bounds;
  bool failed = false;
};

// --- between a tenant and what drives its runs ---

/// One run to be started: what was asked, by whom, and what it was given.
struct start_order {
  start_run request;
  reply_slot slot;
  ticket pass;
  deployed_ptr workflow;
  run_id id;
  int64_t created_us = 0;
  std::optional<run_id> parent;
  effect_id parent_effect = 0;

  /// Whoever asked has been told, and the store has the input.
  void release() {
    slot = {};
    pass = {};
    request.input.clear();
  }
};
using start_order_ptr = std::shared_ptr<start_order>;

/// Many runs to be started together, and what they were given.
struct batch_order {
  start_runs request;
  reply_slot slot;
  ticket pass;
  deployed_ptr workflow;
  int64_t created_us = 0;
  std::vector<run_id> ids; ///< One for each input.
};
using batch_order_ptr = std::shared_ptr<batch_order>;

/// To the runner: drive each as far as it goes by itself, and store them.
struct run_batch {
  batch_order_ptr order;
};
/// To the tenant: these runs are in the store, and nobody drives them.
struct wake_runs {
  std::shared_ptr<const std::vector<run_id>> runs;
};

/// To the runner: drive it to its end.
struct run_now {
  start_order_ptr order;
};
/// From the runner: this one needs an actor of its own (it is long, or it broke: `crash` says how).
struct run_alone {
  start_order_ptr order;
  std::string crash;
};
/// To the tenant, from a completion: the idempotency key had a run already; answer with that.
struct answer_existing {
  start_order_ptr order;
  run_id run;
};
/// To a tenant, from itself: a child that could not be started just now.
struct admit_again {
  start_order_ptr order;
};
/// From a child run that came back to life, to its parent: one that no longer wants it cancels it.
struct confirm_child {
  tenant_id tenant;
  run_id parent;
  effect_id effect = 0;
  run_id child;
};
/// To a tenant: answer with the run once it has ended, or after `wait` with what it is then.
struct await_run {
  tenant_id tenant;
  run_id run;
  std::chrono::milliseconds wait{0};
};
/// To a run: answer once it has ended, or at the deadline with what it is then.
struct await_end {
  reply_slot slot;
  std::chrono::milliseconds wait{0};
};
/// To a run, from its own completion.
struct batch_done {
  uint64_t number = 0;
  batch_result result;
  bool lost = false; ///< The writer crashed with it: only the store knows whether it is there.
};
/// To the feed: steps of a run that somebody watches, as JSON documents.
struct run_progress {
  tenant_id tenant;
  run_id run;
  struct item {
    std::string type, json;
    int64_t time_us = 0;
  };
  std::shared_ptr<const std::vector<item>> items;
};

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::commit_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::feed_committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::find_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::found_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::workflow_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::load_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::loaded_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::find_unfinished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::unfinished_runs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_timers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::timer_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_feed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::feed_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::run_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::wake_runs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::run_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::run_alone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::answer_existing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::admit_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::confirm_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::await_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::await_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::batch_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::run_progress)
