#include "store/postgres/inbox_book.hpp"

#include "store/postgres/index_key.hpp"
#include "store/postgres/sql_writing.hpp"

#include <algorithm>
#include <limits>

namespace steward::store::postgres {

namespace {

constexpr int64_t events_per_sweep = 16;

} // namespace

inbox_book::key inbox_book::key_of(const tenant_state& tenant, const put_event& op) {
  return {tenant.id, index_key(op.source), index_key(op.id)};
}

void inbox_book::want(const tenant_state& tenant, const put_event& op) {
  events_.want(key_of(tenant, op));
  reach(tenant, op.expired_before_us, events_per_sweep);
}

void inbox_book::want(const tenant_state& tenant, const purge_inbox& op) {
  reach(tenant, op.before_us, static_cast<int64_t>(op.limit));
}

void inbox_book::reach(const tenant_state& tenant, int64_t before_us, int64_t events) {
  auto& far = horizons_.try_emplace(tenant.id, horizon{before_us, 0}).first->second;
  far.before_us = std::max(far.before_us, before_us);
  far.events += events;
}

void inbox_book::load(connection& db) {
  if (horizons_.empty()) return;
  load_oldest(db);
  const auto& wanted = events_.wanted();
  column<int32_t> tenants;
  column<std::string_view> sources, ids;
  for (const auto* item : wanted) {
    tenants.add(std::get<0>(item->first));
    sources.add(std::get<1>(item->first));
    ids.add(std::get<2>(item->first));
  }
  for (const auto row : db.run(writing::find_events, parameters::of(tenants, sources, ids)))
    events_.found(static_cast<size_t>(row.integer(0) - 1),
                  {row.number(1), row.integer(2), nullptr});
  sort_by_age();
}

/// As many of the oldest as the group can take out, so that it knows them.
void inbox_book::load_oldest(connection& db) {
  column<int32_t> tenants;
  column<int64_t> before, count;
  for (const auto& [tenant, far] : horizons_) {
    tenants.add(tenant);
    before.add(far.before_us);
    count.add(far.events);
  }
  const auto found = db.run(writing::oldest_events, parameters::of(tenants, before, count));
  for (const auto row : found)
    events_.want({static_cast<int32_t>(row.integer(0)), row.string(1), row.string(2)});
}

void inbox_book::sort_by_age() {
  by_age_.clear();
  events_.for_each_row([&](const key& of, const place& where) {
    by_age_.emplace(age{std::get<0>(of), where.received_us, where.sequence}, of);
  });
}

put_event_result inbox_book::put(tenant_state& tenant, const put_event& op) {
  sweep(tenant, op.expired_before_us, events_per_sweep);
  const auto of = key_of(tenant, op);
  if (const auto* kept = events_.find(of)) return {kept->sequence, true};
  const auto sequence = tenant.newest_in_inbox + ++tenant.added.received;
  events_.edit(of) = {sequence, op.received_us, &op.event};
  by_age_.emplace(age{tenant.id, op.received_us, sequence}, of);
  tenant.added.founded = true;
  return {sequence, false};
}

uint64_t inbox_book::purge(const tenant_state& tenant, const purge_inbox& op) {
  return sweep(tenant, op.before_us, op.limit);
}

uint64_t inbox_book::sweep(const tenant_state& tenant, int64_t before_us, uint64_t limit) {
  uint64_t removed = 0;
  auto at = by_age_.lower_bound({tenant.id, std::numeric_limits<int64_t>::min(), 0});
  for (; removed < limit && at != by_age_.end(); ++removed) {
    const auto& [of, received_us, sequence] = at->first;
    if (of != tenant.id || received_us >= before_us) break;
    events_.drop(at->second);
    at = by_age_.erase(at);
  }
  return removed;
}

void inbox_book::keep() { events_.keep(); }

void inbox_book::take_back() {
  events_.take_back();
  sort_by_age();
}

void inbox_book::write(group_statement& into) {
  column<int32_t> put_of, drop_of;
  column<int64_t> put_sequence, drop_sequence, received;
  column<std::string_view> sources, ids, events;
  events_.for_each_change([&](const key& of, const auto& state) {
    if (state.now && state.now->event) {
      put_of.add(std::get<0>(of));
      put_sequence.add(static_cast<int64_t>(state.now->sequence));
      received.add(state.now->received_us);
      sources.add(std::get<1>(of));
      ids.add(std::get<2>(of));
      events.add(*state.now->event);
    } else if (!state.now && state.stored) {
      drop_of.add(std::get<0>(of));
      drop_sequence.add(static_cast<int64_t>(state.stored->sequence));
    }
  });
  into.add(writing::put_inbox, put_of, put_sequence, received, sources, ids, events);
  into.add(writing::drop_inbox, drop_of, drop_sequence);
}

void inbox_book::discard() {
  events_.clear();
  horizons_.clear();
  by_age_.clear();
}

} // namespace steward::store::postgres
