#include "store/record_rules.hpp"

#include "workflow/json.hpp"

namespace steward::store {

namespace {

using workflow::value;

std::optional<refused_record> refuse_version(const std::string& collection, const std::string& id,
                                             const std::optional<uint64_t>& wanted,
                                             const std::optional<uint64_t>& stored) {
  if (!wanted || *wanted == stored.value_or(0)) return std::nullopt;
  const auto record = "record '" + id + "' of collection '" + collection + "'";
  auto reason = !stored        ? "there is no " + record
                : *wanted == 0 ? record + " is there already, as version " + std::to_string(*stored)
                               : record + " has version " + std::to_string(*stored) + ", not " +
                                     std::to_string(*wanted);
  return refused_record{record_refusal::version, std::move(reason)};
}

} // namespace

std::optional<refused_record> refuse(const put_record& op,
                                     std::optional<collection_edition> collection,
                                     std::optional<uint64_t> stored) {
  if (!collection) return no_collection(op.collection);
  if (op.of_collection && *op.of_collection != *collection)
    return refused_record{record_refusal::collection_changed,
                          "collection '" + op.collection + "' has changed meanwhile"};
  return refuse_version(op.collection, op.id, op.if_version, stored);
}

std::optional<refused_record> refuse(const delete_record& op,
                                     std::optional<collection_edition> collection,
                                     std::optional<uint64_t> stored) {
  if (!collection) return no_collection(op.collection);
  return refuse_version(op.collection, op.id, op.if_version, stored);
}

refused_record no_collection(const std::string& name) {
  return {record_refusal::no_collection, "there is no collection '" + name + "'"};
}

refused_record not_empty(const std::string& name) {
  return {record_refusal::not_empty, "collection '" + name + "' has records"};
}

refused_record not_unique() {
  return {record_refusal::not_unique,
          "another record has the same values where an index of the collection is unique"};
}

int64_t count_database_indexes(const std::vector<record_index>& declared) {
  int64_t count = 0;
  for (const auto& index : declared) count += index.unique ? 2 : 1;
  return count;
}

std::optional<refused_record> refuse_indexes(int64_t now, const index_changes& changes) {
  const auto count =
      now - count_database_indexes(changes.drop) + count_database_indexes(changes.create);
  if (changes.create.empty() || count <= declared_indexes_most) return std::nullopt;
  return refused_record{record_refusal::none,
                        "the store has as many different indexes as it may (" +
                            std::to_string(declared_indexes_most) +
                            ", a unique one counts twice; collections that declare the same "
                            "indexes share them)"};
}

publish_event record_event(record_change what, const std::string& collection, const std::string& id,
                           uint64_t version, int64_t time_us) {
  const auto* word = what == record_change::created   ? "created"
                     : what == record_change::updated ? "updated"
                                                      : "deleted";
  return {
      std::string{"dev.steward.record."} + word + ".v1", "records/" + collection + "/" + id,
      time_us,
      workflow::to_json(value::object(
          {{"collection", value{collection}}, {"id", value{id}}, {"version", value{version}}}))};
}

std::string encode_indexes(const std::vector<record_index>& indexes) {
  auto list = value::empty_array();
  for (const auto& index : indexes) {
    auto fields = value::empty_array();
    for (const auto& field : index.fields) fields.push_back(value{field});
    list.push_back(value::object({{"name", value{index.name}},
                                  {"fields", std::move(fields)},
                                  {"unique", value{index.unique}},
                                  {"number", value{uint64_t{index.number}}}}));
  }
  return workflow::to_json(list);
}

std::optional<std::vector<record_index>> decode_indexes(std::string_view text) {
  const auto list = workflow::parse_json(text);
  if (!list || !list->is_array()) return std::nullopt;
  std::vector<record_index> indexes;
  for (const auto& item : list->items()) {
    const auto name = item.get("name"), fields = item.get("fields"), unique = item.get("unique"),
               number = item.get("number");
    if (!name.is_string() || !fields.is_array() || !unique.is_bool() || !number.is_int())
      return std::nullopt;
    record_index index{std::string{name.as_string()},
                       {},
                       unique.as_bool(),
                       static_cast<uint32_t>(number.as_int())};
    for (const auto& field : fields.items()) {
      if (!field.is_string() || !is_record_field(field.as_string())) return std::nullopt;
      index.fields.emplace_back(field.as_string());
    }
    indexes.push_back(std::move(index));
  }
  return indexes;
}

} // namespace steward::store
