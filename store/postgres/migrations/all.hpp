#pragma once

/// Forward only, one idea each; a released one is never edited. The number of a migration is the
/// schema version it leads to.
namespace steward::store::postgres::migrations {

extern const char* const first_schema_0001;

inline const char* const all[] = {first_schema_0001};

} // namespace steward::store::postgres::migrations
