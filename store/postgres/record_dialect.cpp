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

std::string create_index_sql(int64_t collection, const record_index& index) {
  record_dialect dialect;
  const auto where = " WHERE collection = " + std::to_string(collection);
  auto sql = "CREATE INDEX " + index_name(collection, index) + " ON steward.records (" +
             index_sql(index, dialect) + ")" + where;
  if (index.unique)
    sql += "; CREATE UNIQUE INDEX " + unique_index_name(collection, index) +
           " ON steward.records (" + unique_sql(index, dialect) + ")" + where +
           unique_where_sql(index, dialect);
  return sql;
}

std::string replace_view_sql(const collection_row& row, const std::vector<std::string>& columns) {
  const auto view = "steward." + quoted_name(view_name(row));
  const auto select = view_sql(row.number, view_columns(columns));
  const auto mark = quoted_text(sha256_digest(select));
  const auto execute = [](const std::string& sql) { return "EXECUTE " + quoted_text(sql) + "; "; };
  // One that is as it should be is left alone, with whoever reads it just then.
  const auto replace = execute("CREATE OR REPLACE VIEW " + view + " AS " + select);
  const auto anew = execute("DROP VIEW " + view) + execute("CREATE VIEW " + view + " AS " + select);
  return "DO " + quoted_text("BEGIN IF obj_description(to_regclass(" + quoted_text(view) +
                             "), 'pg_class') IS DISTINCT FROM " + mark + " THEN BEGIN " + replace +
                             "EXCEPTION WHEN invalid_table_definition THEN " + anew + "END; " +
                             execute("COMMENT ON VIEW " + view + " IS " + mark) + "END IF; END");
}

std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns) {
  return "CREATE VIEW steward." + quoted_name(view_name(row)) + " AS " +
         view_sql(row.number, view_columns(columns));
}

} // namespace steward::store::postgres
