#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Reads the store for people (slot "store/queries") and for the other actors (a second one, slot
/// "store/loader", so that a long history never keeps a run from waking).
///
/// Accepts     get_run, list_runs, get_history, get_replay, get_stats, evaluate_expression,
///             probe_store (each
///             with a reply_slot); load_run,
///             find_unfinished, read_timers, read_feed
/// Replies     in the slot; loaded_run, unfinished_runs, timer_page, feed_page
/// Supervisor  root/store, rest_for_one, permanent
/// Persists    nothing
/// Fails       store down: unavailable, or the page's `failed`. Crash: restarted
/// Bounds      settings.store.query_queue questions of people waiting, past it unavailable at once
/// Runs        detached: reading blocks
caf::behavior queries(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
