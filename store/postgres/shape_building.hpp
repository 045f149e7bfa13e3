#pragma once

#include "store/postgres/connection.hpp"

/// The shapes of a store whose collections came from elsewhere, an older schema or a backup: first
/// each collection gets its own, and when the records have theirs the indexes are built. Inside the
/// caller's transaction, which sees all tenants; each throws `sql_error`.
namespace steward::store::postgres {

void give_shapes(connection& db);
void build_shapes(connection& db);

/// Both, and what lies between them.
void turn_indexes_into_shapes(connection& db);

} // namespace steward::store::postgres
