#include "store/sqlite/record_dialect.hpp"

#include "workflow/json.hpp"

#include <algorithm>

namespace steward::store::sqlite {

namespace {

/// The path of JSON functions. SQLite knows no escapes in it, and needs none for what passes here.
std::string path_of_name(std::string_view name) { return "." + quoted_name(name); }

std::string path(std::string_view field) {
  std::string steps{"$"};
  for (const auto step : record_field_steps(field)) steps += path_of_name(step);
  return quoted_text(steps);
}

std::string type(std::string_view field) { return "json_type(data, " + path(field) + ")"; }
std::string extract(std::string_view field) { return "json_extract(data, " + path(field) + ")"; }

std::string key_by_type(const std::string& type, const std::string& content) {
  return "CASE " + type + " WHEN 'integer' THEN " + content + " WHEN 'real' THEN " + content +
         " WHEN 'text' THEN " + content +
         " WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' ELSE x'02' END";
}

/// What SQLite is told of an index: a collection has many records, and each key leaves so few of
/// them that no range (which counts for a 64th) is taken for fewer. Left to itself it would take a
/// whole collection for ten records, and rather sort those than walk along the index that has them
/// in order. It forgets this with the index.
std::string note_index_sql(const std::string& name, size_t keys, bool with_id) {
  int64_t left = 100'000;
  std::string stat = "1000000 " + std::to_string(left);
  for (size_t i = 0; i < keys; ++i) {
    left = !with_id && i + 1 == keys ? 1 : std::max<int64_t>(1, left / 100);
    stat += " " + std::to_string(left);
  }
  if (with_id) stat += " 1";
  return "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('records', " + quoted_text(name) +
         ", " + quoted_text(stat) + ")";
}

} // namespace

std::string record_dialect::add(parameter value) {
  parameters_.push_back(std::move(value));
  return "?" + std::to_string(parameters_.size());
}

std::string record_dialect::number(int64_t number) { return add(number); }

std::string record_dialect::text(std::string_view text) { return add(std::string{text}); }

std::string record_dialect::key(std::string_view field) const {
  return key_by_type(type(field), extract(field));
}

std::string record_dialect::key_of(const workflow::value& v) {
  if (v.is_bool()) return v.as_bool() ? "x'01'" : "x'00'";
  if (v.is_string()) return add(std::string{v.as_string()});
  if (v.is_int()) return add(v.as_int());
  // Read by SQLite like those that are stored, so that equal ones stay equal to the last bit.
  if (v.is_number()) return "json_extract(" + add(workflow::to_json(v)) + ", '$')";
  return "x'02'";
}

std::string record_dialect::exists(std::string_view field) const {
  return "(" + type(field) + " IS NOT NULL)";
}

std::string record_dialect::is_null(std::string_view field) const {
  return "(coalesce(" + type(field) + ", 'null') = 'null')";
}

std::string record_dialect::has_element(std::string_view field, const workflow::value& v) {
  return "EXISTS (SELECT 1 FROM json_each(data, " + path(field) + ") e WHERE " + type(field) +
         " = 'array' AND " + key_by_type("e.type", "e.atom") + " = " + key_of(v) + ")";
}

std::string record_dialect::has_part(std::string_view field, std::string_view text) {
  return "coalesce(" + type(field) + " = 'text' AND instr(" + extract(field) + ", " +
         add(std::string{text}) + ") > 0, 0)";
}

std::string view_sql(int64_t collection, const std::vector<std::string>& columns) {
  std::string sql = "SELECT id AS _id, version AS _version, created_us AS _created_us,"
                    " updated_us AS _updated_us";
  for (const auto& name : columns)
    sql += ", json_extract(data, " + quoted_text("$" + path_of_name(name)) + ") AS " +
           quoted_name(name);
  return sql + " FROM records WHERE collection = " + std::to_string(collection);
}

std::string select_sql(const record_place& place, const record_query& query, size_t range,
                       size_t rows, record_dialect& dialect) {
  std::string sql = "SELECT id, version, data, created_us, updated_us FROM records"
                    " WHERE collection = " +
                    dialect.number(place.collection);
  // In the text: no value that comes later could tell that a partial index has the records.
  if (place.shape != 0) sql += " AND shape = " + std::to_string(place.shape);
  sql += " AND " + to_sql(query.filter, dialect);
  sql += " AND " + range_sql(query, range, dialect);
  return sql + " ORDER BY " + order_sql(query, range, dialect) + " LIMIT " +
         dialect.number(static_cast<int64_t>(rows));
}

std::string create_index_sql(const shape_index& made) {
  record_dialect dialect;
  const auto where = " WHERE shape = " + std::to_string(made.shape);
  const auto name = index_name(made.shape, made.index);
  auto sql = "CREATE INDEX " + name + " ON records (" + index_sql(made.index, dialect) + ")" +
             where + "; " + note_index_sql(name, made.index.fields.size(), true);
  if (!made.index.unique) return sql;
  const auto unique = unique_index_name(made.shape, made.index);
  return sql + "; CREATE UNIQUE INDEX " + unique + " ON records (" +
         unique_sql(made.index, dialect) + ")" + where + unique_where_sql(made.index, dialect) +
         "; " + note_index_sql(unique, made.index.fields.size(), false);
}

std::string drop_index_sql(const shape_index& gone) {
  auto sql = "DROP INDEX " + index_name(gone.shape, gone.index);
  if (gone.index.unique) sql += "; DROP INDEX " + unique_index_name(gone.shape, gone.index);
  return sql;
}

int64_t count_views(connection& db) {
  return db.number("SELECT count(*) FROM sqlite_master WHERE type = 'view'");
}

std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns) {
  return "CREATE VIEW " + quoted_name(view_name(row)) + " AS " +
         view_sql(row.number, view_columns(columns));
}

} // namespace steward::store::sqlite
