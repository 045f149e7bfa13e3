#pragma once

#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

#include <optional>

namespace steward::store::sqlite {

/// "Stew" in ASCII: marks a file as a store of ours (PRAGMA application_id).
constexpr int64_t application_id = 0x53746577;

/// The schema this program reads and writes (PRAGMA user_version).
int64_t schema_version();

/// Makes sure that the file is a store of ours, at most as new as this program, and brings it up to
/// date: all migrations in one transaction. Nothing is changed when it fails: `conflict` for a
/// newer schema or a foreign file. Throws `sql_error`.
std::optional<store_error> migrate(connection& db, const std::string& file);

} // namespace steward::store::sqlite
