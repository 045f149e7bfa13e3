#include "actors/record_schemas.hpp"

#include "workflow/json.hpp"

namespace steward {

store::result<known_collection_ptr>
record_schemas::find(store::reader& reader, const tenant_id& tenant, const std::string& name) {
  if (const auto known = known_.find({tenant, name}); known != known_.end()) return known->second;
  auto row = reader.find_collection(tenant, name);
  if (!row) return failed{row.error()};
  if (!*row) return known_collection_ptr{};
  const auto text = workflow::parse_json((*row)->schema);
  const auto corrupt = store::store_error{ec::corrupt_data, "the schema of the collection '" +
                                                                name + "' can't be read"};
  if (!text) return failed{corrupt};
  auto schema = workflow::json_schema::compile(*text);
  if (!schema) return failed{corrupt};
  if (text_bytes_ > text_bytes_most) {
    known_.clear();
    text_bytes_ = 0;
  }
  text_bytes_ += (*row)->schema.size();
  return known_[{tenant, name}] = std::make_shared<known_collection>(
             std::move(**row), std::move(*schema), text->get("readOnly") == workflow::value{true});
}

void record_schemas::forget(const tenant_id& tenant, const std::string& name) {
  const auto known = known_.find({tenant, name});
  if (known == known_.end()) return;
  text_bytes_ -= known->second->row.schema.size();
  known_.erase(known);
}

} // namespace steward
