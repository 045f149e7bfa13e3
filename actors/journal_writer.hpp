#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Commits what everybody writes, in groups: what arrives while one commit is on its way rides the
/// next. There is no delay and no timer; a lone writer waits for one commit.
///
/// Accepts     commit_request; release_shards, in the order of commits
/// Replies     through each request's completion, once the group is on disk or was refused;
///             feed_committed to the feed, while somebody reads it
/// Supervisor  root/store, rest_for_one, permanent
/// Persists    everything, through store::writer
/// Fails       store can't write: every batch of the group is `unavailable`, the next group tries
///             again. Crash: what was waiting is dropped, which its completions tell as unavailable
/// Bounds      settings.store.queue_batches waiting, past it `unavailable` at once;
///             group_batches in one commit
/// Runs        detached: commits block
caf::behavior journal_writer(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
