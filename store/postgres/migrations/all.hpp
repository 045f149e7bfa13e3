#pragma once

/// Forward only, one idea each; a released one is never edited. The number of a migration is the
/// schema version it leads to.
namespace steward::store::postgres::migrations {

extern const char* const first_schema_0001;
extern const char* const records_0002;
extern const char* const shapes_0003;
extern const char* const cluster_0004;

inline const char* const all[] = {first_schema_0001, records_0002, shapes_0003,
                                  cluster_0004};

} // namespace steward::store::postgres::migrations
