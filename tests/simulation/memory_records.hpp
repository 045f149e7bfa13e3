#pragma once

#include "store/record_rules.hpp"

#include <map>

namespace steward::simulation {

/// A collection in memory: every question looks at every record.
struct memory_collection {
  collection_row row;
  uint64_t newest_version = 0;
  std::map<std::string, record_row> records;
  std::map<std::pair<std::string, uint64_t>, record_row> history;

  using refusal = std::optional<store::refused_record>;
  refusal change(const put_collection& op, uint64_t& version);
  refusal put(const put_record& op, record_result& result);
  refusal remove(const delete_record& op, record_result& result);

  std::vector<record_row> find(const record_query& query) const;
  /// Newest first, those less than `before`.
  std::vector<record_row> versions(const std::string& id, uint64_t before) const;

private:
  bool is_unique(const record_index& index) const;
};

} // namespace steward::simulation
