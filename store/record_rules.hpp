#pragma once

#include "messages/write_batch.hpp"

/// What every engine decides alike about records.
namespace steward::store {

struct refused_record {
  record_refusal why = record_refusal::none;
  std::string reason;
};

/// `collection` is the version of the collection, `stored` that of the record; without one where
/// there is none.
std::optional<refused_record> refuse(const put_record& op, std::optional<uint64_t> collection,
                                     std::optional<uint64_t> stored);
std::optional<refused_record> refuse(const delete_record& op, std::optional<uint64_t> collection,
                                     std::optional<uint64_t> stored);
refused_record no_collection(const std::string& name);
refused_record not_empty(const std::string& name);
refused_record not_unique();

enum class record_change : uint8_t { created, updated, deleted };
/// What the feed tells of it: {collection, id, version}.
publish_event record_event(record_change what, const std::string& collection, const std::string& id,
                           uint64_t version, int64_t time_us);

/// Indexes as one column of text.
std::string encode_indexes(const std::vector<record_index>& indexes);
/// Nothing when the text is none that `encode_indexes` wrote.
std::optional<std::vector<record_index>> decode_indexes(std::string_view text);

} // namespace steward::store
