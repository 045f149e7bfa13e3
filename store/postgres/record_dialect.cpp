#include "store/postgres/record_dialect.hpp"

#include "messages/digest.hpp"
#include "workflow/json.hpp"

namespace steward::store::postgres {

namespace {

/// The value of a field, NULL where there is none. Steps are quoted, for `null` is a word in
/// arrays; nothing in them needs more.
std::string content(std::string_view field) {
  std::string steps{"{"};
  for (const auto step : record_field_steps(field)) {
    if (steps.size() > 1) steps += ',';
    steps.append("\"").append(step).append("\"");
  }
  return "(data #> " + quoted_text(steps + "}") + ")";
}

} // namespace

std::string record_dialect::text(std::string_view text) {
  values_.add(text);
  return "$" + std::to_string(values_.values().size()) + "::text";
}

std::string record_dialect::number(int64_t number) {
  values_.add(number);
  return "$" + std::to_string(values_.values().size()) + "::bigint";
}

std::string record_dialect::key(std::string_view field) const {
  return "steward.sort_key(" + content(field) + ")";
}

std::string record_dialect::key_of(const workflow::value& v) {
  if (v.is_null()) return "ROW(4, 0, '')::steward.sort_key";
  return "steward.sort_key(" + text(workflow::to_json(v)) + "::jsonb)";
}

std::string record_dialect::exists(std::string_view field) const {
  return "(" + content(field) + " IS NOT NULL)";
}

std::string record_dialect::is_null(std::string_view field) const {
  return "(coalesce(jsonb_typeof(" + content(field) + "), 'null') = 'null')";
}

std::string record_dialect::has_element(std::string_view field, const workflow::value& v) {
  return "coalesce(jsonb_typeof(" + content(field) + ") = 'array' AND " + content(field) + " @> " +
         text(workflow::to_json(v)) + "::jsonb, false)";
}

std::string record_dialect::has_part(std::string_view field, std::string_view part) {
  return "coalesce(jsonb_typeof(" + content(field) + ") = 'string' AND strpos(" + content(field) +
         " #>> '{}', " + text(part) + ") > 0, false)";
}

std::string view_sql(int64_t collection, const std::vector<std::string>& columns) {
  std::string sql = "SELECT id AS _id, version AS _version, created_us AS _created_us,"
                    " updated_us AS _updated_us";
  for (const auto& name : columns)
    sql += ", data ->> " + quoted_text(name) + " AS " + quoted_name(name);
  return sql + " FROM steward.records WHERE collection = " + std::to_string(collection);
}

std::string select_sql(const record_place& place, const record_query& query, size_t range,
                       size_t rows, record_dialect& dialect) {
  // The collection is a value, so that all collections of a shape ask with one plan; the shape is
  // in the text, for no value could tell that a partial index has the records.
  std::string sql =
      "SELECT id, version, data::text, created_us, updated_us FROM steward.own_records"
      " WHERE collection = " +
      dialect.number(place.collection);
  if (place.shape != 0) sql += " AND shape = " + std::to_string(place.shape);
  sql += " AND " + to_sql(query.filter, dialect);
  sql += " AND " + range_sql(query, range, dialect);
  return sql + " ORDER BY " + order_sql(query, range, dialect) + " LIMIT " + std::to_string(rows);
}

std::string create_index_sql(const shape_index& made) {
  record_dialect dialect;
  const auto where = " WHERE shape = " + std::to_string(made.shape);
  auto sql = "CREATE INDEX " + index_name(made.shape, made.index) + " ON steward.records (" +
             index_sql(made.index, dialect) + ")" + where;
  if (made.index.unique)
    sql += "; CREATE UNIQUE INDEX " + unique_index_name(made.shape, made.index) +
           " ON steward.records (" + unique_sql(made.index, dialect) + ")" + where +
           unique_where_sql(made.index, dialect);
  return sql;
}

std::string drop_index_sql(const shape_index& gone) {
  auto sql = "DROP INDEX steward." + index_name(gone.shape, gone.index);
  if (gone.index.unique) sql += "; DROP INDEX steward." + unique_index_name(gone.shape, gone.index);
  return sql;
}

std::string write_shape_sql(int64_t number, const record_shape* shape) {
  const auto name = std::to_string(number);
  if (!shape) return "DELETE FROM steward.record_shapes WHERE id = " + name;
  return "INSERT INTO steward.record_shapes (id, indexes, collections) VALUES (" + name + ", " +
         quoted_text(encode_indexes(shape->indexes)) + ", " + std::to_string(shape->collections) +
         ") ON CONFLICT (id) DO UPDATE SET indexes = excluded.indexes,"
         " collections = excluded.collections";
}

std::string move_records_sql(const record_place& to) {
  const auto shape = std::to_string(to.shape);
  return "UPDATE steward.records SET shape = " + shape +
         " WHERE collection = " + std::to_string(to.collection) + " AND shape <> " + shape;
}

std::string replace_view_sql(const collection_row& row, const std::vector<std::string>& columns) {
  const auto view = "steward." + quoted_name(view_name(row));
  const auto select = view_sql(row.number, view_columns(columns));
  const auto mark = quoted_text(sha256_digest(select));
  const auto execute = [](const std::string& sql) { return "EXECUTE " + quoted_text(sql) + "; "; };
  // One that is as it should be is left alone, with whoever reads it just then.
  const auto replace = execute("CREATE OR REPLACE VIEW " + view + " AS " + select);
  const auto anew = execute("DROP VIEW " + view) + execute("CREATE VIEW " + view + " AS " + select);
  const auto known = "to_regclass(" + quoted_text(view) + ")";
  const auto room = "(SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relname LIKE 'records%'"
                    " AND relnamespace = 'steward'::regnamespace) < " +
                    std::to_string(record_views_most);
  return "DO " +
         quoted_text("BEGIN IF obj_description(" + known + ", 'pg_class') IS DISTINCT FROM " +
                     mark + " AND (" + known + " IS NOT NULL OR " + room + ") THEN BEGIN " +
                     replace + "EXCEPTION WHEN invalid_table_definition THEN " + anew + "END; " +
                     execute("COMMENT ON VIEW " + view + " IS " + mark) + "END IF; END");
}

std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns) {
  return "CREATE VIEW steward." + quoted_name(view_name(row)) + " AS " +
         view_sql(row.number, view_columns(columns));
}

} // namespace steward::store::postgres
