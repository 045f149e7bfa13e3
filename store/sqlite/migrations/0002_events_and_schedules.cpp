#include "store/sqlite/migrations/all.hpp"

namespace steward::store::sqlite::migrations {

/// The inbox of events, who listens to it, what schedules have come to, and what a definition was
/// read with.
const char* const events_and_schedules_0002 = R"sql(

ALTER TABLE workflows ADD COLUMN resources TEXT NOT NULL DEFAULT '';

-- The last sequence that the inbox gave: events go, numbers don't come back.
ALTER TABLE tenants ADD COLUMN newest_in_inbox INTEGER NOT NULL DEFAULT 0;

-- At `position` = tenant * 2^40 + sequence, as in `feed`.
CREATE TABLE inbox (
  position INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenants CHECK (tenant = position >> 40),
  received_us INTEGER NOT NULL,
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbox_by_identity ON inbox (tenant, source, id);
CREATE INDEX inbox_by_age ON inbox (tenant, received_us);

-- `run` has 16 zeros and `effect` is 0 for a trigger.
CREATE TABLE listeners (
  tenant INTEGER NOT NULL REFERENCES tenants,
  run BLOB NOT NULL CHECK (length(run) = 16),
  effect INTEGER NOT NULL,
  trigger TEXT NOT NULL,
  routes TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  PRIMARY KEY (tenant, run, effect, trigger)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
  tenant INTEGER NOT NULL REFERENCES tenants,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (tenant, namespace, name)
) STRICT, WITHOUT ROWID;

)sql";

} // namespace steward::store::sqlite::migrations
