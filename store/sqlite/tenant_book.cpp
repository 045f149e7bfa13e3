#include "store/sqlite/tenant_book.hpp"

#include "store/feed_codec.hpp"
#include "store/sqlite/sql_writing.hpp"

namespace steward::store::sqlite {

tenant_book::tenant_book(connection& db)
    : db_(db), find_(db, writing::find_tenant), add_(db, writing::add_tenant),
      newest_(db, writing::newest_event), add_events_(db, writing::add_events),
      count_(db, writing::count_runs), start_count_(db, writing::start_count),
      note_inbox_(db, writing::note_inbox) {}

tenant_state& tenant_book::open(const tenant_id& name) {
  auto at = tenants_.find(name);
  if (at == tenants_.end()) {
    tenant_state fresh;
    if (auto row = find_.run(name); row.next()) {
      fresh.id = row.integer(0);
      fresh.newest_in_inbox = row.number(1);
    }
    if (auto row = newest_.run(fresh.id); row.next()) fresh.newest_event = row.number(0);
    at = tenants_.emplace(name, std::move(fresh)).first;
  }
  if (!at->second.in_group) {
    group_.push_back(&*at);
    at->second.in_group = true;
  }
  return at->second;
}

void tenant_book::found(tenant_state& tenant, const tenant_id& name) {
  if (tenant.id != 0) return;
  add_.execute(name);
  tenant.id = db_.last_row();
  tenant.new_in_group = true;
}

void tenant_book::write() {
  for (auto* entry : group_) {
    auto& [name, tenant] = *entry;
    write_counts(tenant);
    if (tenant.received > 0)
      note_inbox_.execute(tenant.id, tenant.newest_in_inbox + tenant.received);
    if (tenant.events.empty()) continue;
    found(tenant, name);
    auto sequence = tenant.newest_event;
    for (auto& event : tenant.events) event.sequence = ++sequence;
    encoded_.clear();
    encode_events(tenant.events, encoded_);
    add_events_.execute(tenant.id, sequence, tenant.newest_event + 1, blob{encoded_});
  }
}

void tenant_book::write_counts(tenant_state& tenant) {
  for (size_t i = 0; i < status_count; ++i) {
    const auto status = static_cast<int64_t>(i);
    const auto more = tenant.counted[i];
    if (more == 0) continue;
    count_.execute(tenant.id, status, more);
    if (db_.changes() == 0) start_count_.execute(tenant.id, status, more);
  }
}

std::vector<feed_chunk> tenant_book::settle() {
  std::vector<feed_chunk> published;
  for (auto* entry : group_) {
    auto& [name, tenant] = *entry;
    tenant.new_in_group = false;
    tenant.newest_in_inbox += tenant.received;
    if (tenant.events.empty()) continue;
    tenant.newest_event = tenant.events.back().sequence;
    published.push_back({name, std::move(tenant.events)});
  }
  discard();
  return published;
}

void tenant_book::discard() {
  for (auto* entry : group_) {
    auto& tenant = entry->second;
    tenant.in_group = false;
    if (tenant.new_in_group) tenant.id = 0;
    tenant.new_in_group = false;
    tenant.events.clear();
    tenant.received = 0;
    tenant.counted = {};
  }
  group_.clear();
}

tenant_book::mark tenant_book::remember(const tenant_state& tenant) {
  return {tenant.events.size(), tenant.received, tenant.id != 0, tenant.counted};
}

void tenant_book::take_back(tenant_state& tenant, const mark& to) {
  tenant.events.resize(to.events);
  tenant.received = to.received;
  tenant.counted = to.counted;
  if (to.has_row) return;
  tenant.id = 0;
  tenant.new_in_group = false;
}

} // namespace steward::store::sqlite
