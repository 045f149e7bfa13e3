#pragma once

#include "actors/local_messages.hpp"
#include "messages/schedules.hpp"

/// What a tenant's schedules say to their node. None of it leaves the node.
namespace steward {

// --- to the loader ---

/// -> found_run: the row alone, without its journal.
struct find_run {
  tenant_id tenant;
  run_id run;
};
struct found_run {
  std::optional<run_row> row; ///< None when there is none, or `failed`.
  bool failed = false;
};
/// -> schedule_page: all of the tenant, and how far its inbox is.
struct read_schedules {
  tenant_id tenant;
};
struct schedule_page {
  std::shared_ptr<std::vector<store::stored_schedule>> schedules;
  uint64_t newest_event = 0;
  bool failed = false;
};

// --- to the tenant ---

/// A run whose id is given by what it was started for. It is answered like any other start, also
/// when it is there already.
struct start_due {
  start_order_ptr order;
};

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::find_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::found_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_schedules)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::schedule_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::start_due)
