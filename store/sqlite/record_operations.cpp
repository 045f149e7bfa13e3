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
      drop_record_(db, writing::drop_record), add_history_(db, writing::add_history),
      shapes_(db, writing::shapes), put_shape_(db, writing::put_shape),
      drop_shape_(db, writing::drop_shape), give_shape_(db, writing::give_shape),
      move_records_(db, writing::move_records) {}

record_operations::refusal record_operations::put(int64_t tenant, const put_collection& op,
                                                  uint64_t& version) {
  auto row = op.row;
  const auto* known = find(tenant, row.name);
  version = known ? known->version + 1 : 1;
  if (!known) add_collection_.execute(tenant, row.name);
  row.number = known ? known->number : db_.last_row();
  try {
    if (auto refused = declare(known, row)) return refused;
  } catch (const sql_error& e) {
    if (!breaks_unique_index(e)) throw;
    return not_unique();
  }
  forget();
  change_collection_.execute(row.number, row.schema, encode_indexes(row.indexes),
                             static_cast<int64_t>(row.keeps_history), version, row.updated_us);
  replace_view(row, op.columns, version == 1);
  return std::nullopt;
}

void record_operations::replace_view(const collection_row& row,
                                     const std::vector<std::string>& columns, bool is_new) {
  if (is_new && views_full_) return;
  const auto wanted = create_view_sql(row, columns);
  const auto there =
      is_new ? std::string{}
             : db_.text("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = " +
                        quoted_text(view_name(row)));
  // Every change of the schema has each reader read all of it again.
  if (there == wanted) return;
  if (!there.empty()) db_.execute("DROP VIEW " + quoted_name(view_name(row)));
  views_full_ = count_views(db_) >= record_views_most;
  if (!views_full_) db_.execute(wanted);
}

record_operations::refusal record_operations::declare(const place* known, collection_row& row) {
  plan_indexes(known ? indexes_of(known->indexes) : std::vector<record_index>{}, row.indexes);
  auto shapes = load_shapes();
  const auto change = shapes.change(known ? known->shape : 0, row.indexes);
  if (const auto* refused = std::get_if<refused_record>(&change)) return *refused;
  carry_out(std::get<shape_change>(change), shapes, row.number);
  return std::nullopt;
}

record_shapes record_operations::load_shapes() {
  record_shapes shapes;
  auto row = shapes_.run();
  while (row.next()) shapes.add(row.integer(0), {indexes_of(row.string(1)), row.integer(2)});
  return shapes;
}

void record_operations::carry_out(const shape_change& change, const record_shapes& shapes,
                                  int64_t collection) {
  for (const auto& gone : change.drop) db_.execute(drop_index_sql(gone));
  if (change.moves) move_records_.execute(collection, change.shape);
  for (const auto& made : change.create) db_.execute(create_index_sql(made));
  for (const auto number : change.changed)
    if (const auto* shape = shapes.find(number))
      put_shape_.execute(number, encode_indexes(shape->indexes), shape->collections);
    else
      drop_shape_.execute(number);
  if (change.moves) give_shape_.execute(collection, change.shape);
}

record_operations::refusal record_operations::drop(int64_t tenant, const drop_collection& op) {
  const auto* known = find(tenant, op.name);
  if (!known) return no_collection(op.name);
  const auto number = known->number;
  if (auto row = any_record_.run(number); row.next()) return not_empty(op.name);
  auto shapes = load_shapes();
  const auto change = shapes.change(known->shape, {});
  carry_out(std::get<shape_change>(change), shapes, number);
  collection_row row;
  row.name = op.name;
  row.number = number;
  views_full_ = false;
  db_.execute("DROP VIEW IF EXISTS " + quoted_name(view_name(row)));
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
    put_record_.execute(of->number, op.id, result.version, result.created_us, op.time_us, op.data,
                        of->shape);
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
  place_ = {tenant,        name,          row.integer(0), row.number(1), row.integer(2) != 0,
            row.string(3), row.integer(4)};
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
