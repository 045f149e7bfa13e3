#pragma once

/// Forward only, one idea each; a released one is never edited. The number of a migration is the
/// schema version it leads to.
namespace steward::store::sqlite::migrations {

extern const char* const first_schema_0001;
extern const char* const events_and_schedules_0002;
extern const char* const snapshots_0003;
extern const char* const records_0004;
extern const char* const shapes_0005;

inline const char* const all[] = {first_schema_0001, events_and_schedules_0002, snapshots_0003,
                                  records_0004, shapes_0005};

} // namespace steward::store::sqlite::migrations
