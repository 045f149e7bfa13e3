#include "messages/record_bodies.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace steward {

namespace {

using workflow::value;

constexpr uint32_t depth_most = 100;
constexpr size_t schema_bytes = 64u << 10;
constexpr size_t indexes_most = 16;
constexpr size_t fields_most = 4;
constexpr size_t records_most = 1'000;
constexpr size_t violations_most = 20;

failure wrong(std::string pointer, std::string detail, std::string expected) {
  return {ec::invalid_request,
          (pointer.empty() ? "" : pointer + ": ") + detail,
          {{std::move(pointer), detail, std::move(expected)}},
          {}};
}

read_body<value> read_object(std::string_view body) {
  auto read = workflow::parse_json(body, {.depth = depth_most});
  if (!read) {
    auto why = wrong("", "the body is not JSON: " + read.error().reason, "a JSON object");
    why.problems.front().offset = static_cast<int64_t>(read.error().offset);
    return failed{std::move(why)};
  }
  if (!read->is_object()) return failed{wrong("", "the body is no object", "a JSON object")};
  return std::move(*read);
}

/// The first member that is none of these.
std::optional<failure> refuse_others(const value& object, const std::string& at,
                                     std::initializer_list<std::string_view> known,
                                     const std::string& expected) {
  for (const auto& [name, item] : object.members())
    if (std::ranges::find(known, name.as_string()) == known.end())
      return wrong(at + '/' + std::string{name.as_string()}, "there is no such member", expected);
  return std::nullopt;
}

bool has_nul(const value& v) {
  if (v.is_string()) return v.as_string().find('\0') != std::string_view::npos;
  if (v.is_array()) return std::ranges::any_of(v.items(), has_nul);
  return v.is_object() && std::ranges::any_of(v.members(), [](const auto& m) {
           return has_nul(m.key) || has_nul(m.item);
         });
}

/// How long a number is when all its digits are written out, as a database may do: 1e308 has 309.
size_t digits_of(double number) {
  if (number == 0 || !std::isfinite(number)) return 5;
  return 20 + static_cast<size_t>(std::abs(std::log10(std::abs(number))));
}

/// About the bytes that it needs where it takes most room.
size_t size_of(const value& v) {
  if (v.is_int()) return std::to_string(v.as_int()).size();
  if (v.is_number()) return digits_of(v.as_double());
  size_t sum = 6;
  if (v.is_string()) return v.size() + sum;
  if (v.is_array())
    for (const auto& item : v.items()) sum += size_of(item) + 2;
  if (v.is_object())
    for (const auto& [key, item] : v.members()) sum += key.size() + size_of(item) + 6;
  return sum;
}

read_body<record_index> read_index(const value& json, const std::string& at) {
  if (!json.is_object())
    return failed{wrong(at, "this is no index", "{\"name\": ..., \"fields\": [...]}")};
  if (auto why = refuse_others(json, at, {"name", "fields", "unique"}, "name, fields or unique"))
    return failed{std::move(*why)};
  record_index index;
  const auto name = json.get("name"), fields = json.get("fields"), unique = json.get("unique");
  if (!name.is_string() || !is_collection_name(name.as_string()))
    return failed{wrong(at + "/name", "this is no name of an index",
                        "1 to 40 of a to z, 0 to 9 and _, beginning with a letter")};
  index.name = name.as_string();
  if (!fields.is_array() || fields.size() == 0 || fields.size() > fields_most)
    return failed{wrong(at + "/fields", "an index has 1 to 4 fields", "a list of fields")};
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto& field = fields.items()[i];
    const auto below = at + "/fields/" + std::to_string(i);
    if (!field.is_string() || !is_record_field(field.as_string()))
      return failed{wrong(below, "this is no field", "as in total or customer.city")};
    if (std::ranges::find(index.fields, field.as_string()) != index.fields.end())
      return failed{wrong(below, "the field is there twice", "each field once")};
    index.fields.emplace_back(field.as_string());
  }
  if (json.find("unique") && !unique.is_bool())
    return failed{wrong(at + "/unique", "this is neither true nor false", "true or false")};
  index.unique = unique.is_bool() && unique.as_bool();
  return index;
}

read_body<std::vector<record_index>> read_indexes(const value& json) {
  std::vector<record_index> indexes;
  if (!json.is_array()) return failed{wrong("/indexes", "this is no list", "a list of indexes")};
  if (json.size() > indexes_most)
    return failed{wrong("/indexes", "these are too many indexes", "at most 16")};
  for (size_t i = 0; i < json.size(); ++i) {
    const auto at = "/indexes/" + std::to_string(i);
    auto index = read_index(json.items()[i], at);
    if (!index) return failed{index.error()};
    if (std::ranges::find(indexes, index->name, &record_index::name) != indexes.end())
      return failed{wrong(at + "/name", "the name is there twice", "each name once")};
    indexes.push_back(std::move(*index));
  }
  return indexes;
}

} // namespace

