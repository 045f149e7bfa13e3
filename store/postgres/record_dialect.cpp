#include "store/postgres/record_dialect.hpp"

#include "workflow/json.hpp"

namespace steward::store::postgres {

namespace {

/// The value of a field, NULL where there is none. No step of a field needs to be quoted in an
/// array.
std::string content(std::string_view field) {
  std::string steps{"{"};
  for (const auto step : record_field_steps(field)) {
    if (steps.size() > 1) steps += ',';
    steps += step;
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

} // namespace steward::store::postgres
