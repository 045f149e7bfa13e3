#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// Changes records (slot "store/records"): checks what is written against the collection's schema
/// and sends it to the journal.
///
/// Accepts     declare_collection, remove_collection, write_record, write_records, remove_record
///             (each with a reply_slot and the ticket of its tenant's door)
/// Replies     in the slot, once it is durable
/// Supervisor  root/store, rest_for_one, permanent
/// Persists    what was written, through the journal; knows schemas, which the commit checks again
/// Order       changes that look at a record first (patches, If-Match: *, Idempotency-Key) have
/// their
///             turns, record by record
/// Fails       store down: unavailable. A schema or a record that changed between reading and
///             commit: read again, `attempts_most` times, then conflict. Crash: restarted; who
///             waited is told to try again
/// Bounds      the tenant's door, and settings.store.query_queue waiting: unavailable at once
/// Runs        detached: reading blocks
caf::behavior records(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward
