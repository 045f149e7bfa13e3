#pragma once

#include "messages/records.hpp"

#include <string>

/// Collections and records as people see them.
namespace steward {

/// {"id", "version", "created_at", "updated_at", "data"}; `data` is null for one that was deleted.
void append_record(std::string& out, const record_row& row);
/// The data alone, with `id` in front unless it has one.
void append_record_document(std::string& out, const record_row& row);
/// {"name", "schema", "indexes": [{"name", "fields", "unique"}], "history", "view", "version",
/// "updated_at"}. `view`: what BI tools read in the database.
void append_collection(std::string& out, const collection_row& row, const std::string& view);
/// Of a record's version: "\"5\"".
std::string record_etag(uint64_t version);

} // namespace steward
