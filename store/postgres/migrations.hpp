#pragma once

#include "store/postgres/connection.hpp"
#include "store/store.hpp"

#include <optional>

namespace steward::store::postgres {

/// The schema this program reads and writes.
int64_t schema_version();

/// Makes sure that the database's schema `steward` is a store of ours, at most as new as this
/// program, and brings it up to date: all migrations in one transaction, one process at a time.
/// Nothing is changed when it fails: `conflict` for a newer schema or a foreign one. Throws
/// `sql_error`.
std::optional<store_error> migrate(connection& db);

/// That it is what `migrate` left. Throws `sql_error`.
std::optional<store_error> check_schema(connection& db);

} // namespace steward::store::postgres
