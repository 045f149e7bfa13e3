#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Reads collections and records (slot "store/record_queries"), and a second one finds them (slot
/// "store/record_searches"), so that a question that no index serves keeps nobody from anything
/// else.
///
/// Accepts     list_collections, get_collection, find_records, get_record, get_record_history (each
///             with a reply_slot)
/// Replies     in the slot
/// Supervisor  root/store, rest_for_one, permanent
/// Persists    nothing
/// Fails       store down: unavailable. Crash: restarted
/// Bounds      settings.store.query_queue questions waiting, past it unavailable at once; 2 s for
///             one (store::record_query_most), past it unprocessable
/// Runs        detached: reading blocks
caf::behavior record_queries(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
