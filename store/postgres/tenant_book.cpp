#include "store/postgres/tenant_book.hpp"

#include "store/feed_codec.hpp"
#include "store/postgres/sql_writing.hpp"

#include <algorithm>
#include <iterator>

namespace steward::store::postgres {

void tenant_book::want(const tenant_id& name) {
  const auto [at, fresh] = tenants_.try_emplace(name);
  if (fresh) unknown_.push_back(&*at);
  if (std::exchange(at->second.in_group, true)) return;
  group_.push_back(&*at);
}

void tenant_book::load(connection& db) {
  if (unknown_.empty()) return;
  column<std::string_view> names;
  for (const auto* entry : unknown_) names.add(entry->first);
  for (const auto row : db.run(writing::find_tenants, parameters::of(names))) {
    auto& tenant = tenants_.at(row.string(0));
    tenant.exists = true;
    tenant.id = static_cast<int32_t>(row.integer(1));
    tenant.newest_event = row.number(2);
    tenant.newest_in_inbox = row.number(3);
    for (size_t i = 0; i < status_count; ++i)
      tenant.counts[i] = row.integer(4 + static_cast<int>(i));
  }
  std::vector<known*> strangers;
  for (auto* entry : unknown_)
    if (!entry->second.exists) strangers.push_back(entry);
  if (!strangers.empty()) {
    const auto ids =
        db.run(writing::free_tenants, parameters::of(static_cast<int64_t>(strangers.size())));
    for (size_t i = 0; i < strangers.size(); ++i)
      strangers[i]->second.id = static_cast<int32_t>(ids[i].integer(0));
  }
  unknown_.clear();
}

tenant_state& tenant_book::begin(const tenant_id& name) {
  current_ = &tenants_.at(name);
  current_->before_batch = current_->added;
  return *current_;
}

void tenant_book::publish(const publish_event& op) {
  current_->published.push_back({0, op.type, op.subject, op.time_us, op.data});
  ++current_->added.events;
}

void tenant_book::take_back() {
  current_->added = current_->before_batch;
  current_->published.resize(current_->added.events);
}

bool tenant_book::changed(const tenant_state& tenant) {
  const auto& added = tenant.added;
  return added.events > 0 || added.received > 0 || added.counted != run_counts{} ||
         (added.founded && !tenant.exists);
}

void tenant_book::write(group_statement& into) {
  column<int32_t> ids, feed_of;
  column<std::string_view> names;
  column<int64_t> newest_event, newest_in_inbox, first, last, time;
  std::array<column<int64_t>, status_count> counts;
  column<blob> events;
  std::string encoded;
  for (auto* entry : group_) {
    auto& [name, tenant] = *entry;
    if (!changed(tenant)) continue;
    auto sequence = tenant.newest_event;
    for (auto& event : tenant.published) event.sequence = ++sequence;
    ids.add(tenant.id);
    names.add(name);
    newest_event.add(static_cast<int64_t>(sequence));
    newest_in_inbox.add(static_cast<int64_t>(tenant.newest_in_inbox + tenant.added.received));
    for (size_t i = 0; i < status_count; ++i)
      counts[i].add(tenant.counts[i] + tenant.added.counted[i]);
    if (tenant.published.empty()) continue;
    encoded.clear();
    encode_events(tenant.published, encoded);
    feed_of.add(tenant.id);
    last.add(static_cast<int64_t>(sequence));
    first.add(static_cast<int64_t>(tenant.newest_event + 1));
    time.add(tenant.published.back().time_us);
    events.add(blob{encoded});
  }
  into.add(writing::put_tenants, ids, names, newest_event, newest_in_inbox, counts[0], counts[1],
           counts[2], counts[3], counts[4], counts[5], counts[6]);
  into.add(writing::add_events, feed_of, last, first, time, events);
}

void tenant_book::settle() {
  for (auto* entry : group_) {
    auto& [name, tenant] = *entry;
    tenant.exists = tenant.exists || changed(tenant);
    tenant.newest_in_inbox += tenant.added.received;
    for (size_t i = 0; i < status_count; ++i) tenant.counts[i] += tenant.added.counted[i];
    if (tenant.published.empty()) continue;
    tenant.newest_event = tenant.published.back().sequence;
    add_to_chunk(name, std::move(tenant.published));
  }
  discard();
}

/// A group whose batches are committed one by one still tells one chunk for each tenant.
void tenant_book::add_to_chunk(const tenant_id& name, std::vector<feed_event> events) {
  for (auto& chunk : published_)
    if (chunk.tenant == name) {
      std::move(events.begin(), events.end(), std::back_inserter(chunk.events));
      return;
    }
  published_.push_back({name, std::move(events)});
}

void tenant_book::discard() {
  for (auto* entry : group_) {
    entry->second.in_group = false;
    entry->second.added = {};
    entry->second.published.clear();
  }
  group_.clear();
  for (const auto* entry : unknown_) tenants_.erase(entry->first); // Never looked up.
  unknown_.clear();
  current_ = nullptr;
}

void tenant_book::forget() {
  discard();
  tenants_.clear();
  published_.clear();
}

} // namespace steward::store::postgres
