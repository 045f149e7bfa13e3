#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Brings what was committed to those who read along: every event of a tenant in the order of its
/// sequence, without hole or repetition, from the past through to now.
///
/// A reader that asks for the past is fed from memory or the store in pages, as fast as it takes
/// them. One that is up to date is sent what comes; when its queue is full then, it is dropped with
/// a reason and resumes where it was.
///
/// Accepts     feed_committed, run_progress, subscribe_feed (with a feed_reader),
///             unsubscribe_feed, feed_drained
/// Replies     through the readers' sinks
/// Supervisor  root, one_for_one, permanent
/// Persists    nothing: events are rows of the store
/// Fails       crash: its readers are closed and resume. Store down: readers of the past are closed
/// Bounds      `ring_items` recent events of each tenant in memory; each reader's own queue
caf::behavior feed(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
