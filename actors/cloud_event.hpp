#pragma once

#include "messages/feed.hpp"
#include "messages/write_batch.hpp"

namespace steward {

/// A committed event as a CloudEvent 1.0 (JSON format) with the sequence extension; `id` is the
/// sequence too, `source` names the tenant.
std::shared_ptr<const feed_item> cloud_event(const tenant_id& tenant, const feed_event& e);

/// One without a sequence: progress and notices, which nobody can resume from.
std::shared_ptr<const feed_item> notice_event(const tenant_id& tenant, const std::string& id,
                                              const std::string& type, const std::string& subject,
                                              int64_t time_us, const std::string& data);

} // namespace steward
