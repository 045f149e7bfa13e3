#include "store/postgres/record_book.hpp"

#include "store/postgres/record_dialect.hpp"
#include "store/postgres/sql_writing.hpp"

namespace steward::store::postgres {

namespace {

template <class Row>
std::optional<uint64_t> version_of(const Row* row) {
  if (!row) return std::nullopt;
  return row->version;
}

template <class Collection>
std::optional<collection_edition> edition_of(const Collection* row) {
  if (!row) return std::nullopt;
  return collection_edition{row->number, row->version};
}

} // namespace

// --- looking up ---------------------------------------------------------------------------------

void record_book::want(const tenant_state& tenant, const put_collection& op) {
  collections_.want({tenant.id, op.row.name});
  shapes_wanted_ = true;
  ++numbers_wanted_;
}

void record_book::want(const tenant_state& tenant, const drop_collection& op) {
  collections_.want({tenant.id, op.name});
  shapes_wanted_ = true;
}

void record_book::want(const tenant_state& tenant, const put_record& op) {
  want(tenant, op.collection, op.id);
}

void record_book::want(const tenant_state& tenant, const delete_record& op) {
  want(tenant, op.collection, op.id);
}

void record_book::want(const tenant_state& tenant, const std::string& collection,
                       const std::string& id) {
  collections_.want({tenant.id, collection});
  records_.want({tenant.id, collection, id});
}

void record_book::load(connection& db) {
  if (collections_.wanted().empty()) return;
  load_collections(db);
  if (!records_.wanted().empty()) load_records(db);
  if (shapes_wanted_) load_shapes(db);
  if (numbers_wanted_ == 0) return;
  for (const auto row : db.run(writing::free_collections, parameters::of(numbers_wanted_)))
    free_numbers_.push_back(row.integer(0));
}

void record_book::load_collections(connection& db) {
  column<int32_t> tenants;
  column<std::string_view> names;
  for (const auto* item : collections_.wanted()) {
    tenants.add(std::get<0>(item->first));
    names.add(std::get<1>(item->first));
  }
  for (const auto row : db.run(writing::find_collections, parameters::of(tenants, names))) {
    auto indexes = decode_indexes(row.view(5));
    if (!indexes) corrupt("the indexes of a collection are unreadable");
    collections_.found(static_cast<size_t>(row.integer(0) - 1),
                       {row.integer(1), row.number(2), row.number(3), row.flag(4),
                        std::move(*indexes), row.integer(6), row.flag(7), nullptr});
  }
}

void record_book::load_shapes(connection& db) {
  for (const auto row : db.run(writing::shapes, {})) {
    auto indexes = decode_indexes(row.view(1));
    if (!indexes) corrupt("the indexes of a shape are unreadable");
    shapes_.add(row.integer(0), {std::move(*indexes), row.integer(2)});
  }
  kept_shapes_ = shapes_;
}

void record_book::load_records(connection& db) {
  column<int32_t> tenants;
  column<std::string_view> collections, ids;
  for (const auto* item : records_.wanted()) {
    tenants.add(std::get<0>(item->first));
    collections.add(std::get<1>(item->first));
    ids.add(std::get<2>(item->first));
  }
  for (const auto row : db.run(writing::find_records, parameters::of(tenants, collections, ids)))
    records_.found(static_cast<size_t>(row.integer(0) - 1),
                   {row.number(1), row.integer(2), row.integer(3), nullptr});
}

// --- deciding -----------------------------------------------------------------------------------

record_book::refusal record_book::put(const tenant_state& tenant, const put_collection& op,
                                      uint64_t& version) {
  const auto* known = collections_.find({tenant.id, op.row.name});
  const bool is_new = !known;
  auto row = op.row;
  plan_indexes(known ? known->indexes : std::vector<record_index>{}, row.indexes);
  const auto change = shapes_.change(known ? known->shape : 0, row.indexes);
  if (const auto* refused = std::get_if<refused_record>(&change)) return *refused;
  auto& state = collections_.edit({tenant.id, op.row.name});
  if (is_new) {
    state.number = free_numbers_.back();
    free_numbers_.pop_back();
  }
  version = ++state.version;
  row.number = state.number;
  state.indexes = row.indexes;
  state.shape = std::get<shape_change>(change).shape;
  state.keeps_history = row.keeps_history;
  state.changed = &op;
  carry_out(std::get<shape_change>(change), row.number);
  schema_changes_.push_back(replace_view_sql(row, op.columns));
  return std::nullopt;
}

void record_book::carry_out(const shape_change& change, int64_t collection) {
  for (const auto& gone : change.drop) schema_changes_.push_back(drop_index_sql(gone));
  if (change.moves) schema_changes_.push_back(move_records_sql({collection, change.shape}));
  for (const auto& made : change.create) schema_changes_.push_back(create_index_sql(made));
  for (const auto number : change.changed)
    schema_changes_.push_back(write_shape_sql(number, shapes_.find(number)));
}

record_book::refusal record_book::drop(const tenant_state& tenant, const drop_collection& op) {
  const auto* state = collections_.find({tenant.id, op.name});
  if (!state) return no_collection(op.name);
  if (state->any_record) return not_empty(op.name);
  carry_out(std::get<shape_change>(shapes_.change(state->shape, {})), state->number);
  collection_row row;
  row.name = op.name;
  row.number = state->number;
  schema_changes_.push_back("DROP VIEW IF EXISTS steward." + quoted_name(view_name(row)));
  collections_.drop({tenant.id, op.name});
  return std::nullopt;
}

record_book::refusal record_book::put(const tenant_state& tenant, const put_record& op,
                                      record_result& result) {
  const auto* of = collections_.find({tenant.id, op.collection});
  const record_key key{tenant.id, op.collection, op.id};
  const auto* old = records_.find(key);
  if (auto refused = refuse(op, edition_of(of), version_of(old))) return refused;
  auto& state = collections_.edit({tenant.id, op.collection});
  state.any_record = true;
  result = {++state.newest_version, !old, old ? old->created_us : op.time_us};
  auto& row = records_.edit(key);
  row = {result.version, result.created_us, op.time_us, &op.data};
  if (state.keeps_history) history_.push_back({tenant.id, state.number, op.id, row});
  return std::nullopt;
}

record_book::refusal record_book::remove(const tenant_state& tenant, const delete_record& op,
                                         record_result& result) {
  const auto* of = collections_.find({tenant.id, op.collection});
  const record_key key{tenant.id, op.collection, op.id};
  const auto* old = records_.find(key);
  if (auto refused = refuse(op, edition_of(of), version_of(old))) return refused;
  result = {};
  if (!old) return std::nullopt;
  auto& state = collections_.edit({tenant.id, op.collection});
  result.version = ++state.newest_version;
  if (state.keeps_history)
    history_.push_back(
        {tenant.id, state.number, op.id, {result.version, old->created_us, op.time_us, nullptr}});
  records_.drop(key);
  return std::nullopt;
}

void record_book::keep() {
  collections_.keep();
  records_.keep();
  kept_history_ = history_.size();
  kept_changes_ = schema_changes_.size();
  if (shapes_wanted_) kept_shapes_ = shapes_;
}

void record_book::take_back() {
  collections_.take_back();
  records_.take_back();
  history_.resize(kept_history_);
  schema_changes_.resize(kept_changes_);
  if (shapes_wanted_) shapes_ = kept_shapes_;
}

// --- writing ------------------------------------------------------------------------------------

void record_book::write(group_statement& into) {
  write_collections(into);
  write_records(into);
  write_history(into);
}

void record_book::write_collections(group_statement& into) const {
  column<int64_t> put_number, put_version, put_updated, put_newest, put_shape, count_number,
      count_newest, drop_number;
  column<int32_t> put_of;
  column<std::string_view> names, schemas;
  column<std::string_view> indexes;
  column<bool> keeps;
  collections_.for_each_change([&](const collection_key& key, const auto& state) {
    if (!state.now) {
      if (state.stored) drop_number.add(state.stored->number);
      return;
    }
    const auto& now = *state.now;
    if (!now.changed) {
      count_number.add(now.number);
      count_newest.add(static_cast<int64_t>(now.newest_version));
      return;
    }
    put_number.add(now.number);
    put_of.add(std::get<0>(key));
    names.add(std::get<1>(key));
    schemas.add(now.changed->row.schema);
    indexes.add(encode_indexes(now.indexes));
    keeps.add(now.keeps_history);
    put_version.add(static_cast<int64_t>(now.version));
    put_updated.add(now.changed->row.updated_us);
    put_newest.add(static_cast<int64_t>(now.newest_version));
    put_shape.add(now.shape);
  });
  into.add(writing::put_collections, put_number, put_of, names, schemas, indexes, keeps,
           put_version, put_updated, put_newest, put_shape);
  into.add(writing::count_records, count_number, count_newest);
  into.add(writing::drop_collections, drop_number);
  into.add(writing::drop_histories, drop_number);
}

void record_book::write_records(group_statement& into) const {
  column<int32_t> put_of;
  column<int64_t> put_in, versions, created, updated, shapes, drop_in;
  column<std::string_view> put_ids, data, drop_ids;
  records_.for_each_change([&](const record_key& key, const auto& state) {
    const auto* of = collections_.find({std::get<0>(key), std::get<1>(key)});
    if (!of) return;
    if (!state.now) {
      drop_in.add(of->number);
      drop_ids.add(std::get<2>(key));
      return;
    }
    put_of.add(std::get<0>(key));
    put_in.add(of->number);
    put_ids.add(std::get<2>(key));
    versions.add(static_cast<int64_t>(state.now->version));
    created.add(state.now->created_us);
    updated.add(state.now->updated_us);
    data.add(*state.now->data);
    shapes.add(of->shape);
  });
  into.add(writing::put_records, put_of, put_in, put_ids, versions, created, updated, data, shapes);
  into.add(writing::drop_records, drop_in, drop_ids);
}

void record_book::write_history(group_statement& into) const {
  column<int32_t> tenants;
  column<int64_t> collections, versions, created, updated;
  column<std::string_view> ids, data;
  for (const auto& old : history_) {
    tenants.add(old.tenant);
    collections.add(old.collection);
    ids.add(old.id);
    versions.add(static_cast<int64_t>(old.what.version));
    created.add(old.what.created_us);
    updated.add(old.what.updated_us);
    data.add(old.what.data ? std::optional<std::string_view>{*old.what.data} : std::nullopt);
  }
  into.add(writing::add_history, tenants, collections, ids, versions, created, updated, data);
}

void record_book::discard() {
  collections_.clear();
  records_.clear();
  history_.clear();
  kept_history_ = 0;
  schema_changes_.clear();
  kept_changes_ = 0;
  numbers_wanted_ = 0;
  shapes_wanted_ = false;
  shapes_ = kept_shapes_ = {};
  free_numbers_.clear();
}

} // namespace steward::store::postgres