read_body<put_collection> read_collection(const std::string& name, std::string_view body) {
  put_collection op;
  op.row.name = name;
  op.row.schema = "{}";
  if (body.empty()) return op;
  const auto json = read_object(body);
  if (!json) return failed{json.error()};
  if (auto why =
          refuse_others(*json, "", {"schema", "indexes", "history"}, "schema, indexes or history"))
    return failed{std::move(*why)};
  if (const auto* schema = json->find("schema")) {
    if (has_nul(*schema))
      return failed{wrong("/schema", "it has a NUL character", "text without it")};
    const auto compiled = workflow::json_schema::compile(*schema);
    if (!compiled) {
      auto why = wrong("/schema" + compiled.error().pointer, compiled.error().reason,
                       "a JSON Schema, draft 2020-12");
      why.code = ec::unprocessable;
      return failed{std::move(why)};
    }
    op.row.schema = workflow::to_json(*schema);
    if (op.row.schema.size() > schema_bytes)
      return failed{wrong("/schema", "the schema is too large", "at most 64 KiB")};
    op.columns = columns_of(*schema);
  }
  if (const auto* indexes = json->find("indexes")) {
    auto read = read_indexes(*indexes);
    if (!read) return failed{read.error()};
    op.row.indexes = std::move(*read);
  }
  if (const auto* history = json->find("history")) {
    if (!history->is_bool())
      return failed{wrong("/history", "this is neither true nor false", "true or false")};
    op.row.keeps_history = history->as_bool();
  }
  return op;
}

std::vector<std::string> columns_of(const value& schema) {
  std::vector<std::string> columns;
  if (const auto properties = schema.get("properties"); properties.is_object())
    for (const auto& [property, rule] : properties.members())
      columns.emplace_back(property.as_string());
  return columns;
}

read_body<value> read_record(std::string_view body) {
  auto data = read_object(body);
  if (data && has_nul(*data))
    return failed{wrong("", "the record has a NUL character in it", "text without \\u0000")};
  return data;
}

read_body<std::vector<record_to_put>> read_records(std::string_view body) {
  const auto json = read_object(body);
  if (!json) return failed{json.error()};
  if (auto why = refuse_others(*json, "", {"records"}, "records")) return failed{std::move(*why)};
  const auto list = json->get("records");
  if (!list.is_array() || list.size() == 0 || list.size() > records_most)
    return failed{wrong("/records", "this is no list of 1 to 1000 records",
                        "[{\"id\": ..., \"data\": {...}}, ...]")};
  std::vector<record_to_put> records;
  std::set<std::string, std::less<>> ids;
  for (size_t i = 0; i < list.size(); ++i) {
    const auto& item = list.items()[i];
    const auto at = "/records/" + std::to_string(i);
    if (!item.is_object()) return failed{wrong(at, "this is no object", "{\"data\": {...}}")};
    if (auto why = refuse_others(item, at, {"id", "data", "if_version"}, "id, data or if_version"))
      return failed{std::move(*why)};
    record_to_put record;
    record.data = item.get("data");
    if (!record.data.is_object() || has_nul(record.data))
      return failed{wrong(at + "/data", "this is no record", "a JSON object without \\u0000")};
    if (const auto* id = item.find("id")) {
      if (!id->is_string() || !is_record_id(id->as_string()))
        return failed{wrong(at + "/id", "this is no id of a record",
                            "1 to 128 letters, digits and . _ ~ : @ -")};
      record.id = id->as_string();
      if (!ids.insert(record.id).second)
        return failed{wrong(at + "/id", "the id is there twice", "each id once")};
    }
    if (const auto* version = item.find("if_version")) {
      if (!version->is_int() || version->as_int() < 0 || record.id.empty())
        return failed{wrong(at + "/if_version", "this is no version of a record with an id",
                            "a whole number; 0: the record is new")};
      record.if_version = static_cast<uint64_t>(version->as_int());
    }
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<field_problem> judge_record(const workflow::json_schema& schema, const value& data,
                                        const std::string& at) {
  std::vector<field_problem> problems;
  if (size_of(data) > record_bytes)
    return {{at, "the record is too large", "at most " + std::to_string(record_bytes) + " bytes"}};
  for (const auto& violation : schema.validate(data, violations_most))
    problems.push_back({at + violation.instance_pointer, violation.message,
                        "what the schema says at " + (violation.schema_pointer.empty()
                                                          ? std::string{"its root"}
                                                          : violation.schema_pointer)});
  return problems;
}

failure broken_schema(std::vector<field_problem> problems) {
  const auto& first = problems.front();
  auto about = (first.pointer.empty() ? std::string{} : first.pointer + ": ") + first.detail;
  if (problems.size() > 1) about += " (and " + std::to_string(problems.size() - 1) + " more)";
  if (problems.size() > violations_most) problems.resize(violations_most);
  return {ec::unprocessable, std::move(about), std::move(problems), {}};
}

value merge_patch(value target, const value& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = value::empty_object();
  for (const auto& [key, item] : patch.members()) {
    const auto name = key.as_string();
    if (item.is_null())
      target.erase(name);
    else
      target.set(name, merge_patch(target.get(name), item));
  }
  return target;
}

} // namespace steward
