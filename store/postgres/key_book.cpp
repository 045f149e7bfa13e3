#include "store/postgres/key_book.hpp"

#include "store/postgres/index_key.hpp"
#include "store/postgres/sql_writing.hpp"

#include <algorithm>

namespace steward::store::postgres {

namespace {

constexpr uint64_t keys_between_sweeps = 64;
constexpr int64_t keys_per_sweep_of_one = 2; // For each key that came.

} // namespace

void key_book::want(const tenant_state& tenant, const std::string& key) {
  keys_.want({tenant.id, index_key(key)});
}

void key_book::load(connection& db) {
  const auto& wanted = keys_.wanted();
  if (wanted.empty()) return;
  column<int32_t> tenants;
  column<std::string_view> names;
  for (const auto* item : wanted) {
    tenants.add(item->first.first);
    names.add(item->first.second);
  }
  for (const auto row : db.run(writing::find_keys, parameters::of(tenants, names)))
    keys_.found(static_cast<size_t>(row.integer(0) - 1),
                {row.id(1), row.string(2), row.integer(3)});
}

const key_book::use* key_book::find(const tenant_state& tenant, const std::string& key,
                                    int64_t now_us) const {
  const auto* used = keys_.find({tenant.id, index_key(key)});
  return used && used->created_us >= now_us - key_lifetime_us ? used : nullptr;
}

void key_book::put(const tenant_state& tenant, const insert_run& op) {
  keys_.edit({tenant.id, index_key(op.idempotency_key)}) = {op.row.id, op.fingerprint,
                                                            op.row.created_us};
}

void key_book::keep() { keys_.keep(); }
void key_book::take_back() { keys_.take_back(); }

void key_book::write(group_statement& into) {
  column<int32_t> tenants, sweep_of;
  column<std::string_view> names, fingerprints;
  column<run_id> runs;
  column<int64_t> created, before, count;
  bool replaces = false;
  keys_.for_each_change([&](const auto& key, const auto& state) {
    if (!state.now) return;
    tenants.add(key.first);
    names.add(key.second);
    runs.add(state.now->run);
    fingerprints.add(state.now->fingerprint);
    created.add(state.now->created_us);
    replaces = replaces || state.stored;
    auto& sweep = sweeps_[key.first];
    ++sweep.added;
    sweep.newest_us = std::max(sweep.newest_us, state.now->created_us);
  });
  into.add(writing::put_keys, tenants, names, runs, fingerprints, created);
  // One statement must not change a row twice: where an old key is replaced, sweeping waits.
  if (replaces) return;
  for (const auto& [tenant, sweep] : sweeps_) {
    if (sweep.added < keys_between_sweeps) continue;
    sweep_of.add(tenant);
    before.add(sweep.newest_us - key_lifetime_us);
    count.add(static_cast<int64_t>(sweep.added) * keys_per_sweep_of_one);
    swept_.push_back(tenant);
  }
  into.add(writing::drop_old_keys, sweep_of, before, count);
}

void key_book::settle() {
  for (const auto tenant : swept_) sweeps_.erase(tenant);
  discard();
}

void key_book::discard() {
  keys_.clear();
  swept_.clear();
}

void key_book::forget() {
  discard();
  sweeps_.clear();
}

} // namespace steward::store::postgres
