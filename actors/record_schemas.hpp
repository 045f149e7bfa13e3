#pragma once

#include "store/store.hpp"
#include "workflow/schema.hpp"

#include <map>

namespace steward {

/// A collection with what its records must be.
struct known_collection {
  collection_row row;
  workflow::json_schema schema;
  bool managed = false; ///< Only the server's own parts write it: its schema says readOnly.
  collection_edition edition() const { return {row.number, row.version}; }
};
using known_collection_ptr = std::shared_ptr<const known_collection>;

/// The collections that were asked for lately. They may be out of date, which the commit finds out
/// (`put_record::of_collection`); then they are to be forgotten.
class record_schemas {
public:
  /// Null when there is none; corrupt_data when its schema can't be read.
  store::result<known_collection_ptr> find(store::reader& reader, const tenant_id& tenant,
                                           const std::string& name);
  void forget(const tenant_id& tenant, const std::string& name);

private:
  /// Of their texts: compiled they may be some hundred times as large.
  static constexpr size_t text_bytes_most = 512u << 10;
  size_t text_bytes_ = 0;
  std::map<std::pair<tenant_id, std::string>, known_collection_ptr> known_;
};

} // namespace steward
