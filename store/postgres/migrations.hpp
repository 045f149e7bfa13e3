#pragma once

#include "store/postgres/connection.hpp"
#include "store/store.hpp"

#include <optional>

namespace steward::store::postgres {

/// The schema this program reads and writes.
int64_t schema_version();

/// What to do with a schema that is newer than this program. A server may go on with one that says
/// that it can, so that servers of two versions work side by side; who copies all that is there may
/// not.
enum class newer_schema : uint8_t { refused, fine_if_it_says_so };

/// Makes sure that the database's schema `steward` is a store of ours, at most as new as this
/// program, and brings it up to date: all migrations in one transaction, one process at a time.
/// Nothing is changed when it fails: `conflict` for a newer schema or a foreign one. Throws
/// `sql_error`.
std::optional<store_error> migrate(connection& db, newer_schema newer = newer_schema::refused);

/// That it is what `migrate` left. Throws `sql_error`.
std::optional<store_error> check_schema(connection& db, newer_schema newer = newer_schema::refused);

} // namespace steward::store::postgres
