#include "messages/record_document.hpp"

#include "messages/run_document.hpp"
#include "workflow/json.hpp"

namespace steward {

void append_record(std::string& out, const record_row& row) {
  out += "{\"id\":";
  workflow::append_json_string(out, row.id);
  out.append(",\"version\":").append(std::to_string(row.version)).append(",\"created_at\":\"");
  append_time(out, row.created_us);
  out += "\",\"updated_at\":\"";
  append_time(out, row.updated_us);
  out += "\",\"data\":";
  out += row.data.empty() ? "null" : row.data;
  out += '}';
}

void append_record_document(std::string& out, const record_row& row) {
  const auto data = workflow::parse_json(row.data);
  if (!data || !data->is_object() || data->find("id")) {
    out += row.data;
    return;
  }
  auto shown = workflow::value::object({{"id", row.id}});
  for (const auto& m : data->members()) shown.set(m.key.as_string(), m.item);
  workflow::append_json(out, shown);
}

void append_collection(std::string& out, const collection_row& row, const std::string& view) {
  out += "{\"name\":";
  workflow::append_json_string(out, row.name);
  out += ",\"schema\":";
  out += row.schema;
  out += ",\"indexes\":[";
  for (const auto& index : row.indexes) {
    if (out.back() != '[') out += ',';
    out += "{\"name\":";
    workflow::append_json_string(out, index.name);
    out += ",\"fields\":[";
    for (const auto& field : index.fields) {
      if (out.back() != '[') out += ',';
      workflow::append_json_string(out, field);
    }
    out += "],\"unique\":";
    out += index.unique ? "true}" : "false}";
  }
  out += "],\"history\":";
  out += row.keeps_history ? "true" : "false";
  out += ",\"view\":";
  workflow::append_json_string(out, view);
  out.append(",\"version\":").append(std::to_string(row.version)).append(",\"updated_at\":\"");
  append_time(out, row.updated_us);
  out += "\"}";
}

std::string record_etag(uint64_t version) { return '"' + std::to_string(version) + '"'; }

} // namespace steward
