#pragma once

#include "store/sqlite/connection.hpp"

/// The shapes of a store whose collections came from elsewhere, an older schema or a backup: first
/// each collection gets its own, and when the records have theirs the indexes are built. Inside the
/// caller's transaction; each throws `sql_error`.
namespace steward::store::sqlite {

void give_shapes(connection& db);
void build_shapes(connection& db);

/// Both, and what lies between them, for a store that had an index for each declaration.
void turn_indexes_into_shapes(connection& db);

} // namespace steward::store::sqlite
