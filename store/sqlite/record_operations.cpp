#include "store/sqlite/record_operations.hpp"

#include "store/sqlite/record_dialect.hpp"
#include "store/sqlite/sql_writing.hpp"

namespace steward::store::sqlite {

namespace {

/// Of a collection that is stored.
std::vector<record_index> indexes_of(const std::string& text) {
  auto indexes = decode_indexes(text);
  if (!indexes) throw sql_error{SQLITE_CORRUPT, "the indexes of a collection are unreadable"};
  return std::move(*indexes);
}

bool breaks_unique_index(const sql_error& e) { return e.code() == SQLITE_CONSTRAINT; }

} // namespace

record_operations::record_operations(connection& db)
    : db_(db), find_collection_(db, writing::find_collection),
      add_collection_(db, writing::add_collection),
      change_collection_(db, writing::change_collection),
      drop_collection_(db, writing::drop_collection), drop_history_(db, writing::drop_history),
      any_record_(db, writing::any_record), find_record_(db, writing::find_record),
      next_version_(db, writing::next_version), put_record_(db, writing::put_record),
      drop_record_(db, writing::drop_record), add_history_(db, writing::add_history) {}

record_operations::refusal record_operations::put(int64_t tenant, const put_collection& op,
                                                  uint64_t& version) {
  auto row = op.row;
  const auto* known = find(tenant, row.name);
  const auto before = known ? known->indexes : "[]";
  version = known ? known->version + 1 : 1;
  if (!known) add_collection_.execute(tenant, row.name);
  row.number = known ? known->number : db_.last_row();
  forget();
  try {
    if (auto refused = change_indexes(row.number, before, row.indexes)) return refused;
  } catch (const sql_error& e) {
    if (!breaks_unique_index(e)) throw;
    return not_unique();
  }
  change_collection_.execute(row.number, row.schema, encode_indexes(row.indexes),
                             static_cast<int64_t>(row.keeps_history), version, row.updated_us);
  db_.execute("DROP VIEW IF EXISTS " + quoted_name(view_name(row)));
  db_.execute(create_view_sql(row, op.columns));
  return std::nullopt;
}

record_operations::refusal record_operations::change_indexes(int64_t collection,
                                                             const std::string& before,
                                                             std::vector<record_index>& after) {
  const auto changes = plan_indexes(indexes_of(before), after);
  for (const auto& index : changes.drop) drop_index(collection, index);
  const auto there = db_.number("SELECT count(*) FROM sqlite_master WHERE type = 'index'"
                                " AND tbl_name = 'records' AND sql IS NOT NULL");
  if (auto refused = refuse_indexes(there, changes.create)) return refused;
  for (const auto& index : changes.create) db_.execute(create_index_sql(collection, index));
  return std::nullopt;
}

void record_operations::drop_index(int64_t collection, const record_index& index) {
  db_.execute("DROP INDEX " + index_name(collection, index));
  if (index.unique) db_.execute("DROP INDEX " + unique_index_name(collection, index));
}

record_operations::refusal record_operations::drop(int64_t tenant, const drop_collection& op) {
  const auto* known = find(tenant, op.name);
  if (!known) return no_collection(op.name);
  const auto number = known->number;
  if (auto row = any_record_.run(number); row.next()) return not_empty(op.name);
  for (const auto& index : indexes_of(known->indexes)) drop_index(number, index);
  collection_row row;
  row.name = op.name;
  row.number = number;
  db_.execute("DROP VIEW " + quoted_name(view_name(row)));
  drop_history_.execute(number);
  drop_collection_.execute(number);
  forget();
  return std::nullopt;
}

record_operations::refusal record_operations::put(int64_t tenant, const put_record& op,
                                                  record_result& result) {
  const auto* of = find(tenant, op.collection);
  const auto old = of ? find_record(of->number, op.id) : std::nullopt;
  if (auto refused =
          refuse(op, of ? std::optional{collection_edition{of->number, of->version}} : std::nullopt,
                 old ? std::optional{old->version} : std::nullopt))
    return refused;
  result = {next_version(of->number), !old, old ? old->created_us : op.time_us};
  try {
    put_record_.execute(of->number, op.id, result.version, result.created_us, op.time_us, op.data);
  } catch (const sql_error& e) {
    if (!breaks_unique_index(e)) throw;
    return not_unique();
  }
  if (of->keeps_history)
    add_history_.execute(of->number, op.id, result.version, result.created_us, op.time_us, op.data);
  return std::nullopt;
}

record_operations::refusal record_operations::remove(int64_t tenant, const delete_record& op,
                                                     record_result& result) {
  const auto* of = find(tenant, op.collection);
  const auto old = of ? find_record(of->number, op.id) : std::nullopt;
  if (auto refused =
          refuse(op, of ? std::optional{collection_edition{of->number, of->version}} : std::nullopt,
                 old ? std::optional{old->version} : std::nullopt))
    return refused;
  result = {};
  if (!old) return std::nullopt;
  result.version = next_version(of->number);
  drop_record_.execute(of->number, op.id);
  if (of->keeps_history)
    add_history_.execute(of->number, op.id, result.version, old->created_us, op.time_us,
                         std::string_view{});
  return std::nullopt;
}

const record_operations::place* record_operations::find(int64_t tenant, const std::string& name) {
  if (place_ && place_->tenant == tenant && place_->name == name) return &*place_;
  auto row = find_collection_.run(tenant, name);
  if (!row.next()) return nullptr;
  place_ = {tenant, name, row.integer(0), row.number(1), row.integer(2) != 0, row.string(3)};
  return &*place_;
}

std::optional<record_operations::stored> record_operations::find_record(int64_t collection,
                                                                        const std::string& id) {
  auto row = find_record_.run(collection, id);
  if (!row.next()) return std::nullopt;
  return stored{row.number(0), row.integer(1)};
}

uint64_t record_operations::next_version(int64_t collection) {
  auto row = next_version_.run(collection);
  if (!row.next()) throw sql_error{SQLITE_CORRUPT, "a collection went away"};
  return row.number(0);
}

} // namespace steward::store::sqlite
