#include "store/sqlite/migrations/all.hpp"

namespace steward::store::sqlite::migrations {

/// Where a run's replay may begin, and an index of the runs to wake that sleeping ones don't enter.
const char* const snapshots_0003 = R"sql(

-- `run` is runs.row.
CREATE TABLE snapshots (
  run INTEGER PRIMARY KEY REFERENCES runs,
  seq INTEGER NOT NULL CHECK (seq > 0),
  state TEXT NOT NULL
) STRICT;

DROP INDEX runs_active;
CREATE INDEX runs_to_wake ON runs (tenant, id) WHERE status < 2;

)sql";

} // namespace steward::store::sqlite::migrations
