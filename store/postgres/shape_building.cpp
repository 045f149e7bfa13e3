#include "store/postgres/shape_building.hpp"

#include "store/postgres/record_dialect.hpp"
#include "store/record_shapes.hpp"

namespace steward::store::postgres {

namespace {

std::vector<record_index> indexes_of(std::string_view text) {
  auto indexes = decode_indexes(text);
  if (!indexes) corrupt("the indexes of a collection are unreadable");
  return std::move(*indexes);
}

} // namespace

void give_shapes(connection& db) {
  record_shapes shapes;
  column<int64_t> collections, given;
  for (const auto row : db.execute("SELECT id, indexes FROM steward.collections ORDER BY id")) {
    const auto change = shapes.change(0, indexes_of(row.view(1)));
    if (const auto* refused = std::get_if<refused_record>(&change))
      throw sql_error{{}, false, refused->reason};
    collections.add(row.integer(0));
    given.add(std::get<shape_change>(change).shape);
  }
  if (collections.empty()) return;
  db.run_once("UPDATE steward.collections c SET shape = x.shape"
              " FROM unnest($1::bigint[], $2::bigint[]) x (id, shape) WHERE c.id = x.id",
              parameters::of(collections, given));
  for (const auto& [number, shape] : shapes.all()) db.execute(write_shape_sql(number, &shape));
}

void build_shapes(connection& db) {
  for (const auto row : db.execute("SELECT id, indexes FROM steward.record_shapes ORDER BY id"))
    for (auto& index : indexes_of(row.view(1)))
      db.execute(create_index_sql({row.integer(0), std::move(index)}));
}

void turn_indexes_into_shapes(connection& db) {
  give_shapes(db);
  db.execute("UPDATE steward.records r SET shape = c.shape FROM steward.collections c"
             " WHERE c.id = r.collection AND c.shape <> 0");
  build_shapes(db);
}

} // namespace steward::store::postgres
