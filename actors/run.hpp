#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// How a run's actor comes to life.
struct run_birth {
  tenant_id tenant;
  run_id id;
  /// Set for a run that is being started; `id` is the order's then. Null: it is in the store.
  start_order_ptr order;
  /// False when an earlier incarnation may have stored the order already.
  bool first = true;
  /// Counts durable steps, so that its supervisor can tell a crash in a row from one after
  /// progress.
  std::shared_ptr<std::atomic<uint64_t>> progress;
};

/// Drives one run: gives its machine what happened, journals it, and carries out what the machine
/// wants of the world once that is durable. One batch is on its way at a time; what happens
/// meanwhile rides the next, so the journal has no holes.
///
/// Accepts     call_done, timer_due, child_done; control_run, retry_run (each with reply_slot,
/// ticket);
///             await_end;
///             batch_done
/// Replies     in slots once durable; perform_call, cancel_call, arm_timer, disarm_timer,
/// spawn_child,
///             cancel_child, child_done to those concerned
/// Supervisor  its tenant, transient
/// Persists    its row, journal and timers
/// Fails       crash: restarted, replays its journal, sends again what was not answered under the
///             same idempotency keys. Store can't write: tries the same batch again with backoff; a
///             start that nobody waits on durably is refused instead
/// Bounds      the machine's limits; one batch in flight; messages while it loads wait in memory
///             (each holds a ticket of its tenant or comes at most once per effect)
caf::behavior run_actor(caf::event_based_actor* self, std::shared_ptr<node> n, run_birth birth);

} // namespace steward
