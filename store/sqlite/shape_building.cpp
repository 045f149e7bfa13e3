#include "store/sqlite/shape_building.hpp"

#include "store/record_shapes.hpp"
#include "store/sqlite/record_dialect.hpp"
#include "store/sqlite/sql_writing.hpp"
#include "store/sqlite/statement.hpp"

namespace steward::store::sqlite {

namespace {

std::vector<record_index> indexes_of(std::string_view text) {
  auto indexes = decode_indexes(text);
  if (!indexes) throw sql_error{SQLITE_CORRUPT, "the indexes of a collection are unreadable"};
  return std::move(*indexes);
}

std::vector<std::string> old_indexes(connection& db) {
  std::vector<std::string> names;
  statement query{db, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'records'"
                      " AND sql IS NOT NULL"};
  for (auto row = query.run(); row.next();) names.push_back(row.string(0));
  return names;
}

} // namespace

void give_shapes(connection& db) {
  std::vector<std::pair<int64_t, std::string>> declared;
  {
    statement query{db, "SELECT id, indexes FROM collections ORDER BY id"};
    for (auto row = query.run(); row.next();) declared.emplace_back(row.integer(0), row.string(1));
  }
  record_shapes shapes;
  statement give{db, writing::give_shape}, put{db, writing::put_shape};
  for (const auto& [collection, indexes] : declared) {
    const auto change = shapes.change(0, indexes_of(indexes));
    if (const auto* refused = std::get_if<refused_record>(&change))
      throw sql_error{SQLITE_FULL, refused->reason};
    give.execute(collection, std::get<shape_change>(change).shape);
  }
  for (const auto& [number, shape] : shapes.all())
    put.execute(number, encode_indexes(shape.indexes), shape.collections);
}

void build_shapes(connection& db) {
  std::vector<shape_index> wanted;
  {
    statement query{db, writing::shapes};
    for (auto row = query.run(); row.next();)
      for (auto& index : indexes_of(row.view(1)))
        wanted.push_back({row.integer(0), std::move(index)});
  }
  for (const auto& each : wanted) db.execute(create_index_sql(each));
}

void turn_indexes_into_shapes(connection& db) {
  for (const auto& name : old_indexes(db)) db.execute("DROP INDEX " + name);
  give_shapes(db);
  db.execute(
      "UPDATE records SET shape = (SELECT c.shape FROM collections c WHERE c.id ="
      " records.collection) WHERE collection IN (SELECT id FROM collections WHERE shape <> 0)");
  build_shapes(db);
}

} // namespace steward::store::sqlite
